// The sequence parameter set of H.265: ITU-T H.265 7.3.2.2 down to the timing in its VUI (E.2.1).
#include <algorithm>
#include <array>

#include "wire/codec/nal.hpp"
#include "wire/codec/sps_common.hpp"
#include "wire/codec/video.hpp"

namespace gbkit::wire::codec {

namespace {

std::string profile_name(std::uint32_t profile, std::uint32_t compatible) {
    for (std::uint32_t i = 1; profile == 0 && i < 12; ++i)  // not told: the first it is compatible with
        if ((compatible >> (31 - i) & 1U) != 0) profile = i;
    switch (profile) {
        case 1: return "Main";
        case 2: return "Main 10";
        case 3: return "Main Still Picture";
        case 4: return "Range Extensions";
        case 5: return "High Throughput";
        case 9: return "Screen Content Coding";
        default: return "profile " + std::to_string(profile);
    }
}

// 7.3.3; gives profile and level of the whole stream, walks over those of its sub-layers.
void read_profile_tier_level(BitReader& in, std::uint32_t sub_layers, VideoFormat& format) {
    in.skip(3);  // general_profile_space, general_tier_flag
    const std::uint32_t profile = in.bits(5), compatible = in.bits(32);
    format.profile = profile_name(profile, compatible);
    in.skip(48);
    format.level = level_name(in.bits(8) / 3);
    if (sub_layers == 0) return;
    std::array<std::uint32_t, 8> present{};  // bit 1: profile, bit 0: level; always eight pairs
    for (std::uint32_t& pair : present) pair = in.bits(2);
    for (std::uint32_t i = 0; i < sub_layers; ++i) {
        if ((present[i] & 2U) != 0) in.skip(88);
        if ((present[i] & 1U) != 0) in.skip(8);
    }
}

// 7.3.4
void skip_scaling_lists(BitReader& in) noexcept {
    for (unsigned size = 0; size < 4; ++size) {
        for (unsigned matrix = 0; matrix < 6 && in.ok(); matrix += size == 3 ? 3 : 1) {
            if (!in.flag()) {
                (void)in.ue();  // scaling_list_pred_matrix_id_delta
                continue;
            }
            if (size > 1) in.skip_se();
            for (unsigned left = std::min(64U, 1U << (4 + 2 * size)); left > 0 && in.ok(); --left) in.skip_se();
        }
    }
}

// 7.3.7. `before`: the number of pictures in the set before, which this one may be predicted from. Gives this one's.
std::uint32_t skip_short_term_set(BitReader& in, bool first, std::uint32_t before) noexcept {
    std::uint32_t pictures = 0;
    if (!first && in.flag()) {
        in.skip(1);
        (void)in.ue();
        for (std::uint32_t i = 0; i <= before && in.ok(); ++i) {
            const bool used = in.flag();
            if (used || in.flag()) ++pictures;
        }
        return std::min(pictures, 32U);
    }
    pictures = in.ue(16);
    pictures += in.ue(16);
    for (std::uint32_t i = 0; i < pictures && in.ok(); ++i) {
        (void)in.ue();
        in.skip(1);
    }
    return pictures;
}

void skip_reference_sets(BitReader& in, std::uint32_t order_count_bits) noexcept {
    const std::uint32_t sets = in.ue(64);
    std::uint32_t pictures = 0;
    for (std::uint32_t i = 0; i < sets && in.ok(); ++i) pictures = skip_short_term_set(in, i == 0, pictures);
    if (in.flag())  // long_term_ref_pics_present_flag
        for (std::uint32_t left = in.ue(32); left > 0 && in.ok(); --left) in.skip(order_count_bits + 1);
}

// From log2_min_luma_coding_block_size to the VUI flag.
void skip_coding_tools(BitReader& in, std::uint32_t order_count_bits) noexcept {
    for (int i = 0; i < 6; ++i) (void)in.ue();
    if (in.flag() && in.flag()) skip_scaling_lists(in);
    in.skip(2);  // amp_enabled_flag, sample_adaptive_offset_enabled_flag
    if (in.flag()) {  // pcm
        in.skip(8);
        (void)in.ue();
        (void)in.ue();
        in.skip(1);
    }
    skip_reference_sets(in, order_count_bits);
    in.skip(2);  // sps_temporal_mvp_enabled_flag, strong_intra_smoothing_enabled_flag
}

void read_size(BitReader& in, VideoFormat& format) noexcept {
    const std::uint32_t chroma = in.ue(3);
    const bool separate = chroma == 3 && in.flag();
    const std::uint32_t width = in.ue(), height = in.ue();
    std::array<std::uint32_t, 4> window{};  // left, right, top, bottom
    if (in.flag())
        for (std::uint32_t& side : window) side = in.ue();
    const bool halved = !separate && (chroma == 1 || chroma == 2);
    format.width = cropped(width, window[0], window[1], halved ? 2 : 1);
    format.height = cropped(height, window[2], window[3], halved && chroma == 1 ? 2 : 1);
}

}  // namespace

Result<VideoFormat> parse_h265_sps(ByteView nal) {
    if (nal.size() > max_parameter_set) return fail(Errc::too_large, "a sequence parameter set over 4096 bytes", max_parameter_set);
    if (nal.size() < 2 || h265::type_of(nal[0]) != h265::sps) return fail(Errc::malformed, "a NAL unit that is no H.265 sequence parameter set");
    const Bytes rbsp = rbsp_of(nal.subspan(2));
    BitReader in(rbsp);
    VideoFormat format;
    format.codec = Codec::h265;
    in.skip(4);  // sps_video_parameter_set_id
    const std::uint32_t sub_layers = std::min(in.bits(3), 6U);  // minus 1
    in.skip(1);
    read_profile_tier_level(in, sub_layers, format);
    (void)in.ue(15);  // sps_seq_parameter_set_id
    read_size(in, format);
    (void)in.ue(8);   // bit_depth_luma_minus8
    (void)in.ue(8);
    const std::uint32_t order_count_bits = in.ue(12) + 4;
    for (std::uint32_t i = in.flag() ? 0 : sub_layers; i <= sub_layers; ++i)
        for (int value = 0; value < 3; ++value) (void)in.ue();
    skip_coding_tools(in, order_count_bits);
    const bool vui = in.flag();
    const auto sized = checked(format, in);
    if (!sized || !vui) return sized;
    skip_vui_colour(in);
    in.skip(3);  // neutral_chroma_indication_flag, field_seq_flag, frame_field_info_present_flag
    if (in.flag())
        for (int i = 0; i < 4; ++i) (void)in.ue();  // default_display_window
    if (!in.flag()) return format;
    const std::uint32_t units = in.bits(32), scale = in.bits(32);
    if (in.ok()) format.frames_per_second = rate_of(scale, units, 1);
    return format;
}

}  // namespace gbkit::wire::codec
