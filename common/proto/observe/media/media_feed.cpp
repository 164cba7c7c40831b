#include "proto/observe/media/media_feed.hpp"

#include <algorithm>

#include "base/findings/rtp.hpp"
#include "proto/observe/lru.hpp"
#include "proto/observe/media/rtp_candidates.hpp"
#include "proto/observe/media/rtp_sources.hpp"
#include "proto/observe/media/rtp_stream.hpp"
#include "proto/observe/media/rtp_track.hpp"
#include "wire/rtp/rtcp.hpp"

namespace gbkit::proto::observe {

namespace {

using wire::rtp::Framing;

constexpr std::size_t most_streams = 4096;                     // directions of TCP connections
constexpr std::size_t stream_budget = 64U << 20;               // bytes waiting in all of them
constexpr wire::rtp::Framer::Limits tcp_limits{.undecided = 64 * 1024, .buffer = 144 * 1024};
constexpr Duration replaced_after = seconds(2);                // of silence: who comes then is no rival
constexpr int continues_back = -64, continues_ahead = 3000;    // sequence numbers of a flow that goes on elsewhere


std::uint32_t ssrc_at(ByteView packet) noexcept {
    return std::uint32_t{packet[8]} << 24 | std::uint32_t{packet[9]} << 16 | std::uint32_t{packet[10]} << 8 | packet[11];
}
std::uint16_t sequence_at(ByteView packet) noexcept { return static_cast<std::uint16_t>(packet[2] << 8 | packet[3]); }

}  // namespace

struct MediaFeed::State {
    State(MediaOptions chosen, Sinks given) : options(std::move(chosen)), sinks(std::move(given)) {
        stream_sink.packet = [this](RtpStream& stream, const wire::rtp::FramedPacket& packet, const RtpPlace& place) { framed(stream, packet, place); };
        stream_sink.broken = [this](RtpStream& stream, const wire::rtp::FramingBreak& broken, const RtpPlace& place) { this->broken(stream, broken, place); };
    }

    bool datagram(const Packet& packet);
    bool rtcp(const Packet& packet);
    bool stream(const Packet& packet);
    void framed(RtpStream& stream, const wire::rtp::FramedPacket& packet, const RtpPlace& place);
    void broken(RtpStream& stream, const wire::rtp::FramingBreak& broken, const RtpPlace& place);
    void tell_framing(RtpStream& stream, RtpTrack& track, const RtpPlace& place);
    void promote(const RtpFlow& flow, const std::vector<RtpCandidates::Held>& held);
    void give(RtpTrack& track, ByteView bytes, const RtpPlace& place);
    RtpTrack* continued(const RtpFlow& flow, const RtpCandidates::Held& first);
    RtpTrack& track_of(const RtpFlow& flow, const RtpOrigin& origin, const RtpPlace& place, const std::vector<RtpMark>& marks);
    void find_original(RtpTrack& track, const std::vector<RtpMark>& marks);
    void tell_ssrc(RtpTrack& track, const RtpPlace& place);
    void drop_one();
    void drop_oldest_stream();
    [[nodiscard]] bool wanted(const Endpoint& a, const Endpoint& b) const { return !options.flow || options.flow(a, b); }

    MediaOptions options;
    Sinks sinks;
    MediaFeedCounts counts;
    std::uint32_t appeared = 0;
    RtpSources known{options.max_sources};
    RtpFlow last_flow;                                                      // most packets are of the same flow as the last one
    RtpTrack* last = nullptr;
    RtpCandidates candidates;
    RtpStream::Sink stream_sink;
    Lru<Ends, std::unique_ptr<RtpStream>> streams{most_streams};
    std::size_t buffered = 0;                                               // in all streams
    std::unique_ptr<RtpStream> dump;
};

MediaFeed::MediaFeed(MediaOptions options, Sinks sinks) : state_(std::make_unique<State>(std::move(options), std::move(sinks))) {}
MediaFeed::~MediaFeed() = default;

bool MediaFeed::see(const Packet& packet) {
    if (packet.transport == Transport::udp) return state_->datagram(packet);
    return packet.transport == Transport::tcp && state_->stream(packet);
}

void MediaFeed::see_dump(ByteView bytes) {
    State& state = *state_;
    if (!state.dump)
        state.dump = std::make_unique<RtpStream>(state.stream_sink, state.options.framing.value_or(Framing::undecided), wire::rtp::Framer::Limits(),
                                                 Endpoint{}, Endpoint{});
    Packet piece;
    piece.transport = Transport::tcp;
    piece.bytes = bytes;
    piece.stream_offset = state.dump->pushed;
    state.dump->push(piece);
}

void MediaFeed::see_datagram(ByteView bytes, const RtpPlace& place, bool has_time) {
    State& state = *state_;
    if (wire::rtp::looks_like_rtcp(bytes)) {
        ++state.counts.rtcp;
        if (state.last != nullptr) state.last->see_rtcp(bytes, place);
        return;
    }
    const Result<wire::rtp::Packet> packet = wire::rtp::parse_packet(bytes);
    if (!packet) {
        ++state.counts.not_media;
        return;
    }
    const RtpFlow flow{.source = {}, .destination = {}, .ssrc = packet->ssrc};
    RtpOrigin origin;
    origin.dump = true;
    origin.times = has_time;
    state.last = &state.track_of(flow, origin, place, {});
    state.last_flow = flow;
    state.give(*state.last, bytes, place);
}

void MediaFeed::finish(bool cut) {
    State& state = *state_;
    if (state.dump) state.dump->finish();
    std::vector<RtpStream*> open;
    state.streams.each([&open](const std::unique_ptr<RtpStream>& stream) { open.push_back(stream.get()); });
    std::for_each(open.rbegin(), open.rend(), [](RtpStream* stream) { stream->finish(); });
    state.candidates.finish([&state](const RtpFlow& flow, const std::vector<RtpCandidates::Held>& held) { state.promote(flow, held); });
    for (RtpTrack* track : state.known.in_order()) track->finish(cut);
}

std::vector<RtpSource> MediaFeed::sources() const {
    std::vector<RtpSource> all;
    for (const RtpTrack* track : state_->known.in_order()) all.push_back(track->info());
    return all;
}

const MediaFeedCounts& MediaFeed::counts() const noexcept { return state_->counts; }

// UDP -----------------------------------------------------------------------------------------------------------

bool MediaFeed::State::datagram(const Packet& packet) {
    if (packet.bytes.size() < 12 || packet.bytes[0] >> 6 != 2) {
        ++counts.not_media;
        return false;
    }
    if (wire::rtp::looks_like_rtcp(packet.bytes)) return rtcp(packet);
    RtpPlace place{.frame = packet.number, .time = packet.time};
    place.cut = packet.cut;
    const RtpFlow flow{packet.source, packet.destination, ssrc_at(packet.bytes), Transport::udp};
    if (last == nullptr || flow != last_flow) {
        RtpTrack* source = known.find(flow);
        if (source == nullptr) {
            if ((options.ssrc && *options.ssrc != flow.ssrc) || !wanted(packet.source, packet.destination)) return false;
            const auto held = candidates.see(flow, packet, place);
            if (!held.empty()) promote(flow, held);
            return !held.empty();
        }
        last_flow = flow;
        last = source;
        last->moved_to(packet.source, place);
    }
    give(*last, packet.bytes, place);
    return true;
}

bool MediaFeed::State::rtcp(const Packet& packet) {
    RtpTrack* source = known.between(packet.source, packet.destination);
    if (source == nullptr) {
        const bool sound = !wire::rtp::parse_rtcp(packet.bytes).defect;
        ++(sound ? counts.rtcp : counts.not_media);
        return sound;
    }
    ++counts.rtcp;
    RtpPlace place{.frame = packet.number, .time = packet.time};
    place.cut = packet.cut;
    source->see_rtcp(packet.bytes, place);
    return true;
}

void MediaFeed::State::promote(const RtpFlow& flow, const std::vector<RtpCandidates::Held>& held) {
    RtpTrack* track = continued(flow, held.front());
    if (track == nullptr) {
        RtpOrigin origin{.source = flow.source, .destination = flow.destination};
        origin.live = held.front().live;
        origin.times = true;
        std::vector<RtpMark> marks;
        for (const RtpCandidates::Held& packet : held)
            if (const auto mark = mark_of(packet.bytes, packet.place)) marks.push_back(*mark);
        track = &track_of(flow, origin, held.front().place, marks);
    } else {
        known.bind(*track, flow);
        track->moved_to(flow.source, held.front().place);
    }
    last = track;
    last_flow = flow;
    for (const RtpCandidates::Held& packet : held) give(*track, packet.bytes, packet.place);
}

/// The source that goes on in this flow from another port of the same host. Others with this SSRC become rivals.
RtpTrack* MediaFeed::State::continued(const RtpFlow& flow, const RtpCandidates::Held& first) {
    const std::vector<RtpTrack*>& alike = known.towards(flow.destination, flow.ssrc);
    for (auto track = alike.rbegin(); track != alike.rend(); ++track) {
        const int distance = static_cast<std::int16_t>(sequence_at(first.bytes) - (*track)->last_sequence());
        const bool near = distance >= continues_back && distance <= continues_ahead;
        if (near && (*track)->info().source.address == flow.source.address) return *track;
        // Near numbers from another host: the same packets before and after a NAT.
        if (!near && first.place.time - (*track)->last_place().time < replaced_after) (*track)->set_rival(flow.source);
    }
    return nullptr;
}

void MediaFeed::State::give(RtpTrack& track, ByteView bytes, const RtpPlace& place) {
    ++counts.rtp;
    if (track.info().copy_of != 0) ++counts.copies;
    known.touch(track);
    if (place.cut == 0) {
        track.see(bytes, place);
        return;
    }
    // Only its head was captured: padding and extension would be read where they are not.
    Bytes head(bytes.begin(), bytes.begin() + 12);
    head[0] = 0x80;
    track.see(head, place);
}

// Sources -------------------------------------------------------------------------------------------------------

RtpTrack& MediaFeed::State::track_of(const RtpFlow& flow, const RtpOrigin& origin, const RtpPlace& place, const std::vector<RtpMark>& marks) {
    if (RtpTrack* track = known.find(flow)) return *track;
    if (known.full()) drop_one();
    std::string subject = "ssrc " + wire::rtp::meaning_of_ssrc(flow.ssrc).digits;
    ++appeared;
    if (known.knows(flow.ssrc)) subject += " (source " + std::to_string(appeared) + ')';
    RtpTrack& track = known.add(std::make_shared<RtpTrack>(options, sinks, appeared, flow.ssrc, origin, std::move(subject)), flow);
    find_original(track, marks);
    tell_ssrc(track, place);
    return track;
}

/// A source of the same SSRC between other ends that has shown these packets already, and no others with their numbers.
/// A host that sends the same to one receiver twice does so itself: that is no copy.
void MediaFeed::State::find_original(RtpTrack& track, const std::vector<RtpMark>& marks) {
    const std::vector<RtpTrack*>& alike = known.with(track.info().ssrc);
    for (auto other = alike.rbegin(); other != alike.rend(); ++other) {
        const RtpSource& info = (*other)->info();
        const bool same_ends = info.destination == track.info().destination && info.source.address == track.info().source.address;
        if (*other == &track || info.copy_of != 0 || same_ends) continue;
        std::size_t same = 0, different = 0;
        for (const RtpMark& mark : marks)
            if (const auto seen = (*other)->has_seen(mark)) ++(*seen ? same : different);
        if (same == 0 || different > 0) continue;
        track.set_copy_of(*(*other)->links.place);
        return;
    }
}

void MediaFeed::State::tell_ssrc(RtpTrack& track, const RtpPlace& place) {
    const wire::rtp::SsrcMeaning meaning = wire::rtp::meaning_of_ssrc(track.info().ssrc);
    if (options.expected_ssrc && *options.expected_ssrc != track.info().ssrc) {
        Finding finding = track.finding_at(findings::rtp_ssrc_differs, place);
        finding.expected = wire::rtp::meaning_of_ssrc(*options.expected_ssrc).digits;
        finding.observed = meaning.digits;
        track.emit_once(std::move(finding));
    }
    if (meaning.fits) return;
    Finding finding = track.finding_at(findings::rtp_ssrc_unusual, place);
    finding.observed = meaning.digits;
    track.emit_once(std::move(finding));
}

void MediaFeed::State::drop_one() {
    const std::shared_ptr<RtpTrack> gone = known.take_oldest();
    gone->finish(true);
    if (gone->links.stream != nullptr) gone->links.stream->set_last(nullptr);
    if (last == gone.get()) last = nullptr;
    ++counts.sources_dropped;
    if (gone->info().copy_of != 0) return;
    const RtpStatistics& statistics = *gone->info().statistics;
    counts.dropped_packets += statistics.packets;
    counts.dropped_bytes += statistics.bytes;
    counts.dropped_lost += statistics.lost;
}

// TCP and dumps -------------------------------------------------------------------------------------------------

bool MediaFeed::State::stream(const Packet& packet) {
    if (!wanted(packet.source, packet.destination)) return false;
    const Ends direction{packet.source, packet.destination};
    std::unique_ptr<RtpStream>* found = streams.touch(direction);
    if (found != nullptr && packet.stream_offset == 0 && (*found)->pushed > 0) {  // a new connection on the same ports
        (*found)->finish();
        buffered -= (*found)->buffered();
        found->reset();
    }
    if (found == nullptr) {
        if (streams.size() >= most_streams) drop_oldest_stream();
        found = &streams.add(direction, nullptr);
    }
    if (!*found)
        *found = std::make_unique<RtpStream>(stream_sink, options.framing.value_or(Framing::undecided), tcp_limits, packet.source, packet.destination);
    RtpStream& stream = **found;
    buffered -= stream.buffered();
    stream.push(packet);
    buffered += stream.buffered();
    while (buffered > stream_budget && streams.size() > 1) drop_oldest_stream();
    const Framing framing = stream.framer().framing();
    if (framing == Framing::none) ++counts.not_media;
    return framing != Framing::none && framing != Framing::undecided;
}

void MediaFeed::State::drop_oldest_stream() {
    buffered -= streams.oldest()->buffered();
    streams.oldest()->finish();
    streams.drop_oldest();
}

void MediaFeed::State::framed(RtpStream& stream, const wire::rtp::FramedPacket& packet, const RtpPlace& at) {
    RtpPlace place = at;
    if (wire::rtp::looks_like_rtcp(packet.bytes)) {
        ++counts.rtcp;
        if (stream.last() != nullptr) stream.last()->see_rtcp(packet.bytes, place);
        return;
    }
    if (packet.bytes.size() < 12) {
        ++counts.not_media;
        return;
    }
    const std::uint32_t ssrc = ssrc_at(packet.bytes);
    if (options.ssrc && *options.ssrc != ssrc) return;
    if (stream.last() == nullptr || stream.last()->info().ssrc != ssrc) {
        RtpOrigin origin{.source = stream.source, .destination = stream.destination};
        origin.dump = &stream == dump.get();
        if (!origin.dump) origin.transport = Transport::tcp;
        origin.live = stream.live;
        origin.times = !origin.dump;
        std::vector<RtpMark> marks;
        if (const auto mark = mark_of(packet.bytes, place); mark && !origin.dump) marks.push_back(*mark);
        stream.set_last(&track_of({stream.source, stream.destination, ssrc, Transport::tcp}, origin, place, marks));
        stream.last()->info().framing = stream.framer().framing();
    }
    RtpTrack& track = *stream.last();
    if (!stream.told) tell_framing(stream, track, place);
    place.after_gap = std::exchange(track.gaps_seen, stream.gaps) != stream.gaps;
    give(track, packet.bytes, place);
}

/// What there is to say of the framing, once, with the first packet.
void MediaFeed::State::tell_framing(RtpStream& stream, RtpTrack& track, const RtpPlace& place) {
    stream.told = true;
    const bool is_dump = &stream == dump.get();
    const Framing framing = stream.framer().framing();
    const auto tell = [&](FindingId id, Certainty certainty) {
        Finding finding = track.finding_at(id, place);
        finding.certainty = certainty;
        finding.where.offset = stream.first_offset + stream.framer().starts_at();
        finding.observed = std::to_string(stream.framer().starts_at());
        track.emit_once(std::move(finding));
    };
    // A dump may have been written in any framing, whatever the device sent.
    const Certainty certainty = is_dump ? Certainty::possible : Certainty::certain;
    if (framing == Framing::interleaved && !stream.rtsp) tell(findings::rtp_framing_interleaved, certainty);
    if (framing == Framing::ehome) tell(findings::rtp_framing_ehome, certainty);
    if (framing == Framing::bare && !is_dump) tell(findings::rtp_framing_absent, Certainty::likely);
    const bool late = stream.framer().starts_at() > 0 && framing != Framing::ehome && !stream.rtsp;
    // A capture, and a dump, may have been started later than the connection.
    if (late && stream.gaps == 0) tell(findings::rtp_starts_mid_packet, stream.live ? Certainty::certain : Certainty::possible);
}

void MediaFeed::State::broken(RtpStream& stream, const wire::rtp::FramingBreak& broken, const RtpPlace& place) {
    if (broken.gap) ++stream.gaps;
    if (stream.last() == nullptr) return;
    RtpTrack& track = *stream.last();
    track.info().skipped_bytes += broken.skipped;
    const bool text = stream.framer().framing() == Framing::interleaved && broken.head_bytes > 0 && broken.head[0] >= 'A' && broken.head[0] <= 'Z';
    if (broken.gap || text) return;  // RTSP answers come between the packets
    Finding finding = track.finding_at(findings::rtp_framing_lost, place);
    finding.where.offset = place.offset;
    finding.observed = std::to_string(broken.skipped);
    finding.values = {{"offset", std::to_string(place.offset)}};
    track.emit(std::move(finding));
}

}  // namespace gbkit::proto::observe
