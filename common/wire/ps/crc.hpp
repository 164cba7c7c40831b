// CRC-32/MPEG-2: the checksum of program stream maps (ISO/IEC 13818-1 Annex A).
//
// Polynomial 04C11DB7, start FFFFFFFF, most significant bit first, no final inversion.
#pragma once

#include <cstdint>

#include "base/bytes.hpp"

namespace gbkit::wire::ps {

/// Over a section with its stored checksum (big-endian) the result is 0.
[[nodiscard]] std::uint32_t crc32_mpeg2(ByteView bytes) noexcept;

}  // namespace gbkit::wire::ps
