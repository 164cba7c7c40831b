// The headers of a program stream, read from bytes that begin with their start code (ISO/IEC 13818-1 2.5.3 and 2.4.3.6).
//
// Each reader answers: yes and how many bytes the header has; more, and how many are needed; or no, it is none.
// Offsets are left to the caller.
#pragma once

#include <cstddef>
#include <cstdint>

#include "wire/ps/events.hpp"
#include "wire/ps/start_code.hpp"

namespace gbkit::wire::ps {

/// What system headers and maps may say of their own length: 1018 for maps by 2.5.4.2; 68 streams fit a system header.
inline constexpr std::size_t longest_header = 1018;

/// The id has the optional PES header (2.4.3.7): all but BE, BF, F0, F1, F2, F8 and FF.
[[nodiscard]] bool has_optional_header(std::uint8_t id) noexcept;

/// Without '01' or '0010' a pack header is still one when another start code follows it.
[[nodiscard]] Answer read_pack(ByteView bytes, Pack& pack) noexcept;
/// PES packets, up to their first payload byte.
[[nodiscard]] Answer read_pes(ByteView bytes, Pes& pes) noexcept;
/// `bytes`: all that is there of it. Streams that are not whole are left out.
[[nodiscard]] SystemHeader read_system_header(ByteView bytes);
/// 2.5.4. PSM length is believed before the lengths inside. A map that is not whole has no checksum (Crc::bad).
[[nodiscard]] StreamMap read_map(ByteView bytes);

}  // namespace gbkit::wire::ps
