// Frames out of a program stream: video by pack and RTP timestamp (GB/T 28181-2022 Annex C.1), audio by PES packet.
//
// A camera sends one video frame as several PES packets, of which only the first has a PTS, and parameter sets in PES
// packets of their own. A PES packet continues the open frame unless its pack, RTP timestamp, PTS or first bytes
// say that another frame begins. Streams of other muxers, whose PES packets begin anywhere in a frame, are counted by
// start codes instead (ps_continuous.hpp).
#pragma once

#include <array>
#include <functional>
#include <memory>

#include "proto/observe/media/ps_scene.hpp"
#include "wire/codec/video.hpp"

namespace gbkit::proto::observe {

/// A frame that is over.
struct FrameDone {
    MediaFrame& frame;
    ElementaryStream& stream;
    const wire::codec::AccessUnit* unit = nullptr;  // of video; nullptr where frames are found by start codes
    bool whole_start = false;                       // its pack header and its first PES packet were seen
    bool map_in_pack = false;                       // a program stream map stood in its pack
    bool lost_before = false;                       // RTP packets were lost between the frame before and this one
    std::uint32_t packs = 1;                        // it is spread over
};

class PsFrames {
public:
    using Done = std::function<void(FrameDone&)>;
    PsFrames(PsScene& scene, const PsJudge::Sinks& sinks, Done done);
    ~PsFrames();

    /// Before an RTP packet is parsed.
    void packet(const RtpInOrder& packet);
    void pack(const wire::ps::Pack& pack);
    void map() noexcept { map_in_pack_ = true; }
    void pes(const wire::ps::Pes& pes);
    void payload(const wire::ps::Payload& payload);
    void pes_end(const wire::ps::PesEnd& end);
    /// Bytes of a file that belonged to nothing: the frame before them has lost some.
    void place_lost();
    void finish();

    /// The present PES packet's payload is of no interest.
    [[nodiscard]] bool indifferent() const noexcept;

private:
    struct Track;
    /// What a PES packet's first bytes are to the frame that is open.
    enum class Head : std::uint8_t { none, unknown, begins, parameters, continues };
    [[nodiscard]] static Head head_of(wire::codec::Codec codec, ByteView bytes) noexcept;
    [[nodiscard]] Track& track(std::uint8_t id);
    [[nodiscard]] bool starts_frame(const Track& track, Head head, const PsSegment* segment) const noexcept;
    [[nodiscard]] std::optional<wire::codec::Codec> continuous_codec(const Track& track, Head kind, ByteView head) const noexcept;
    void loss(const RtpInOrder& packet);
    void decide(Track& track, ByteView head);
    void assign(Track& track, Head head);
    void make_continuous(Track& track, wire::codec::Codec codec);
    void open(Track& track, std::uint64_t offset, const PsSegment* segment);
    void feed(Track& track, ByteView bytes, std::uint64_t offset);
    void audio_frame(Track& track, const wire::ps::PesEnd& end);
    void close(Track& track);

    PsScene& scene_;
    const PsJudge::Sinks& sinks_;
    Done done_;
    std::array<std::unique_ptr<Track>, 256> tracks_;
    Track* present_ = nullptr;      // whose PES packet is being read
    Track* video_ = nullptr;        // the first video stream
    std::uint64_t packs_ = 0;
    bool map_in_pack_ = false;
    bool markers_ = false;          // the sender sets the RTP marker bit
    bool last_marker_ = false;
    std::optional<std::uint32_t> last_timestamp_;
};

}  // namespace gbkit::proto::observe
