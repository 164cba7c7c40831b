// Frames of one elementary stream whose PES packets begin anywhere in a frame: what ffmpeg and DVD muxers write.
//
// Frames are found by start codes (frame_pictures.hpp). A PTS belongs to the first frame that begins in its PES packet
// (13818-1 2.4.3.7).
#pragma once

#include "proto/observe/media/frame_pictures.hpp"
#include "proto/observe/media/ps_scene.hpp"

namespace gbkit::proto::observe {

class ContinuousFrames {
public:
    using Done = std::function<void(MediaFrame&)>;
    ContinuousFrames(PsScene& scene, std::uint8_t id, wire::codec::Codec codec, Done done);

    /// The frame that was open when this began; its bytes so far are told in it.
    void adopt(const MediaFrame& frame);
    void pes(const wire::ps::Pes& pes);
    void payload(ByteView bytes, std::uint64_t offset);
    void gap() noexcept;
    void finish();
    [[nodiscard]] wire::codec::Codec codec() const noexcept { return codec_; }

private:
    void begins(std::uint64_t at, wire::codec::FrameType type, std::uint64_t offset);
    void close(std::uint64_t at);

    PsScene& scene_;
    std::uint8_t id_;
    wire::codec::Codec codec_;
    Done done_;
    PictureScanner pictures_;
    MpegAudioScanner audio_;
    std::optional<MediaFrame> frame_;
    std::uint64_t frame_at_ = 0;                            // byte of the elementary stream where it begins
    std::uint64_t first_serial_ = 0;
    std::optional<std::uint64_t> pending_pts_, pending_dts_;
    std::uint32_t pes_packets_ = 0;                         // since the frame began
};

}  // namespace gbkit::proto::observe
