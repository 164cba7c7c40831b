// One NAL unit (or MPEG start code unit) read by its first bytes: of which codec it may be, and what it is there.
//
// H.264 and H.265 headers overlap little. H.264 types 1, 5, 7 and 9 make an odd first byte, which in H.265 is a layer
// above 31; of the even ones only SEI (06) and PPS (28, 48, 68) can stand in both, and there the second byte mostly
// tells. MPEG start codes from 80 on are no NAL units at all; those below need what came before them.
#pragma once

#include <array>
#include <cstdint>

#include "base/bytes.hpp"
#include "wire/codec/codec.hpp"

namespace gbkit::wire::codec {

/// key: decoding can begin here (IDR, IRAP, H.264 I slices behind a recovery point SEI that takes effect at once; I pictures
/// of MPEG video). intra: other I slices.
enum class FrameType : std::uint8_t { unknown, key, predicted, bidirectional, intra };

enum class NalPart : std::uint8_t { other, vps, sps, pps, sei, delimiter, slice };

struct NalReading {
    Codec codec = Codec::unknown;   // unknown: none fits, or it cannot be told
    NalPart part = NalPart::other;
    bool certain = false;           // no other codec writes this
    FrameType type = FrameType::unknown;   // of a slice
    bool first = false;             // the first slice of its picture
    bool recovery_point = false;    // of SEI: recovery_frame_cnt is 0
};

/// What earlier units say about later ones.
struct NalContext {
    std::array<std::uint8_t, 64> extra_slice_bits{};  // H.265 num_extra_slice_header_bits by PPS id; 0 until told
    bool video_object = false;      // MPEG-4: the last unit was a bare video_object_start_code
    bool visual_sequence = false;   // MPEG-4: the last unit was a visual_object_sequence of profile and level alone
    bool other_sequence = false;    // a B0 that is not MPEG-4's was seen (AVS)
};

/// `head`: the NAL unit's first bytes (16 decide), or all of it when `whole`. `expected`: the codec so far.
[[nodiscard]] NalReading read_nal(ByteView head, bool whole, Codec expected, NalContext& context);

/// A slice of the codec, read as far as its type; `certain` says that its header can be one.
[[nodiscard]] NalReading read_h264_slice(ByteView head);
[[nodiscard]] NalReading read_h265_slice(ByteView head, const NalContext& context);
/// Keeps what slices need of an H.265 picture parameter set.
void note_h265_pps(ByteView head, NalContext& context);

/// MPEG-1, -2 (ISO/IEC 13818-2 6.2) and -4 (14496-2 6.2) units, start code value first.
[[nodiscard]] NalReading read_mpeg(ByteView head, bool whole, Codec expected, NalContext& context);

}  // namespace gbkit::wire::codec
