// The bytes of a file or of stdin for a reader that wants to look at the first ones, and may not want all the rest.
//
// Nothing is loaded whole. A regular file can be skipped in (lseek), so that payload nobody looks at is never read; a
// pipe is read through, and what has come is given out without waiting for more.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/bytes.hpp"

namespace gbkit::io {

class MediaInput {
public:
    /// Opens the file, or takes stdin for "-"; throws CaptureError (io/capture.hpp).
    explicit MediaInput(const std::string& name);
    ~MediaInput();
    MediaInput(const MediaInput&) = delete;
    MediaInput& operator=(const MediaInput&) = delete;

    /// The first bytes as far as they have been looked at; look_further() gets some more, false at the end of the input.
    [[nodiscard]] ByteView head() const noexcept { return head_; }
    bool look_further();

    /// Fills some of `room` (not empty), the head first; 0 at the end of the input. Throws CaptureError.
    std::size_t read(std::span<std::uint8_t> room);
    /// Passes over up to `count` bytes without reading them: how many it was, 0 for a pipe.
    std::uint64_t skip(std::uint64_t count);

    /// Read or skipped so far, and in all (0: not known, a pipe).
    [[nodiscard]] std::uint64_t done() const noexcept { return done_; }
    [[nodiscard]] std::uint64_t total() const noexcept { return total_; }
    [[nodiscard]] bool is_file() const noexcept { return regular_; }

private:
    std::size_t read_raw(std::span<std::uint8_t> room);

    std::string name_;
    int fd_ = -1;
    bool regular_ = false;
    Bytes head_;
    std::size_t head_given_ = 0;
    std::uint64_t done_ = 0, total_ = 0;
};

}  // namespace gbkit::io
