// NAL units in a byte stream (H.264 and H.265, Annex B): start codes, and headers of both standards.
//
//   H.264  | 0 | nal_ref_idc 2 | nal_unit_type 5 |
//   H.265  | 0 | nal_unit_type 6 | nuh_layer_id 6 | nuh_temporal_id_plus1 3 |
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.hpp"

namespace gbkit::wire::codec {

struct StartCode {
    std::size_t end = 0;      // of the byte after its 01
    std::uint8_t zeros = 2;   // before the 01: 2 or 3, those of the piece before included
};
/// The first start code whose 01 is at `from` or later. `zeros_before`: zeros that ended the piece before this one.
/// Found with memchr: fast where 01 is rare, never worse than linear.
[[nodiscard]] std::optional<StartCode> find_start_code(ByteView bytes, std::size_t from = 0, std::uint8_t zeros_before = 0) noexcept;
/// Zeros at the end of `bytes`, at most 3, `zeros_before` counted in when all of it is zero.
[[nodiscard]] std::uint8_t trailing_zeros(ByteView bytes, std::uint8_t zeros_before = 0) noexcept;

/// Without emulation prevention: 00 00 03 becomes 00 00.
[[nodiscard]] Bytes rbsp_of(ByteView nal);

/// The same for the start of a NAL unit: at most 16 bytes of it, without a heap.
class RbspHead {
public:
    explicit RbspHead(ByteView nal) noexcept;
    [[nodiscard]] ByteView bytes() const noexcept { return ByteView(bytes_).first(size_); }

private:
    std::array<std::uint8_t, 16> bytes_{};
    std::size_t size_ = 0;
};

namespace h264 {
enum Type : std::uint8_t { slice = 1, idr = 5, sei = 6, sps = 7, pps = 8, delimiter = 9 };
[[nodiscard]] inline std::uint8_t type_of(std::uint8_t first) noexcept { return first & 31U; }
/// The header is one an encoder may write: forbidden bit, nal_ref_idc as 7.4.1 asks for, a type of one-layer video.
[[nodiscard]] bool is_header(std::uint8_t first) noexcept;
}  // namespace h264

namespace h265 {
enum Type : std::uint8_t { trail_n = 0, trail_r = 1, tsa_n = 2, stsa_r = 5, rasl_r = 9, first_irap = 16, last_irap = 21,
                           vps = 32, sps = 33, pps = 34, delimiter = 35, prefix_sei = 39, suffix_sei = 40 };
[[nodiscard]] inline std::uint8_t type_of(std::uint8_t first) noexcept { return first >> 1 & 63U; }
[[nodiscard]] inline bool is_irap(std::uint8_t type) noexcept { return type >= first_irap && type <= last_irap; }
[[nodiscard]] inline bool is_slice(std::uint8_t type) noexcept { return type <= rasl_r || is_irap(type); }
/// As above: layer 0, a temporal id that the type may have (7.4.2.2).
[[nodiscard]] bool is_header(std::uint8_t first, std::uint8_t second) noexcept;
}  // namespace h265

}  // namespace gbkit::wire::codec
