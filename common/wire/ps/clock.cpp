#include "wire/ps/clock.hpp"

namespace gbkit::wire::ps {

std::uint64_t read_timestamp(ByteView b) noexcept {
    return (b[0] >> 1 & 7ULL) << 30 | static_cast<std::uint64_t>(b[1]) << 22 | (b[2] >> 1 & 0x7FULL) << 15 |
           static_cast<std::uint64_t>(b[3]) << 7 | b[4] >> 1;
}

bool timestamp_markers(ByteView bytes) noexcept { return (bytes[0] & bytes[2] & bytes[4] & 1) != 0; }

void write_timestamp(std::uint64_t value, std::uint8_t prefix, std::span<std::uint8_t, 5> bytes) noexcept {
    bytes[0] = static_cast<std::uint8_t>((prefix & 15U) << 4 | (value >> 30 & 7) << 1 | 1);
    bytes[1] = static_cast<std::uint8_t>(value >> 22 & 0xFF);
    bytes[2] = static_cast<std::uint8_t>((value >> 15 & 0x7F) << 1 | 1);
    bytes[3] = static_cast<std::uint8_t>(value >> 7 & 0xFF);
    bytes[4] = static_cast<std::uint8_t>((value & 0x7F) << 1 | 1);
}

std::uint64_t read_scr(ByteView b) noexcept {
    return (b[0] >> 3 & 7ULL) << 30 | (b[0] & 3ULL) << 28 | static_cast<std::uint64_t>(b[1]) << 20 |
           (b[2] >> 3 & 0x1FULL) << 15 | (b[2] & 3ULL) << 13 | static_cast<std::uint64_t>(b[3]) << 5 | b[4] >> 3;
}

std::uint16_t read_scr_extension(ByteView b) noexcept { return static_cast<std::uint16_t>((b[4] & 3U) << 7 | b[5] >> 1); }

void write_scr(std::uint64_t value, std::uint16_t extension, std::span<std::uint8_t, 6> bytes) noexcept {
    bytes[0] = static_cast<std::uint8_t>(0x44 | (value >> 30 & 7) << 3 | (value >> 28 & 3));
    bytes[1] = static_cast<std::uint8_t>(value >> 20 & 0xFF);
    bytes[2] = static_cast<std::uint8_t>((value >> 15 & 0x1F) << 3 | 4 | (value >> 13 & 3));
    bytes[3] = static_cast<std::uint8_t>(value >> 5 & 0xFF);
    bytes[4] = static_cast<std::uint8_t>((value & 0x1F) << 3 | 4U | (extension >> 7 & 3U));
    bytes[5] = static_cast<std::uint8_t>((extension & 0x7FU) << 1 | 1U);
}

}  // namespace gbkit::wire::ps
