#include "proto/observe/media/ps_frames.hpp"

#include <algorithm>
#include <utility>

#include "base/findings/ps.hpp"
#include "proto/observe/media/ps_continuous.hpp"

namespace gbkit::proto::observe {

using wire::codec::Codec;
using wire::codec::FrameType;
using wire::ps::PesEnd;

namespace {

constexpr std::size_t head_bytes = 8;      // enough for a start code and a slice's first byte
constexpr std::size_t audio_head_bytes = 2048;  // enough for an MPEG audio frame and the next one's header
constexpr std::size_t lost_ranges = 16;    // told of one frame

bool starts_pack(ByteView bytes) noexcept {
    return bytes.size() >= 4 && bytes[0] == 0 && bytes[1] == 0 && bytes[2] == 1 && bytes[3] == wire::ps::stream_id::pack;
}

bool starts_audio(ByteView bytes) noexcept {
    return bytes.size() >= 4 && bytes[0] == 0 && bytes[1] == 0 && bytes[2] == 1 && is_audio_id(bytes[3]);
}

/// Two headers of one kind, the second where the first says.
bool begins_mpeg_audio(ByteView bytes) noexcept {
    const std::uint32_t length = bytes.size() < 4 ? 0 : mpeg_audio_frame_length(bytes.data());
    return length != 0 && bytes.size() >= length + 4 && mpeg_audio_frame_length(&bytes[length]) != 0 && bytes[length + 1] == bytes[1];
}

void add_lost(MediaFrame& frame, const RtpInOrder& packet) {
    if (packet.lost_before == 0 || frame.lost.size() >= lost_ranges) return;
    frame.lost.emplace_back(packet.first_lost, static_cast<std::uint16_t>(packet.first_lost + packet.lost_before - 1));
}

}  // namespace

struct PsFrames::Track {
    explicit Track(ElementaryStream& report) : stream(report), id(report.id) {}

    ElementaryStream& stream;
    std::uint8_t id;
    Codec codec = Codec::unknown;           // by content, from earlier frames

    bool open = false;                      // a frame
    MediaFrame frame;
    wire::codec::AccessUnitScanner scanner;
    bool scanning = false;
    bool whole_start = false, map_in_pack = false;
    std::uint64_t pack = 0;                 // that it was last seen in
    std::uint32_t packs = 1;
    std::uint64_t first_serial = 0, last_serial = 0;
    bool lost_pending = false;              // packets were lost since the last frame began
    bool lost_before = false;               // between the frame before and the open one

    wire::ps::Pes pes;                      // the present one
    Bytes head;                             // its first bytes, while they are too few to judge by
    std::size_t head_wanted = head_bytes;
    bool decided = true;

    std::unique_ptr<ContinuousFrames> continuous;   // finds the frames instead, once PES packets begin anywhere
};

PsFrames::PsFrames(PsScene& scene, const PsJudge::Sinks& sinks, Done done)
    : scene_(scene), sinks_(sinks), done_(std::move(done)) {}
PsFrames::~PsFrames() = default;

PsFrames::Track& PsFrames::track(std::uint8_t id) {
    std::unique_ptr<Track>& slot = tracks_[id];
    if (!slot) slot = std::make_unique<Track>(scene_.stream(id));
    if (video_ == nullptr && is_video_id(id)) video_ = slot.get();
    return *slot;
}

bool PsFrames::indifferent() const noexcept {
    if (present_ == nullptr) return true;
    if (sinks_.payload || !present_->decided || present_->continuous) return false;
    return is_video_id(present_->id) ? !present_->scanning : true;
}

// RTP: what a hole did.

void PsFrames::packet(const RtpInOrder& packet) {
    if (packet.lost_before > 0 || packet.restarted) loss(packet);
    last_marker_ = packet.packet.marker;
    markers_ = markers_ || packet.packet.marker;
    last_timestamp_ = packet.packet.timestamp;
}

/// The open frame misses bytes when the hole is inside it; when the next packet begins in the middle of a frame,
/// that one misses its beginning. Whether whole frames are missing between the two shows when the next one is over.
void PsFrames::loss(const RtpInOrder& packet) {
    for (const std::unique_ptr<Track>& each : tracks_)
        if (each) {
            each->lost_pending = true;
            if (each->continuous) each->continuous->gap();
        }
    Track* const video = video_;
    if (video == nullptr || video->continuous) return;
    const bool same_frame = video->open && video->frame.rtp_timestamp == packet.packet.timestamp;
    if (video->open && (same_frame || (markers_ && !last_marker_ && last_timestamp_ == video->frame.rtp_timestamp))) {
        video->frame.damaged = true;
        add_lost(video->frame, packet);
        if (same_frame) video->lost_pending = false;
    }
    const ByteView payload = packet.packet.payload;
    if (same_frame || packet.restarted || starts_pack(payload) || starts_audio(payload)) return;
    if (video->open) close(*video);
    const PsSegment* const segment = scene_.places.newest();
    if (segment == nullptr) return;
    video->pes = {};
    open(*video, segment->begin, segment);
    video->frame.damaged = true;
    video->whole_start = false;
    add_lost(video->frame, packet);
}

// The events of the parser.

void PsFrames::pack(const wire::ps::Pack&) {
    ++packs_;
    map_in_pack_ = false;
}

void PsFrames::pes(const wire::ps::Pes& pes) {
    present_ = nullptr;
    if (!is_video_id(pes.id) && !is_audio_id(pes.id)) return;
    Track& to = track(pes.id);
    present_ = &to;
    to.pes = pes;
    to.head.clear();
    // Audio that no map announced may be another muxer's: that takes a longer look, once.
    to.head_wanted = is_audio_id(pes.id) && !to.stream.stream_type && to.stream.frames == 0 ? audio_head_bytes : head_bytes;
    to.decided = false;
}

void PsFrames::payload(const wire::ps::Payload& payload) {
    if (present_ == nullptr) return;
    Track& to = *present_;
    if (sinks_.payload && !payload.bytes.empty() && to.decided) sinks_.payload({to.id, payload.bytes});
    if (to.decided) return feed(to, payload.bytes, payload.offset);
    if (to.head.empty() && payload.bytes.size() >= to.head_wanted) {
        decide(to, payload.bytes);
        if (sinks_.payload) sinks_.payload({to.id, payload.bytes});
        return feed(to, payload.bytes, payload.offset);
    }
    // A first piece too short to judge by: it waits for more.
    const std::size_t take = std::min(to.head_wanted - to.head.size(), payload.bytes.size());
    to.head.insert(to.head.end(), payload.bytes.begin(), payload.bytes.begin() + static_cast<std::ptrdiff_t>(take));
    if (to.head.size() < to.head_wanted) return;
    const ByteView head(to.head);
    decide(to, head);
    const ByteView rest = payload.bytes.subspan(take);
    const std::uint64_t begin = payload.offset + take - head.size();
    if (sinks_.payload) sinks_.payload({to.id, head});
    feed(to, head, begin);
    if (rest.empty()) return;
    if (sinks_.payload) sinks_.payload({to.id, rest});
    feed(to, rest, payload.offset + take);
}

void PsFrames::pes_end(const PesEnd& end) {
    if (present_ == nullptr) return;
    Track& to = *present_;
    if (!to.decided) {
        const ByteView head(to.head);
        decide(to, head);
        if (sinks_.payload && !head.empty()) sinks_.payload({to.id, head});
        feed(to, head, end.offset - head.size());
    }
    present_ = nullptr;
    if (is_audio_id(to.id)) return audio_frame(to, end);
    to.stream.bytes += end.payload_bytes;
    if (to.continuous) return;
    to.frame.bytes += end.payload_bytes;
    ++to.frame.pes_packets;
    // A wrong length is not a loss: only a hole is. In a file a length that leads nowhere is the only sign of one.
    if (end.missing > 0 && (end.why == PesEnd::Why::gap || (!scene_.context.rtp && end.why == PesEnd::Why::next_start)))
        to.frame.damaged = true;
    if (const PsSegment* const segment = scene_.places.at(end.offset == 0 ? 0 : end.offset - 1)) {
        to.last_serial = std::max(to.last_serial, segment->serial);
        to.frame.last = segment->place;
    }
}

void PsFrames::place_lost() {
    if (scene_.context.rtp) return;
    if (Track* const video = video_; video != nullptr && video->open && !video->continuous) video->frame.damaged = true;
}

void PsFrames::finish() {
    for (const std::unique_ptr<Track>& each : tracks_) {
        if (!each) continue;
        if (each->open) close(*each);
        if (each->continuous) each->continuous->finish();
    }
}

// Where frames begin.

PsFrames::Head PsFrames::head_of(Codec codec, ByteView bytes) noexcept {
    std::size_t at = 0;
    while (at < bytes.size() && bytes[at] == 0) ++at;
    if (at < 2 || at + 2 >= bytes.size() || bytes[at] != 1) return Head::none;
    const std::uint8_t first = bytes[at + 1];
    switch (codec) {
        case Codec::h264: {
            const unsigned kind = first & 31U;
            if (kind >= 6 && kind <= 9) return Head::parameters;
            if (kind == 0 || kind > 5) return Head::unknown;
            return (bytes[at + 2] & 0x80U) != 0 ? Head::begins : Head::continues;
        }
        case Codec::h265: {
            const unsigned kind = (first >> 1) & 63U;
            if (kind >= 32) return kind <= 35 || kind == 39 ? Head::parameters : Head::unknown;
            if (at + 3 >= bytes.size()) return Head::unknown;
            return (bytes[at + 3] & 0x80U) != 0 ? Head::begins : Head::continues;
        }
        default: return Head::unknown;
    }
}

bool PsFrames::starts_frame(const Track& track, Head head, const PsSegment* segment) const noexcept {
    const bool other_pack = track.pack != packs_;
    const bool pts_differs = track.pes.pts && track.frame.pts && *track.pes.pts != *track.frame.pts;
    const bool time_differs = segment != nullptr && track.frame.rtp_timestamp && *track.frame.rtp_timestamp != segment->timestamp;
    const wire::codec::AccessUnit& unit = track.scanner.unit();
    const bool has_picture = unit.slice || (track.codec == Codec::unknown && unit.codec == Codec::unknown && track.frame.bytes > 0);
    if (time_differs) return other_pack || pts_differs;
    if (pts_differs) return true;
    if (!has_picture) return false;
    if (head == Head::parameters) return true;
    if (!other_pack) return false;
    return head == Head::begins || (head == Head::unknown && track.codec == Codec::unknown);
}

/// Another muxer's stream: MPEG-1/2 video, MPEG audio, or a PTS on a PES packet that does not begin with a start code
/// although the stream's frames have them.
std::optional<Codec> PsFrames::continuous_codec(const Track& to, Head kind, ByteView head) const noexcept {
    if (head.size() < 4) return std::nullopt;
    const bool by_map = to.stream.stream_type && wire::codec::codec_of_stream_type(*to.stream.stream_type) != Codec::unknown;
    if (is_audio_id(to.id))
        return !by_map && to.stream.frames == 0 && begins_mpeg_audio(head) ? std::optional(Codec::mpeg_audio) : std::nullopt;
    const bool sequence = head[0] == 0 && head[1] == 0 && head[2] == 1 && head[3] == 0xB3;
    if (sequence && to.codec == Codec::unknown && !by_map) return Codec::mpeg_video;
    const Codec codec = to.codec != Codec::unknown ? to.codec : to.scanner.unit().codec;
    if (codec != Codec::h264 && codec != Codec::h265) return std::nullopt;
    const bool other_pts = to.open && to.pes.pts && to.frame.pts && *to.pes.pts != *to.frame.pts;
    if (kind == Head::none && other_pts && !scene_.damaged && !to.lost_before && !to.lost_pending) return codec;
    return std::nullopt;
}

void PsFrames::make_continuous(Track& to, Codec codec) {
    if (!std::exchange(scene_.generic, true)) {
        Finding finding = scene_.tell.at(findings::ps_not_gb, to.pes.offset);
        finding.observed = wire::codec::name_of(codec);
        scene_.tell.tell(std::move(finding));
    }
    to.scanning = false;
    to.scanner.finish();
    to.frame.type = to.scanner.unit().type;
    to.frame.codec = codec;
    to.continuous = std::make_unique<ContinuousFrames>(scene_, to.id, codec, [this, &to](MediaFrame& frame) {
        FrameDone over{frame, to.stream};
        over.lost_before = std::exchange(to.lost_pending, false);
        frame.number = ++to.stream.frames;
        to.stream.codec = frame.codec;
        to.stream.codec_by_content = true;
        done_(over);
    });
    if (to.open) to.continuous->adopt(to.frame);
    to.open = false;
}

/// The first bytes of a PES packet are there: which frame is it of?
void PsFrames::decide(Track& to, ByteView head) {
    to.decided = true;
    ++to.stream.pes_packets;
    const Head kind = is_video_id(to.id) ? head_of(to.codec, head.first(std::min<std::size_t>(head.size(), 32))) : Head::unknown;
    if (!to.continuous)
        if (const auto codec = continuous_codec(to, kind, head)) make_continuous(to, *codec);
    if (to.continuous) return to.continuous->pes(to.pes);
    if (is_video_id(to.id)) assign(to, kind);
}

void PsFrames::assign(Track& to, Head head) {
    const PsSegment* const segment = scene_.places.at(to.pes.offset);
    const bool same_pack = to.pack == packs_;
    if (to.open && starts_frame(to, head, segment)) {
        if (same_pack && !scene_.damaged && !scene_.generic) scene_.tell.tell(scene_.tell.at(findings::ps_frames_in_one_pack, to.pes.offset));
        close(to);
    }
    if (!to.open) {
        open(to, !same_pack && scene_.pack ? scene_.pack->offset : to.pes.offset, segment);
        to.whole_start = !same_pack && !scene_.damaged;
    } else {
        if (!same_pack) ++to.packs;
        if (!to.frame.pts) to.frame.pts = to.pes.pts;
        if (!to.frame.dts) to.frame.dts = to.pes.dts;
    }
    to.pack = packs_;
}

void PsFrames::open(Track& to, std::uint64_t offset, const PsSegment* segment) {
    to.open = true;
    to.lost_before = std::exchange(to.lost_pending, false);
    to.frame = MediaFrame{};
    to.frame.stream_id = to.id;
    to.frame.offset = offset;
    to.frame.pts = to.pes.pts;
    to.frame.dts = to.pes.dts;
    if (scene_.pack) to.frame.scr = scene_.pack->scr;
    to.packs = 1;
    to.map_in_pack = map_in_pack_;
    // A key frame's parameter sets tell the codec anew: a camera may have been set to another one.
    to.scanner.start(map_in_pack_ ? Codec::unknown : to.codec);
    to.scanning = true;
    if (segment == nullptr) return;
    to.frame.rtp_timestamp = segment->timestamp;
    if (const PsSegment* const first = scene_.places.at(offset)) segment = first;
    to.frame.first = to.frame.last = segment->place;
    to.first_serial = to.last_serial = segment->serial;
}

void PsFrames::feed(Track& to, ByteView bytes, std::uint64_t offset) {
    if (to.continuous) return to.continuous->payload(bytes, offset);
    if (to.scanning && is_video_id(to.id)) to.scanning = to.scanner.push(bytes);
}

// Where they end.

void PsFrames::audio_frame(Track& to, const PesEnd& end) {
    to.stream.bytes += end.payload_bytes;
    if (to.continuous) return;
    open(to, to.pes.offset, scene_.places.at(to.pes.offset));
    to.frame.bytes = end.payload_bytes;
    to.frame.pes_packets = 1;
    to.frame.damaged = end.missing > 0 && (end.why == PesEnd::Why::gap || !scene_.context.rtp);
    to.whole_start = true;
    if (const PsSegment* const segment = scene_.places.at(end.offset - 1)) {
        to.last_serial = segment->serial;
        to.frame.last = segment->place;
    }
    close(to);
}

void PsFrames::close(Track& to) {
    to.open = false;
    MediaFrame& frame = to.frame;
    FrameDone over{frame, to.stream};
    if (is_video_id(to.id)) {
        to.scanner.finish();
        over.unit = &to.scanner.unit();
        if (over.unit->codec != Codec::unknown) {
            to.codec = to.stream.codec = over.unit->codec;
            to.stream.codec_by_content = true;
        }
        frame.type = over.unit->type;
    }
    if (!to.stream.codec_by_content && to.stream.stream_type) to.stream.codec = wire::codec::codec_of_stream_type(*to.stream.stream_type);
    frame.codec = to.stream.codec;
    frame.number = ++to.stream.frames;
    if (scene_.context.rtp) frame.packets = static_cast<std::uint32_t>(to.last_serial - std::min(to.first_serial, to.last_serial) + 1);
    over.whole_start = to.whole_start;
    over.map_in_pack = to.map_in_pack;
    over.packs = to.packs;
    over.lost_before = to.lost_before;
    done_(over);
}

}  // namespace gbkit::proto::observe
