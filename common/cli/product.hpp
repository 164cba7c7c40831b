// A verb's binary product (a stream, a file to play): gathered into large writes, never put on a terminal.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/bytes.hpp"
#include "cli/sink.hpp"
#include "cli/spool.hpp"

namespace gbkit::cli {

class ProductFile {
public:
    /// "" and "-" are stdout, which must not be a terminal (Failure, usage) unless the product is `text`.
    /// Creates or empties a file.
    explicit ProductFile(const std::string& name, bool text = false);

    /// For verbs that run a loop: from now on a reader who does not read stalls nobody. What one write() gave waits as
    /// a whole, or is dropped as a whole and counted.
    void decouple();

    void write(ByteView bytes);
    /// What was gathered leaves: for readers that wait for it.
    void flush();
    /// Flushes, and says what the system found out late.
    void close();
    [[nodiscard]] std::uint64_t written() const noexcept { return written_; }
    [[nodiscard]] std::uint64_t dropped() const { return spool_ ? spool_->dropped() : 0; }

private:
    Sink sink_;
    std::optional<Spool> spool_;
    std::string waiting_;
    std::uint64_t written_ = 0;
};

}  // namespace gbkit::cli
