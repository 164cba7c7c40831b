// What sequence parameter sets of H.264 and H.265 have in common: the start of the VUI, cropping, limits.
#pragma once

#include <cstdint>

#include "base/result.hpp"
#include "wire/codec/bits.hpp"
#include "wire/codec/video.hpp"

namespace gbkit::wire::codec {

constexpr std::size_t max_parameter_set = 4096;   // bytes looked at; real ones have 20 to 200
constexpr std::uint32_t max_picture_side = 32768; // more than any level of either standard allows

/// H.264 E.1.1 and H.265 E.2.1, up to chroma_sample_loc: the same in both.
inline void skip_vui_colour(BitReader& in) noexcept {
    if (in.flag() && in.bits(8) == 255) in.skip(32);  // aspect_ratio_idc, Extended_SAR
    if (in.flag()) in.skip(1);                        // overscan
    if (in.flag()) {                                  // video_signal_type
        in.skip(4);
        if (in.flag()) in.skip(24);                   // colour_description
    }
    if (in.flag()) {                                  // chroma_loc_info
        (void)in.ue();
        (void)in.ue();
    }
}

/// A side in luma samples less what is cropped at both ends; nothing is left: malformed.
[[nodiscard]] inline std::uint32_t cropped(std::uint64_t side, std::uint64_t first, std::uint64_t last, std::uint32_t unit) noexcept {
    const std::uint64_t off = (first + last) * unit;
    return side > max_picture_side || off >= side ? 0 : static_cast<std::uint32_t>(side - off);
}

/// Frames a second, when both are set and the quotient is a rate (0.01 to 1000).
[[nodiscard]] inline std::optional<double> rate_of(std::uint32_t time_scale, std::uint32_t units_in_tick, double ticks_per_frame) noexcept {
    if (time_scale == 0 || units_in_tick == 0) return std::nullopt;
    const double rate = time_scale / (ticks_per_frame * units_in_tick);
    return rate >= 0.01 && rate <= 1000 ? std::optional(rate) : std::nullopt;
}

[[nodiscard]] inline std::string level_name(unsigned tenths) {
    return std::to_string(tenths / 10) + '.' + std::to_string(tenths % 10);
}

/// The format, or why the set is not one: it ends early, holds a value out of range, or crops the picture away.
[[nodiscard]] inline Result<VideoFormat> checked(VideoFormat format, const BitReader& in) {
    if (!in.ok()) return fail(Errc::malformed, "a sequence parameter set that ends early or holds a value out of range", in.offset());
    if (format.width == 0 || format.height == 0)
        return fail(Errc::malformed, "a sequence parameter set with an impossible picture size", in.offset());
    return format;
}

}  // namespace gbkit::wire::codec
