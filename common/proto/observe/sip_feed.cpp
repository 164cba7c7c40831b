#include "proto/observe/sip_feed.hpp"

#include <algorithm>
#include <deque>
#include <string>

#include "base/charset.hpp"
#include "base/findings/sip.hpp"
#include "proto/observe/lru.hpp"
#include "wire/sip/looks_like.hpp"
#include "wire/sip/message.hpp"

namespace gbkit::proto::observe {

namespace {

namespace sip = wire::sip;

constexpr std::size_t max_streams = 4096;
constexpr std::size_t max_flows = 16384;
constexpr std::size_t max_remembered = 65536;
constexpr std::size_t max_places = 4096;             // per stream
constexpr std::size_t stream_budget = 64U << 20;     // bytes buffered in all streams
constexpr std::size_t give_up_after = 64U << 10;     // bytes of a stream without a SIP message
constexpr std::size_t filler_bytes = 16;             // CRLFCRLF, four zeros, "jaK": nobody's message is that short
constexpr Duration resend_window = seconds(40);      // 64*T1 and a little (RFC 3261 17.1.1.2)

/// What makes two messages the same one: ends, start line, Call-ID, CSeq, branch.
std::size_t key_of(const Packet& packet, const sip::Message& message) {
    std::size_t key = std::hash<Ends>{}({packet.source, packet.destination});
    const auto add = [&key](std::string_view part) { key = key * 1000003 ^ std::hash<std::string_view>{}(part); };
    const std::string_view text = message.text();
    add(text.substr(0, text.find('\n')));
    add(message.call_id);
    add(message.cseq.method);
    key = key * 1000003 ^ message.cseq.number;
    if (!message.vias.empty()) add(message.vias.front().branch);
    return key;
}

/// The user in a From header, which names the device in what it sends and in what is answered; also of messages
/// whose grammar is broken.
std::string_view from_user(std::string_view from) {
    const std::size_t start = ifind(from, "sip:");
    if (start == std::string_view::npos) return {};
    from.remove_prefix(start + 4);
    const std::size_t end = from.find_first_of("@>; \t");
    return end == std::string_view::npos || from[end] != '@' ? std::string_view() : from.substr(0, std::min<std::size_t>(end, 64));
}

Finding finding_at(FindingId id, const Packet& place, std::uint64_t offset, const sip::Message* message = nullptr) {
    Finding finding{.id = id};
    finding.where = Where{.frame = place.number, .offset = offset, .time = place.time};
    if (message != nullptr) finding.subject = printable(from_user(message->value("From")));
    if (finding.subject.empty()) finding.subject = place.source.address.text();
    finding.values = {{"source", place.source.text()}};
    return finding;
}

bool is_filler(std::string_view bytes) {
    return bytes.size() <= filler_bytes;
}

}  // namespace

struct SipFeed::Stream {
    /// Where the bytes that went into a framer came from.
    struct Place {
        std::uint64_t pushed = 0;  // bytes pushed before this piece
        std::uint64_t number = 0;
        Time time{};
    };

    sip::Framer framer;
    std::deque<Place> places{};
    std::uint64_t pushed = 0;
    std::uint64_t skipped_told = 0;
    bool spoke_sip = false;
    bool in_step = false;  // a message was read and no gap came after it
    bool other = false;  // something else: not looked into any more
};

struct SipFeed::State {
    Sink sink;
    FindingSink findings;
    sip::Limits limits;
    std::shared_ptr<sip::ParsedOnce> parsed;
    Lru<Ends, Stream> streams{max_streams};
    Lru<Ends, char> flows{max_flows};           // UDP flows that carried SIP
    Lru<std::size_t, Time> remembered{max_remembered};    // hash of a message's key: last seen
    std::size_t buffered = 0;                             // in all framers
};

SipFeed::SipFeed(Sink sink, FindingSink findings, wire::sip::Limits limits, std::shared_ptr<wire::sip::ParsedOnce> parsed)
    : state_(std::make_unique<State>(State{std::move(sink), std::move(findings), limits, std::move(parsed)})) {}
SipFeed::~SipFeed() = default;

void SipFeed::see(const Packet& packet) {
    if (packet.transport == Transport::udp) datagram(packet);
    else stream(packet);  // TLS: what a tap saw decrypted, nobody else can read it
}

void SipFeed::datagram(const Packet& packet) {
    const std::string_view bytes = as_text(packet.bytes);
    const Ends flow = Ends{packet.source, packet.destination}.sorted();
    if (sip::looks_like_sip(bytes)) {
        if (state_->flows.touch(flow) == nullptr) state_->flows.add(flow, 0);
        message(packet, false);
    } else if (is_filler(bytes) && state_->flows.touch(flow) != nullptr) {
        counts_.keepalive_bytes += bytes.size();
    } else {
        ++counts_.not_sip;
    }
}

/// The stream of this direction; a new one where the ports are used again (offset 0 after bytes).
SipFeed::Stream& SipFeed::stream_of(const Packet& packet) {
    const Ends direction{packet.source, packet.destination};
    Stream* found = state_->streams.touch(direction);
    if (found == nullptr) {
        if (state_->streams.size() >= max_streams) drop_oldest_stream();
        return state_->streams.add(direction, Stream{.framer = sip::Framer(state_->limits)});
    }
    if (packet.stream_offset == 0 && found->pushed > 0) forget(*found);
    return *found;
}

void SipFeed::forget(Stream& stream) {
    state_->buffered -= stream.framer.buffered();
    stream = Stream{.framer = sip::Framer(state_->limits)};
}

void SipFeed::drop_oldest_stream() {
    state_->buffered -= state_->streams.oldest().framer.buffered();
    state_->streams.drop_oldest();
    ++counts_.streams_dropped;
}

void SipFeed::stream(const Packet& packet) {
    Stream& stream = stream_of(packet);
    if (stream.other) return;
    if (packet.gap > 0) {
        stream.framer.lost();
        stream.in_step = false;
    }
    const bool was_in_step = stream.in_step;
    push(stream, packet);

    const std::uint64_t skipped = stream.framer.skipped_bytes();
    if (!stream.spoke_sip && skipped >= give_up_after) {
        forget(stream);
        stream.other = true;
        ++counts_.not_sip;
        return;
    }
    // What stands before the first message or after a gap is the rest of something: nobody's fault.
    if (was_in_step && skipped > stream.skipped_told) {
        Finding finding = finding_at(findings::sip_stream_skipped, packet, packet.stream_offset);
        finding.observed = std::to_string(skipped - stream.skipped_told);
        state_->findings(std::move(finding));
    }
    stream.skipped_told = skipped;
    while (state_->buffered > stream_budget && state_->streams.size() > 1) drop_oldest_stream();
}

/// The bytes into the framer, and every message they complete out of it.
void SipFeed::push(Stream& stream, const Packet& packet) {
    state_->buffered -= stream.framer.buffered();
    const std::uint64_t keepalives_before = stream.framer.keepalives();
    if (stream.places.size() < max_places) stream.places.push_back({stream.pushed, packet.number, packet.time});
    stream.pushed += packet.bytes.size();
    stream.framer.push(as_text(packet.bytes));
    Packet place = packet;
    while (const auto piece = stream.framer.next()) {
        while (stream.places.size() > 1 && stream.places[1].pushed <= piece->offset) stream.places.pop_front();
        place.number = stream.places.front().number;
        place.time = stream.places.front().time;
        place.bytes = as_bytes(piece->bytes);
        place.stream_offset = piece->offset;
        stream.spoke_sip = stream.in_step = true;
        message(place, piece->without_length);
    }
    counts_.keepalive_bytes += 2 * (stream.framer.keepalives() - keepalives_before);
    state_->buffered += stream.framer.buffered();
}

void SipFeed::unreadable(const Packet& place, const Error& error, const sip::Message* message) {
    ++counts_.malformed;
    Finding finding = finding_at(error.code == Errc::too_large ? findings::sip_too_large : findings::sip_malformed,
                                 place, error.offset, message);
    finding.observed = printable(error.what);
    state_->findings(std::move(finding));
}

void SipFeed::check(const Packet& place, const sip::Message& message, bool without_length) {
    if (message.defect && place.cut == 0) unreadable(place, *message.defect, &message);
    if (without_length) state_->findings(finding_at(findings::sip_stream_no_length, place, 0, &message));
    if (place.transport != Transport::udp || place.cut > 0) return;
    const auto promised = to_number(trim(message.value("Content-Length")), 1U << 30);
    if (!promised || *promised <= message.body().size()) return;
    Finding finding = finding_at(findings::sip_datagram_cut, place, place.bytes.size(), &message);
    finding.expected = std::to_string(*promised);
    finding.observed = std::to_string(message.body().size());
    state_->findings(std::move(finding));
}

void SipFeed::message(const Packet& place, bool without_length) {
    const Result<sip::Message>& parsed = state_->parsed->look(as_text(place.bytes), state_->limits);
    if (!parsed) {
        if (place.cut == 0) unreadable(place, parsed.error(), nullptr);
        else ++counts_.malformed;
        return;
    }
    ++counts_.messages;
    const std::size_t key = key_of(place, *parsed);
    bool again = false;
    if (Time* last = state_->remembered.touch(key)) {
        again = place.time - *last < resend_window;
        *last = place.time;
    } else {
        state_->remembered.add(key, place.time);
    }
    if (again) ++counts_.retransmissions;
    else check(place, *parsed, without_length);
    state_->sink(SipSeen{place, *parsed, again});
}

}  // namespace gbkit::proto::observe
