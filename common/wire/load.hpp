// Big- and little-endian loads from a view whose length the caller has already checked.
//
// ByteReader (base/bytes) is the reader for parsers; these are for the few decoders that run once per captured
// frame, where a length is checked once per header.
#pragma once

#include <cstdint>

#include "base/bytes.hpp"

namespace gbkit::wire {

inline std::uint16_t load16be(ByteView bytes, std::size_t at) noexcept {
    return static_cast<std::uint16_t>(bytes[at] << 8 | bytes[at + 1]);
}
inline std::uint32_t load32be(ByteView bytes, std::size_t at) noexcept {
    return static_cast<std::uint32_t>(load16be(bytes, at)) << 16 | load16be(bytes, at + 2);
}
inline std::uint16_t load16le(ByteView bytes, std::size_t at) noexcept {
    return static_cast<std::uint16_t>(bytes[at + 1] << 8 | bytes[at]);
}
inline std::uint32_t load32le(ByteView bytes, std::size_t at) noexcept {
    return static_cast<std::uint32_t>(load16le(bytes, at + 2)) << 16 | load16le(bytes, at);
}

}  // namespace gbkit::wire
