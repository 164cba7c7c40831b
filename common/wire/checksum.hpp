// The Internet checksum (RFC 1071) as IPv4, UDP, TCP and ICMP use it.
#pragma once

#include <cstdint>

#include "base/bytes.hpp"

namespace gbkit::wire {

/// The sum of 16-bit words so far; a last odd byte counts as the upper one. Only the last part may be odd.
[[nodiscard]] inline std::uint64_t sum_of_words(ByteView bytes, std::uint64_t sum = 0) noexcept {
    for (std::size_t at = 0; at + 1 < bytes.size(); at += 2) sum += static_cast<std::uint64_t>(bytes[at] << 8 | bytes[at + 1]);
    if (bytes.size() % 2 != 0) sum += static_cast<std::uint64_t>(bytes.back() << 8);
    return sum;
}

/// What goes into the header for that sum.
[[nodiscard]] inline std::uint16_t checksum_of(std::uint64_t sum) noexcept {
    while (sum > 0xFFFF) sum = (sum >> 16) + (sum & 0xFFFF);
    return static_cast<std::uint16_t>(~sum);
}

inline void store16be(Bytes& bytes, std::size_t at, std::uint16_t value) noexcept {
    bytes[at] = static_cast<std::uint8_t>(value >> 8);
    bytes[at + 1] = static_cast<std::uint8_t>(value);
}

inline void store32be(Bytes& bytes, std::size_t at, std::uint32_t value) noexcept {
    store16be(bytes, at, static_cast<std::uint16_t>(value >> 16));
    store16be(bytes, at + 2, static_cast<std::uint16_t>(value));
}

}  // namespace gbkit::wire
