// Video by content: what the first bytes of an access unit say, whatever the program stream map says.
//
// H.264: ITU-T H.264 7.3.1, 7.3.2.1, 7.3.3; H.265: ITU-T H.265 7.3.1, 7.3.2. Annex B start codes are found at
// memchr speed and only until the first slice: a frame's type needs no more.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "wire/codec/codec.hpp"
#include "wire/codec/nal_reading.hpp"

namespace gbkit::wire::codec {

[[nodiscard]] std::string_view name_of(FrameType type) noexcept;  // "key", "P", "B", "I", "?"

struct VideoFormat {
    Codec codec = Codec::unknown;
    std::string profile;            // "Main", "High", "Baseline"; empty: not told
    std::string level;              // "3.1"; empty: not told
    std::uint32_t width = 0, height = 0;  // after cropping
    std::optional<double> frames_per_second;  // from the VUI
    friend bool operator==(const VideoFormat&, const VideoFormat&) = default;
};
/// A sequence parameter set, NAL header included, without start code; emulation prevention is removed here.
[[nodiscard]] Result<VideoFormat> parse_h264_sps(ByteView nal);
[[nodiscard]] Result<VideoFormat> parse_h265_sps(ByteView nal);
/// The sequence header of MPEG-1 or -2 video, B3 included: size and frame rate (not their extensions); no profile, no level.
[[nodiscard]] std::optional<VideoFormat> parse_mpeg_sequence(ByteView unit);

/// What is known of one access unit, as far as it was looked at: up to its first slice.
struct AccessUnit {
    Codec codec = Codec::unknown;   // by content; unknown while undecided
    FrameType type = FrameType::unknown;
    bool vps = false, sps = false, pps = false, sei = false, delimiter = false;
    bool slice = false;             // a slice was seen
    bool starts_slice = false;      // the first slice is the first of its picture
    std::optional<VideoFormat> format;   // of its SPS, when it has a whole one
    std::uint32_t long_start_codes = 0, short_start_codes = 0;   // 00 00 00 01 and 00 00 01
    std::uint64_t bytes_before_nal = 0;  // before the first start code; all of them when there is none
    friend bool operator==(const AccessUnit&, const AccessUnit&) = default;
};

/// Looks at one access unit that comes in pieces, cut anywhere.
///
/// Each NAL unit is read as every standard whose header it may have; parameter sets and slices decide. A unit that
/// shows parameter sets of one codec and slices of another is of the first. Held back: the first bytes of a NAL
/// unit, and of a sequence parameter set at most 4096. A unit without a slice is given up after 256 KiB.
/// MPEG-1, -2 and -4 video is told by its own headers; SVAC has none that no other codec may have, and stays unknown.
class AccessUnitScanner {
public:
    AccessUnitScanner();
    /// Forgets the last unit (not the picture parameter sets); `codec` known from earlier units, unknown to decide by
    /// content. It only settles what could be either: a unit that is plainly of another codec is told as that.
    void start(Codec codec);
    /// False when it has seen enough: further pieces need not be pushed.
    bool push(ByteView piece);
    /// What is held back at the end of the unit is looked at.
    void finish();
    [[nodiscard]] const AccessUnit& unit() const noexcept { return unit_; }

private:
    enum class Mode : std::uint8_t { before_first, nal, skip, done };

    void start_code(std::uint8_t zeros);
    void look(bool whole);
    void believe(const NalReading& reading);
    void take_parameter_set(const NalReading& reading, bool whole);

    AccessUnit unit_;
    Codec known_ = Codec::unknown;
    bool certain_ = false;          // unit_.codec rests on what no other codec writes
    bool recovery_point_ = false;   // an SEI of this unit says so
    Mode mode_ = Mode::before_first;
    std::uint8_t zeros_ = 0;        // that ended the last piece
    std::uint64_t seen_ = 0;        // bytes
    Bytes nal_;                     // the start of the present NAL unit
    std::size_t limit_ = 0;         // of nal_
    NalContext context_;
};

}  // namespace gbkit::wire::codec
