// The sequence parameter set of H.264: ITU-T H.264 7.3.2.1.1 down to the timing in its VUI (E.1.1).
#include <algorithm>
#include <array>

#include "wire/codec/nal.hpp"
#include "wire/codec/sps_common.hpp"
#include "wire/codec/video.hpp"

namespace gbkit::wire::codec {

namespace {

std::string profile_name(std::uint32_t profile, std::uint32_t constraints) {
    const bool intra = (constraints & 0x10U) != 0;  // constraint_set3_flag
    switch (profile) {
        case 66: return (constraints & 0x40U) != 0 ? "Constrained Baseline" : "Baseline";
        case 77: return "Main";
        case 88: return "Extended";
        case 100: return "High";
        case 110: return intra ? "High 10 Intra" : "High 10";
        case 122: return intra ? "High 4:2:2 Intra" : "High 4:2:2";
        case 244: return intra ? "High 4:4:4 Intra" : "High 4:4:4 Predictive";
        case 44: return "CAVLC 4:4:4 Intra";
        case 83: return "Scalable Baseline";
        case 86: return "Scalable High";
        case 118: return "Multiview High";
        case 128: return "Stereo High";
        default: return "profile " + std::to_string(profile);
    }
}

// Profiles whose sets hold the chroma format (7.3.2.1.1).
bool has_chroma_format(std::uint32_t profile) noexcept {
    constexpr std::array<std::uint32_t, 13> profiles{100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135};
    return std::find(profiles.begin(), profiles.end(), profile) != profiles.end();
}

// 7.3.2.1.1.1: delta_scale is signed and its sum decides whether more follow, so here the value counts.
void skip_scaling_list(BitReader& in, int size) noexcept {
    int last = 8, next = 8;
    for (int i = 0; i < size && in.ok(); ++i) {
        if (next != 0) {
            const std::uint32_t code = in.ue(256);
            const int delta = (code & 1U) != 0 ? static_cast<int>(code + 1) / 2 : -static_cast<int>(code / 2);
            next = (last + delta + 256) % 256;
        }
        if (next != 0) last = next;
    }
}

struct Chroma {
    std::uint32_t format = 1;
    bool separate_planes = false;
};

Chroma read_chroma(BitReader& in) noexcept {
    Chroma chroma;
    chroma.format = in.ue(3);
    if (chroma.format == 3) chroma.separate_planes = in.flag();
    (void)in.ue(6);  // bit_depth_luma_minus8
    (void)in.ue(6);
    in.skip(1);      // qpprime_y_zero_transform_bypass_flag
    if (!in.flag()) return chroma;
    const int lists = chroma.format == 3 ? 12 : 8;
    for (int i = 0; i < lists; ++i)
        if (in.flag()) skip_scaling_list(in, i < 6 ? 16 : 64);
    return chroma;
}

void skip_picture_order_count(BitReader& in) noexcept {
    const std::uint32_t type = in.ue(2);
    if (type == 0) (void)in.ue(12);
    if (type != 1) return;
    in.skip(1);
    in.skip_se();
    in.skip_se();
    for (std::uint32_t left = in.ue(255); left > 0 && in.ok(); --left) in.skip_se();
}

void read_size(BitReader& in, const Chroma& chroma, VideoFormat& format) noexcept {
    const std::uint64_t width = (std::uint64_t{in.ue()} + 1) * 16;
    const std::uint64_t units = (std::uint64_t{in.ue()} + 1) * 16;
    const bool frames_only = in.flag();
    if (!frames_only) in.skip(1);  // mb_adaptive_frame_field_flag
    in.skip(1);                    // direct_8x8_inference_flag
    std::array<std::uint32_t, 4> crop{};  // left, right, top, bottom
    if (in.flag())
        for (std::uint32_t& side : crop) side = in.ue();
    const std::uint32_t array_type = chroma.separate_planes ? 0 : chroma.format;
    const std::uint32_t fields = frames_only ? 1 : 2;
    format.width = cropped(width, crop[0], crop[1], array_type == 1 || array_type == 2 ? 2 : 1);
    format.height = cropped(units * fields, crop[2], crop[3], (array_type == 1 ? 2U : 1U) * fields);
}

}  // namespace

Result<VideoFormat> parse_h264_sps(ByteView nal) {
    if (nal.size() > max_parameter_set) return fail(Errc::too_large, "a sequence parameter set over 4096 bytes", max_parameter_set);
    if (nal.empty() || h264::type_of(nal[0]) != h264::sps) return fail(Errc::malformed, "a NAL unit that is no H.264 sequence parameter set");
    const Bytes rbsp = rbsp_of(nal.subspan(1));
    BitReader in(rbsp);
    VideoFormat format;
    format.codec = Codec::h264;
    const std::uint32_t profile = in.bits(8), constraints = in.bits(8), level = in.bits(8);
    format.profile = profile_name(profile, constraints);
    const bool one_b = level == 9 || (level == 11 && (constraints & 0x10U) != 0 && profile <= 88);
    format.level = one_b ? "1b" : level_name(level);
    (void)in.ue(31);  // seq_parameter_set_id
    const Chroma chroma = has_chroma_format(profile) ? read_chroma(in) : Chroma{};
    (void)in.ue(12);  // log2_max_frame_num_minus4
    skip_picture_order_count(in);
    (void)in.ue();    // max_num_ref_frames
    in.skip(1);
    read_size(in, chroma, format);
    const bool vui = in.flag();
    const auto sized = checked(format, in);
    if (!sized || !vui) return sized;
    skip_vui_colour(in);
    if (!in.flag()) return format;
    const std::uint32_t units = in.bits(32), scale = in.bits(32);
    if (in.ok()) format.frames_per_second = rate_of(scale, units, 2);  // a tick is a field
    return format;
}

}  // namespace gbkit::wire::codec
