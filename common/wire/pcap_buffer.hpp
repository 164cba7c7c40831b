// The bytes of a capture file between the reader that brings them and the parser that takes them.
//
// The reader reads straight into prepare(), so a file's bytes are copied once, by the kernel; a record cut by the
// end of a chunk moves to the front when more comes. Views of it live until the next prepare().
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "base/bytes.hpp"

namespace gbkit::wire {

class PcapBuffer {
public:
    /// Room for `count` bytes behind what is held.
    [[nodiscard]] std::span<std::uint8_t> prepare(std::size_t count);
    /// The first `count` bytes of that room are filled.
    void commit(std::size_t count) noexcept { end_ += count; }
    void push(ByteView bytes);

    [[nodiscard]] ByteView view() const noexcept { return {bytes_.get() + start_, end_ - start_}; }
    void consume(std::size_t count) noexcept {
        start_ += count;
        offset_ += count;
    }
    /// Of view()[0] in the file.
    [[nodiscard]] std::uint64_t offset() const noexcept { return offset_; }

private:
    std::unique_ptr<std::uint8_t[]> bytes_;
    std::size_t capacity_ = 0, start_ = 0, end_ = 0;
    std::uint64_t offset_ = 0;
};

}  // namespace gbkit::wire
