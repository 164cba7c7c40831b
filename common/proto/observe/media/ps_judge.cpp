// The judge hands the parser's events to the frames and to the rules; each knows one subject.
#include "proto/observe/media/ps_judge.hpp"

#include <algorithm>

#include "proto/observe/media/ps_audio.hpp"
#include "proto/observe/media/ps_frames.hpp"
#include "proto/observe/media/ps_headers.hpp"
#include "proto/observe/media/ps_maps.hpp"
#include "proto/observe/media/ps_pictures.hpp"
#include "proto/observe/media/ps_scene.hpp"
#include "proto/observe/media/ps_timing.hpp"
#include "wire/ps/parser.hpp"

namespace gbkit::proto::observe {

namespace {

/// A pack or PES header: where a length was too long, the next frame begins inside the last one's PES packet.
bool starts_header(ByteView bytes) noexcept {
    return bytes.size() >= 4 && bytes[0] == 0 && bytes[1] == 0 && bytes[2] == 1 && bytes[3] >= wire::ps::stream_id::pack;
}

constexpr std::size_t held_limit = std::size_t{16} << 20;  // bytes of one frame's packs kept for extraction

}  // namespace

struct PsJudge::State {
    State(StreamContext context, Sinks given);

    void see(const RtpInOrder& packet);
    void push(ByteView bytes);
    void finish(bool cut);
    [[nodiscard]] std::uint64_t skippable() const noexcept;

    void on(const wire::ps::Pack& pack);
    void on(const wire::ps::SystemHeader& header);
    void on(const wire::ps::StreamMap& map);
    void on(const wire::ps::Pes& pes);
    void on(const wire::ps::Payload& payload);
    void on(const wire::ps::PesEnd& end);
    void on(const wire::ps::Skipped& skipped);
    void on(const wire::ps::EndCode&) {}

    void frame(FrameDone& over);
    void told(std::uint64_t offset, std::uint8_t id, std::uint64_t bytes, const wire::ps::Pes* pes = nullptr,
              std::optional<std::uint64_t> scr = std::nullopt);
    /// Whole packs up to `offset` go out as the program stream, with the frame they hold.
    void give_packs(std::uint64_t offset, const MediaFrame* frame);

    Sinks sinks;
    PsScene scene;
    PsFrames frames;
    PsMapRules maps;
    PsHeaderRules headers;
    PsTimingRules timing;
    PsAudioRules audio;
    PsPictureRules pictures;
    wire::ps::Parser parser;
    wire::ps::Pes pes;              // the present one
    bool other = false;             // it is neither video nor audio
    bool signature = false;         // of a private stream, still to be read
    std::uint64_t serial = 0;       // RTP packets so far
    Bytes held;                     // program stream bytes not given out yet
    std::uint64_t held_at = 0;      // offset of held[0]
    bool any_pack = false;
    std::uint64_t pack_at = 0;      // offset of the present pack
};

PsJudge::State::State(StreamContext given, Sinks to)
    : sinks(std::move(to)), scene(std::move(given), sinks.finding), frames(scene, sinks, [this](FrameDone& over) { frame(over); }),
      maps(scene, sinks), headers(scene), timing(scene), audio(scene), pictures(scene),
      parser([this](const wire::ps::Event& event) { std::visit([this](const auto& each) { on(each); }, event); }) {}

// Bytes in.

void PsJudge::State::see(const RtpInOrder& packet) {
    const bool hole = packet.lost_before > 0 || packet.restarted;
    if (hole) {
        scene.damaged = true;   // before the parser tells what the hole cut off
        scene.capture_lost = packet.capture_lost;
        parser.gap();
        ++scene.losses;
        audio.lost();
    }
    const ByteView payload = packet.packet.payload;
    const std::uint64_t begin = parser.offset();
    scene.places.add({begin, begin + payload.size(), ++serial, packet.place, packet.packet.timestamp, packet.packet.sequence, packet.packet.marker});
    timing.packet(packet, !hole && parser.skippable() > 0 && !starts_header(payload));
    frames.packet(packet);
    parser.packet_start();
    push(payload);
}

void PsJudge::State::push(ByteView bytes) {
    scene.report.bytes += bytes.size();
    if (sinks.program_stream) {
        if (held.empty()) held_at = parser.offset();
        if (held.size() < held_limit) held.insert(held.end(), bytes.begin(), bytes.end());
    }
    parser.push(bytes);
}

std::uint64_t PsJudge::State::skippable() const noexcept {
    if (sinks.payload || sinks.program_stream || signature || !frames.indifferent() || !audio.indifferent()) return 0;
    return parser.skippable();
}

void PsJudge::State::finish(bool cut) {
    scene.damaged = true;   // what the end cuts off proves nothing
    parser.finish();
    pack_at = parser.offset();   // the last pack is over, too
    frames.finish();
    if (sinks.program_stream && any_pack) give_packs(parser.offset(), nullptr);
    pictures.finish();
    maps.finish();
    timing.finish();
    headers.finish(cut);
}

// Events out of the parser.

void PsJudge::State::on(const wire::ps::Pack& pack) {
    scene.damaged = false;
    scene.pack = pack;
    headers.pack(pack);
    frames.pack(pack);
    if (sinks.program_stream && !any_pack) give_packs(pack.offset, nullptr);
    any_pack = true;
    pack_at = pack.offset;
    if (sinks.packet) told(pack.offset, wire::ps::stream_id::pack, pack.empty ? 4U : pack.mpeg1 ? 12U : 14U + pack.stuffing_length, nullptr, pack.scr);
}

void PsJudge::State::on(const wire::ps::SystemHeader& header) {
    headers.system_header(header);
    if (sinks.packet) told(header.offset, wire::ps::stream_id::system_header, 6U + header.length);
}

void PsJudge::State::on(const wire::ps::StreamMap& map) {
    frames.map();
    maps.map(map);
    if (sinks.packet) told(map.offset, wire::ps::stream_id::map, 6U + map.length);
}

void PsJudge::State::on(const wire::ps::Pes& now) {
    pes = now;
    other = !is_video_id(pes.id) && !is_audio_id(pes.id);
    headers.pes(pes);
    maps.pes(pes);
    audio.pes(pes);
    frames.pes(pes);
    signature = false;
    if (!other || pes.id == wire::ps::stream_id::padding) return;
    ElementaryStream& stream = scene.stream(pes.id);
    ++stream.pes_packets;
    signature = stream.private_signature.empty();
}

void PsJudge::State::on(const wire::ps::Payload& payload) {
    if (payload.bytes.empty()) return;
    if (!other) {
        audio.payload(payload);
        frames.payload(payload);
        return;
    }
    if (pes.id == wire::ps::stream_id::padding) return;
    if (signature) signature = headers.private_payload(payload);
    if (sinks.payload) sinks.payload({pes.id, payload.bytes});
}

void PsJudge::State::on(const wire::ps::PesEnd& end) {
    headers.pes_end(pes, end);
    headers.private_end(pes);
    // Audio first: it may learn the codec that the frame is told with.
    audio.pes_end(end);
    frames.pes_end(end);
    if (other && pes.id != wire::ps::stream_id::padding) scene.stream(pes.id).bytes += end.payload_bytes;
    scene.report.missing_bytes += end.missing;
    signature = false;
    if (sinks.packet) told(pes.offset, pes.id, pes.header_bytes + end.payload_bytes, &pes);
}

void PsJudge::State::on(const wire::ps::Skipped& skipped) {
    if (headers.skipped(skipped)) frames.place_lost();
}

void PsJudge::State::told(std::uint64_t offset, std::uint8_t id, std::uint64_t bytes, const wire::ps::Pes* of, std::optional<std::uint64_t> scr) {
    PsPacketSeen seen;
    seen.offset = offset;
    seen.id = id;
    seen.bytes = bytes;
    if (of != nullptr) {
        seen.pts = of->pts;
        seen.dts = of->dts;
    }
    seen.scr = scr;
    if (const PsSegment* const segment = scene.places.at(offset)) seen.place = segment->place;
    sinks.packet(seen);
}

// Frames out.

void PsJudge::State::frame(FrameDone& over) {
    const bool video = is_video_id(over.stream.id);
    timing.frame(over);
    if (video) {
        pictures.frame(over);
        maps.frame(over);
    } else if (over.frame.damaged) {
        ++over.stream.damaged_frames;
    }
    if (sinks.frame) sinks.frame(over.frame);
    if (video && sinks.program_stream && any_pack) give_packs(pack_at, &over.frame);
}

void PsJudge::State::give_packs(std::uint64_t offset, const MediaFrame* frame) {
    if (held.empty() || offset <= held_at) return;
    const std::size_t count = std::min<std::size_t>(offset - held_at, held.size());
    if (any_pack) sinks.program_stream(ByteView(held).first(count), frame);
    held.erase(held.begin(), held.begin() + static_cast<std::ptrdiff_t>(count));
    held_at += count;
}

PsJudge::PsJudge(StreamContext context, Sinks sinks) : state_(std::make_unique<State>(std::move(context), std::move(sinks))) {}
PsJudge::~PsJudge() = default;

void PsJudge::see(const RtpInOrder& packet) { state_->see(packet); }
void PsJudge::see(ByteView bytes) { state_->push(bytes); }
std::uint64_t PsJudge::skippable() const noexcept { return state_->skippable(); }

void PsJudge::skip(std::uint64_t count) {
    state_->scene.report.bytes += count;
    state_->parser.skip(count);
}

void PsJudge::finish(bool cut) { state_->finish(cut); }
const StreamReport& PsJudge::report() const noexcept { return state_->scene.report; }

}  // namespace gbkit::proto::observe
