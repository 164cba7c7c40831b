// SIP over a byte stream: messages framed by Content-Length (RFC 3261 section 18.3).
//
// Push bytes in any cuts, take whole messages out: the same messages whatever the cuts. CRLF pairs between
// messages are the keepalive of RFC 5626 section 3.5.1 and are counted, not reported.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "wire/sip/message.hpp"

namespace gbkit::wire::sip {

class Framer {
public:
    explicit Framer(Limits limits = {}) : limits_(limits) {}

    void push(std::string_view bytes);
    /// A gap in the stream: what is buffered is given up (counted) and the next start line is looked for.
    void lost();

    struct Piece {
        std::string bytes;            // one whole message, head and body
        std::uint64_t offset = 0;     // of its first byte in the stream
        bool without_length = false;  // Content-Length was missing: taken as 0, RFC 3261 18.3 forbids it
    };
    /// The next whole message; nothing when more bytes are needed.
    [[nodiscard]] std::optional<Piece> next();

    [[nodiscard]] std::size_t buffered() const noexcept { return buffer_.size() - start_; }
    [[nodiscard]] std::uint64_t skipped_bytes() const noexcept { return skipped_; }
    [[nodiscard]] std::uint64_t keepalives() const noexcept { return keepalives_; }

private:
    std::size_t head_end();
    void skip_to_start_line();
    void consume(std::size_t count);

    Limits limits_;
    std::string buffer_;
    std::size_t start_ = 0;          // first byte not yet given out
    std::size_t searched_ = 0;       // up to here there is no end of head
    std::uint64_t stream_offset_ = 0;
    std::uint64_t skipped_ = 0;
    std::uint64_t keepalives_ = 0;
};

}  // namespace gbkit::wire::sip
