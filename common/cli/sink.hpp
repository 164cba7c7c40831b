// Bytes out through a file descriptor. Every failure has a name and an exit code; a closed pipe is none.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/time.hpp"

namespace gbkit::cli {

/// Thrown when whoever read our output has gone: the run ends quietly with exit 0. Not an exception of the
/// standard library, so that no handler takes it for an error.
struct ClosedPipe {};

class Sink {
public:
    [[nodiscard]] static Sink standard_output();
    [[nodiscard]] static Sink standard_error();
    /// Creates or empties the file; throws Failure (system).
    [[nodiscard]] static Sink file(const std::string& path);
    /// "fd:N" or a file name; a descriptor that is not open is Failure (usage).
    [[nodiscard]] static Sink file_or_descriptor(const std::string& target);

    Sink(Sink&& other) noexcept;
    Sink& operator=(Sink&&) = delete;
    Sink(const Sink&) = delete;
    Sink& operator=(const Sink&) = delete;
    ~Sink();

    /// All of it, or ClosedPipe, or Failure (system) with the reason.
    void write(std::string_view bytes);
    /// Waits up to `patience` for room, then writes no more than fits without blocking: the bytes written, 0 when
    /// there was no room. Errors as write().
    std::size_t write_some(std::string_view bytes, milliseconds patience);
    /// Says what the system found out late (a full disk behind a network file system).
    void close();
    [[nodiscard]] int descriptor() const noexcept { return descriptor_; }

private:
    [[noreturn]] void fail() const;

    Sink(int descriptor, std::string name, bool owned) : descriptor_(descriptor), name_(std::move(name)), owned_(owned) {}

    int descriptor_;
    std::string name_;
    bool owned_;
};

}  // namespace gbkit::cli
