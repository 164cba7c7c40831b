// Bytes from outside: a view, a reader that cannot run past the end, hex and base64.
//
// ByteReader is sticky: the first read past the end turns it bad and every later read gives zero, so a
// parser reads straight down like its RFC and asks ok() once.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace gbkit {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

[[nodiscard]] ByteView as_bytes(std::string_view text) noexcept;
[[nodiscard]] std::string_view as_text(ByteView bytes) noexcept;

class ByteReader {
public:
    explicit ByteReader(ByteView bytes) noexcept : bytes_(bytes) {}

    std::uint8_t u8() noexcept;
    std::uint16_t u16be() noexcept;
    std::uint32_t u24be() noexcept;
    std::uint32_t u32be() noexcept;
    std::uint64_t u64be() noexcept;
    std::uint16_t u16le() noexcept;
    std::uint32_t u32le() noexcept;

    /// The next `count` bytes, or an empty view when fewer are left (the reader is then bad).
    ByteView take(std::size_t count) noexcept;
    void skip(std::size_t count) noexcept { (void)take(count); }
    /// All that is left.
    ByteView rest() noexcept { return take(remaining()); }

    [[nodiscard]] bool ok() const noexcept { return ok_; }
    [[nodiscard]] std::size_t offset() const noexcept { return offset_; }
    [[nodiscard]] std::size_t remaining() const noexcept { return bytes_.size() - offset_; }

private:
    std::uint64_t big_endian(std::size_t width) noexcept;

    ByteView bytes_;
    std::size_t offset_ = 0;
    bool ok_ = true;
};

/// Appends integers in network or little-endian order.
class ByteWriter {
public:
    explicit ByteWriter(Bytes& out) noexcept : out_(out) {}
    void u8(std::uint8_t value) { out_.push_back(value); }
    void u16be(std::uint16_t value);
    void u32be(std::uint32_t value);
    void u16le(std::uint16_t value);
    void u32le(std::uint32_t value);
    void bytes(ByteView value) { out_.insert(out_.end(), value.begin(), value.end()); }
    void zeros(std::size_t count) { out_.insert(out_.end(), count, 0); }

private:
    Bytes& out_;
};

/// Lower-case hexadecimal, two digits a byte.
[[nodiscard]] std::string to_hex(ByteView bytes);
/// Either letter case; an odd count or another character is malformed at its offset.
[[nodiscard]] Result<Bytes> from_hex(std::string_view text);

/// RFC 4648 section 4, with padding.
[[nodiscard]] std::string to_base64(ByteView bytes);
[[nodiscard]] Result<Bytes> from_base64(std::string_view text);

}  // namespace gbkit
