#include "wire/codec/nal_reading.hpp"

#include "wire/codec/bits.hpp"
#include "wire/codec/nal.hpp"

namespace gbkit::wire::codec {

namespace {

constexpr std::uint32_t most_macroblocks = 139264;  // a picture's, level 6.2

NalReading reading(Codec codec, NalPart part, bool certain) {
    NalReading unit;
    unit.codec = codec;
    unit.part = part;
    unit.certain = certain;
    return unit;
}

// 7.3.2.3 and D.1.8: messages of payload type and size, one byte each here; type 6 begins with recovery_frame_cnt, ue(v).
bool is_recovery_point(ByteView head) {
    constexpr std::uint8_t recovery_point = 6;
    const RbspHead stripped(head.subspan(1));
    const ByteView rbsp = stripped.bytes();
    for (std::size_t at = 0; at + 2 < rbsp.size(); at += 2 + std::size_t{rbsp[at + 1]})
        if (rbsp[at] == recovery_point) return (rbsp[at + 2] & 0x80U) != 0;
    return false;
}

NalReading read_h264_sei(ByteView head) {
    NalReading unit = reading(Codec::h264, NalPart::sei, false);
    unit.recovery_point = is_recovery_point(head);
    return unit;
}

NalReading read_h264(ByteView head) {
    switch (h264::type_of(head[0])) {
        case h264::slice: case h264::idr: return read_h264_slice(head);
        case h264::sps: return reading(Codec::h264, NalPart::sps, true);
        case h264::pps: return reading(Codec::h264, NalPart::pps, true);
        case h264::sei: return read_h264_sei(head);
        // primary_pic_type and the trailing bits fill its one byte
        case h264::delimiter: return reading(Codec::h264, NalPart::delimiter, head.size() > 1 && (head[1] & 0x1FU) == 0x10);
        default: return reading(Codec::h264, NalPart::other, false);
    }
}

NalReading read_h265(ByteView head, const NalContext& context) {
    const std::uint8_t type = h265::type_of(head[0]);
    if (h265::is_slice(type)) return read_h265_slice(head, context);
    switch (type) {
        case h265::vps: return reading(Codec::h265, NalPart::vps, true);
        case h265::sps: return reading(Codec::h265, NalPart::sps, true);
        case h265::pps: return reading(Codec::h265, NalPart::pps, true);
        case h265::delimiter: return reading(Codec::h265, NalPart::delimiter, true);
        case h265::prefix_sei: case h265::suffix_sei: return reading(Codec::h265, NalPart::sei, true);
        default: return reading(Codec::h265, NalPart::other, false);
    }
}

bool is_parameter_set(const NalReading& unit) { return unit.part == NalPart::vps || unit.part == NalPart::sps; }

}  // namespace

// 7.3.3: first_mb_in_slice, slice_type. An IDR picture has I and SI slices only.
NalReading read_h264_slice(ByteView head) {
    NalReading unit = reading(Codec::h264, NalPart::slice, false);
    const bool idr = h264::type_of(head[0]) == h264::idr;
    const RbspHead rbsp(head.subspan(1));
    BitReader in(rbsp.bytes());
    unit.first = in.ue(most_macroblocks - 1) == 0;
    const std::uint32_t type = in.ue(9) % 5;
    if (!in.ok() || (idr && type != 2 && type != 4)) return {};
    constexpr std::array<FrameType, 5> types{FrameType::predicted, FrameType::bidirectional, FrameType::intra, FrameType::predicted,
                                             FrameType::intra};
    unit.type = idr ? FrameType::key : types[type];
    // 00 00 01 01 is also the first slice of an MPEG picture whose header is missing.
    unit.certain = head[0] != 1;
    return unit;
}

// 7.3.6.1. The address of a slice that is not the first has as many bits as the picture needs: its type is not read.
NalReading read_h265_slice(ByteView head, const NalContext& context) {
    NalReading unit = reading(Codec::h265, NalPart::slice, false);
    const std::uint8_t nal_type = h265::type_of(head[0]);
    const RbspHead rbsp(head.subspan(2));
    BitReader in(rbsp.bytes());
    unit.first = in.flag();
    if (h265::is_irap(nal_type)) in.skip(1);  // no_output_of_prior_pics_flag
    const std::uint32_t set = in.ue(63);
    if (!in.ok()) return {};
    if (unit.first) {
        in.skip(context.extra_slice_bits[set]);
        const std::uint32_t type = in.ue(2);
        if (!in.ok()) return {};
        constexpr std::array<FrameType, 3> types{FrameType::bidirectional, FrameType::predicted, FrameType::intra};
        unit.type = types[type];
    }
    if (h265::is_irap(nal_type)) unit.type = FrameType::key;
    unit.certain = h265::is_irap(nal_type) || nal_type == h265::trail_r;
    return unit;
}

// 7.3.2.3.1: ids, dependent_slice_segments_enabled_flag, output_flag_present_flag, num_extra_slice_header_bits.
void note_h265_pps(ByteView head, NalContext& context) {
    if (head.size() < 3) return;
    const RbspHead rbsp(head.subspan(2));
    BitReader in(rbsp.bytes());
    const std::uint32_t set = in.ue(63);
    (void)in.ue(15);
    in.skip(2);
    const std::uint32_t extra = in.bits(3);
    if (in.ok()) context.extra_slice_bits[set] = static_cast<std::uint8_t>(extra);
}

NalReading read_nal(ByteView head, bool whole, Codec expected, NalContext& context) {
    if (head.empty()) return {};
    const bool mpeg = expected == Codec::mpeg_video || expected == Codec::mpeg4;
    const NalReading as_mpeg = read_mpeg(head, whole, expected, context);
    if (as_mpeg.codec != Codec::unknown) return as_mpeg;
    const NalReading as_h264 = h264::is_header(head[0]) ? read_h264(head) : NalReading{};
    const NalReading as_h265 = head.size() > 1 && h265::is_header(head[0], head[1]) ? read_h265(head, context) : NalReading{};
    if (mpeg) {  // its slices stand at codes that are NAL headers too
        if (is_parameter_set(as_h264)) return as_h264;
        return is_parameter_set(as_h265) ? as_h265 : NalReading{};
    }
    if (as_h264.codec == Codec::unknown && as_h265.codec == Codec::h265) {
        // 00 00 01 00 0x is a picture of MPEG video as well as TRAIL_N: alone, it says nothing.
        const bool picture = h265::type_of(head[0]) == h265::trail_n && expected != Codec::h265;
        return picture ? NalReading{} : as_h265;
    }
    if (as_h265.codec == Codec::unknown) return as_h264;
    if (expected == Codec::h264) return as_h264;
    if (expected == Codec::h265) return as_h265;
    // No encoder numbers its PPS 127; filler and prefixes are rarer than leading pictures.
    return as_h264.part == NalPart::pps || as_h264.part == NalPart::other ? as_h265 : as_h264;
}

}  // namespace gbkit::wire::codec
