// Small program streams written byte by byte, for what a muxer would not write.
#pragma once

#include <initializer_list>

#include "base/bytes.hpp"

namespace gbkit::test::ps {

inline Bytes operator+(Bytes left, const Bytes& right) {
    left.insert(left.end(), right.begin(), right.end());
    return left;
}

/// SCR 8, extension 0, mux rate 1, no stuffing.
inline Bytes pack() { return {0, 0, 1, 0xBA, 0x44, 0, 4, 0, 0x44, 1, 0, 0, 7, 0xF8}; }
inline Bytes system_header() { return {0, 0, 1, 0xBB, 0, 9, 0x80, 0, 3, 4, 0x21, 0x7F, 0xE0, 0xE0, 0x80}; }
/// H.264 at E0, G.711A at C0; a right checksum.
inline Bytes map() {
    return {0, 0, 1, 0xBC, 0, 18, 0xE0, 0xFF, 0, 0, 0, 8, 0x1B, 0xE0, 0, 0, 0x90, 0xC0, 0, 0, 0xFE, 0xDF, 0xB1, 0xD7};
}

/// `length` bytes that are never 0, 1 or B9 to FF.
inline Bytes body(std::size_t length) {
    Bytes bytes(length);
    for (std::size_t i = 0; i < length; ++i) bytes[i] = static_cast<std::uint8_t>(2 + i * 7 % 180);
    return bytes;
}

/// A PES packet without time stamps. `length`: written instead of the right one.
inline Bytes pes(const Bytes& payload, int length = -1, std::uint8_t id = 0xE0) {
    const auto value = length >= 0 ? static_cast<std::size_t>(length) : payload.size() + 3;
    return Bytes{0, 0, 1, id, static_cast<std::uint8_t>(value >> 8 & 0xFF), static_cast<std::uint8_t>(value & 0xFF), 0x80, 0, 0} + payload;
}
/// With PTS 900.
inline Bytes pes_with_pts(const Bytes& payload) {
    const std::size_t value = payload.size() + 8;
    return Bytes{0, 0, 1, 0xE0, static_cast<std::uint8_t>(value >> 8 & 0xFF), static_cast<std::uint8_t>(value & 0xFF), 0x80, 0x80, 5, 0x21, 0, 1, 7, 9} + payload;
}

}  // namespace gbkit::test::ps
