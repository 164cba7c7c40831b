#include "proto/observe/media/ps_continuous.hpp"

namespace gbkit::proto::observe {

using wire::codec::Codec;
using wire::codec::FrameType;

ContinuousFrames::ContinuousFrames(PsScene& scene, std::uint8_t id, Codec codec, Done done)
    : scene_(scene), id_(id), codec_(codec), done_(std::move(done)) {
    pictures_.start(codec);
}

void ContinuousFrames::adopt(const MediaFrame& frame) {
    frame_ = frame;
    pes_packets_ = frame.pes_packets;
}

void ContinuousFrames::pes(const wire::ps::Pes& pes) {
    if (pes.pts) {
        pending_pts_ = pes.pts;
        pending_dts_ = pes.dts;
    }
    ++pes_packets_;
}

void ContinuousFrames::payload(ByteView bytes, std::uint64_t offset) {
    if (codec_ == Codec::mpeg_audio) {
        const std::uint64_t before = audio_.position();
        audio_.push(bytes, [&](std::uint64_t at, std::uint32_t) { begins(at, FrameType::unknown, at < before ? offset : offset + (at - before)); });
        return;
    }
    const std::uint64_t before = pictures_.position();
    pictures_.push(bytes, [&](const PictureStart& start) {
        begins(start.at, start.type, start.at < before ? offset : offset + (start.at - before));
    });
}

void ContinuousFrames::gap() noexcept {
    pictures_.gap();
    audio_.gap();
    if (frame_) frame_->damaged = true;
}

void ContinuousFrames::finish() { close(codec_ == Codec::mpeg_audio ? audio_.position() : pictures_.position()); }

void ContinuousFrames::begins(std::uint64_t at, FrameType type, std::uint64_t offset) {
    close(at);
    MediaFrame& frame = frame_.emplace();
    frame.stream_id = id_;
    frame.codec = codec_;
    frame.type = type;
    frame.offset = offset;
    frame.pts = pending_pts_;
    frame.dts = pending_dts_;
    pending_pts_.reset();
    pending_dts_.reset();
    if (scene_.pack) frame.scr = scene_.pack->scr;
    frame_at_ = at;
    pes_packets_ = 1;
    if (const PsSegment* const segment = scene_.places.at(offset)) {
        frame.first = segment->place;
        frame.rtp_timestamp = segment->timestamp;
        first_serial_ = segment->serial;
    }
}

void ContinuousFrames::close(std::uint64_t at) {
    if (!frame_) return;
    frame_->bytes += at - frame_at_;
    frame_->pes_packets = pes_packets_;
    if (const PsSegment* const newest = scene_.places.newest()) {
        frame_->last = newest->place;
        frame_->packets = static_cast<std::uint32_t>(newest->serial - std::min(first_serial_, newest->serial) + 1);
    }
    done_(*frame_);
    frame_.reset();
}

}  // namespace gbkit::proto::observe
