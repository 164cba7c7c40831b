// MPEG-1 and MPEG-2 video (ISO/IEC 13818-2 6.2), MPEG-4 visual (ISO/IEC 14496-2 6.2): told apart, and their picture types.
//
// The codes they share with each other and with AVS (B0, B3, B5, B6) count only in an order that no other has.
#include <array>

#include "wire/codec/bits.hpp"
#include "wire/codec/nal_reading.hpp"
#include "wire/codec/video.hpp"

namespace gbkit::wire::codec {

namespace {

enum Code : std::uint8_t { picture = 0x00, last_video_object = 0x1F, first_layer = 0x20, last_layer = 0x2F, visual_sequence = 0xB0,
                           sequence_header = 0xB3, visual_object = 0xB5, video_object_plane = 0xB6 };

// picture_header: temporal_reference 10, picture_coding_type 3.
FrameType picture_type(ByteView head) noexcept {
    BitReader in(head.subspan(1));
    in.skip(10);
    switch (in.bits(3)) {
        case 1: return FrameType::key;
        case 2: return FrameType::predicted;
        case 3: return FrameType::bidirectional;
        default: return FrameType::unknown;
    }
}

// video_object_plane: vop_coding_type 2.
FrameType plane_type(ByteView head) noexcept {
    if (head.size() < 2) return FrameType::unknown;
    constexpr FrameType types[] = {FrameType::key, FrameType::predicted, FrameType::bidirectional, FrameType::predicted};
    return types[head[1] >> 6];
}

NalReading told(Codec codec, NalPart part, FrameType type = FrameType::unknown) noexcept {
    NalReading unit;
    unit.codec = codec;
    unit.part = part;
    unit.certain = true;
    unit.type = type;
    unit.first = part == NalPart::slice;
    return unit;
}

NalReading read_mpeg4(ByteView head, bool follows_object, bool follows_sequence, Codec expected) noexcept {
    const std::uint8_t code = head[0];
    if (follows_object && code >= first_layer && code <= last_layer) return told(Codec::mpeg4, NalPart::sps);
    if (follows_sequence && code == visual_object) return told(Codec::mpeg4, NalPart::vps);
    if (expected == Codec::mpeg4 && code == video_object_plane) return told(Codec::mpeg4, NalPart::slice, plane_type(head));
    return {};
}

}  // namespace

// 13818-2 6.2.2.1: sizes, aspect and frame rate codes in range, the marker bit set. MPEG-4's B3 (a group of planes) has
// three bytes and is no sequence header.
std::optional<VideoFormat> parse_mpeg_sequence(ByteView unit) {
    if (unit.size() < 8 || unit[0] != sequence_header) return std::nullopt;
    constexpr std::array<double, 9> rates{0, 24000 / 1001.0, 24, 25, 30000 / 1001.0, 30, 50, 60000 / 1001.0, 60};
    BitReader in(unit.subspan(1));
    VideoFormat format;
    format.codec = Codec::mpeg_video;
    format.width = in.bits(12);
    format.height = in.bits(12);
    const std::uint32_t aspect = in.bits(4), rate = in.bits(4);
    in.skip(18);  // bit_rate_value
    const bool marker = in.flag();
    if (format.width == 0 || format.height == 0 || aspect == 0 || aspect == 15 || rate == 0 || rate >= rates.size() || !marker)
        return std::nullopt;
    format.frames_per_second = rates[rate];
    return format;
}

NalReading read_mpeg(ByteView head, bool whole, Codec expected, NalContext& context) {
    const std::uint8_t code = head[0];
    const NalReading mpeg4 = read_mpeg4(head, context.video_object, context.visual_sequence, expected);
    context.video_object = whole && head.size() == 1 && code <= last_video_object;
    context.visual_sequence = whole && head.size() == 2 && code == visual_sequence;
    if (code == visual_sequence && !context.visual_sequence) context.other_sequence = true;
    if (mpeg4.codec != Codec::unknown) return mpeg4;
    if (code == sequence_header && expected != Codec::mpeg4 && !context.other_sequence && parse_mpeg_sequence(head))
        return told(Codec::mpeg_video, NalPart::sps);
    if (code == picture && expected == Codec::mpeg_video) return told(Codec::mpeg_video, NalPart::slice, picture_type(head));
    return {};
}

}  // namespace gbkit::wire::codec
