// The 33-bit clocks of a program stream, 90 kHz, as they stand between marker bits (ISO/IEC 13818-1 2.4.3.6, 2.5.3.3).
//
//   PTS, DTS (5 bytes):  prefix 4 | 32..30 | 1 || 29..15 | 1 || 14..0 | 1
//   SCR (6 bytes):       '01' | 32..30 | 1 | 29..15 | 1 | 14..0 | 1 | extension 9 | 1
#pragma once

#include <cstdint>
#include <span>

#include "base/bytes.hpp"

namespace gbkit::wire::ps {

inline constexpr std::uint64_t clock_mask = (1ULL << 33) - 1;

/// Of PTS, DTS and an MPEG-1 SCR; 5 bytes at least. The prefix is left alone.
[[nodiscard]] std::uint64_t read_timestamp(ByteView bytes) noexcept;
[[nodiscard]] bool timestamp_markers(ByteView bytes) noexcept;
void write_timestamp(std::uint64_t value, std::uint8_t prefix, std::span<std::uint8_t, 5> bytes) noexcept;

/// 6 bytes at least.
[[nodiscard]] std::uint64_t read_scr(ByteView bytes) noexcept;
[[nodiscard]] std::uint16_t read_scr_extension(ByteView bytes) noexcept;
void write_scr(std::uint64_t value, std::uint16_t extension, std::span<std::uint8_t, 6> bytes) noexcept;

}  // namespace gbkit::wire::ps
