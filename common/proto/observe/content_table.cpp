#include "proto/observe/content_table.hpp"

#include <algorithm>

#include "base/charset.hpp"
#include "wire/load.hpp"
#include "wire/masked_url.hpp"
#include "wire/rtp/packet.hpp"

namespace gbkit::proto::observe {

namespace {

constexpr wire::rtp::Framer::Limits framer_limits{.undecided = 32 * 1024, .buffer = 144 * 1024};
constexpr std::size_t longest_name = 160;

void add(ContentTable::Totals& totals, const ContentFlow& flow) {
    ContentTable::Total& total = totals[static_cast<std::size_t>(flow.content)];
    ++total.flows;
    total.packets += flow.packets;
    total.bytes += flow.bytes;
}

/// Masked before it is cut: half a URL would not show where its password ends.
std::string shown_url(std::string_view url) { return printable(std::string_view(wire::masked_url(url)).substr(0, longest_name)); }

}  // namespace

ContentTable::ContentTable(bool find_rtp, Limits limits) : find_rtp_(find_rtp), limits_(limits), flows_(limits.flows) {}
ContentTable::~ContentTable() = default;

// The oldest one is settled before the table drops it: its bytes stay in the totals.
void ContentTable::drop_oldest() {
    Entry& oldest = *flows_.oldest();
    settle(oldest);
    add(gone_, oldest.flow);
    ++dropped_;
    if (last_ == &oldest) last_ = nullptr;
    flows_.drop_oldest();
}

ContentTable::Entry& ContentTable::entry_of(const Packet& packet, bool& from_low) {
    from_low = packet.source < packet.destination;
    const Ends ends{from_low ? packet.source : packet.destination, from_low ? packet.destination : packet.source, packet.transport};
    if (last_ != nullptr && ends == last_ends_) return *last_;
    last_ends_ = ends;
    if (std::unique_ptr<Entry>* known = flows_.touch(ends)) {
        last_ = known->get();
        return *last_;
    }
    if (flows_.size() >= limits_.flows) drop_oldest();
    auto entry = std::make_unique<Entry>();
    entry->flow.from = packet.source;
    entry->flow.to = packet.destination;
    entry->flow.transport = packet.transport;
    entry->flow.first_frame = packet.number;
    entry->flow.first = packet.time;
    last_ = flows_.add(ends, std::move(entry)).get();
    return *last_;
}

void ContentTable::see(const Packet& packet, Content known) {
    bool from_low = false;
    Entry& entry = entry_of(packet, from_low);
    ContentFlow& flow = entry.flow;
    ++flow.packets;
    flow.bytes += packet.bytes.size();
    flow.last_frame = std::max(flow.last_frame, packet.number);
    flow.last = std::max(flow.last, packet.time);
    if (known != Content::undecided && (flow.content == Content::undecided || flow.content == Content::other)) flow.content = known;
    if (packet.transport != Transport::udp) return stream(entry, from_low ? 0 : 1, packet);
    if (flow.content != Content::undecided && flow.content != Content::other) return;
    flow.content = content_of_datagram(packet.bytes).content;
}

void ContentTable::add_counted(const ContentFlow& counted) {
    Packet place;
    place.number = counted.first_frame;
    place.time = counted.first;
    place.source = counted.from;
    place.destination = counted.to;
    bool from_low = false;
    ContentFlow& flow = entry_of(place, from_low).flow;
    flow.packets += counted.packets;
    flow.bytes += counted.bytes;
    flow.first_frame = std::min(flow.first_frame, counted.first_frame);
    flow.first = std::min(flow.first, counted.first);
    flow.last_frame = std::max(flow.last_frame, counted.last_frame);
    flow.last = std::max(flow.last, counted.last);
}

void ContentTable::know(const Endpoint& a, const Endpoint& b, Content known) {
    std::unique_ptr<Entry>* entry = flows_.touch(Ends{std::min(a, b), std::max(a, b), Transport::udp});
    if (entry == nullptr) return;
    last_ = nullptr;  // another one is the most recent now
    (*entry)->flow.content = known;
}

void ContentTable::stream(Entry& entry, std::size_t from, const Packet& packet) {
    Side& side = entry.sides[from];
    const bool anew = packet.stream_offset == 0 && side.decided && entry.flow.content == Content::other;
    if (anew) {  // another connection on the same ports
        release(side);
        side = {};
        entry.flow.content = Content::undecided;
    }
    if (side.rtmp) opening(entry, from, packet.bytes, packet.gap > 0);
    if (side.framer) search_rtp(entry, from, packet.bytes);
    if (side.decided) return;
    if (packet.gap > 0 && !side.head.empty()) return decide(entry, from, true);
    const std::size_t room = content_head - side.head.size();
    const ByteView taken = packet.bytes.first(std::min(room, packet.bytes.size()));
    side.head.insert(side.head.end(), taken.begin(), taken.end());
    decide(entry, from, side.head.size() >= content_head);
    if (side.rtmp) opening(entry, from, packet.bytes.subspan(taken.size()), false);
    if (side.framer) search_rtp(entry, from, packet.bytes.subspan(taken.size()));
}

void ContentTable::decide(Entry& entry, std::size_t from, bool last) {
    Side& side = entry.sides[from];
    ContentGuess guess = content_of_stream(side.head, last);
    if (guess.content == Content::rtmp && !guess.certain) {
        side.likely_rtmp = true;
        guess.certain = entry.sides[1 - from].likely_rtmp;
        if (!guess.certain && !last) return;  // the other direction will say
        if (!guess.certain) guess = {.content = Content::other};
    }
    if (guess.content == Content::undecided) return;
    side.decided = true;
    believe(entry, from, guess);
    if (guess.content == Content::rtmp && entry.sides[1 - from].likely_rtmp && !entry.sides[1 - from].decided) {
        entry.sides[1 - from].decided = true;
        believe(entry, 1 - from, guess);
    }
    side.head = {};
}

// What a request says counts more than what its answer looks like, and both more than nothing.
void ContentTable::believe(Entry& entry, std::size_t from, const ContentGuess& guess) {
    ContentFlow& flow = entry.flow;
    Side& side = entry.sides[from];
    const bool open = flow.content == Content::undecided || flow.content == Content::other;
    const bool followed = flow.content == Content::rtp || flow.content == Content::sip;
    if (open || (guess.asks && !followed)) flow.content = guess.content;
    if (guess.asks && flow.name.empty()) flow.name = guess.name;
    if (guess.asks && (flow.from < flow.to) != (from == 0)) std::swap(flow.from, flow.to);
    if (guess.content == Content::rtmp && flow.name.empty()) {
        side.rtmp = std::make_unique<wire::RtmpOpening>();
        opening(entry, from, side.head, false);
    }
    if (guess.content == Content::other && find_rtp_ && framers_ < limits_.framers && open) {
        side.framer = std::make_unique<wire::rtp::Framer>(
            wire::rtp::Framer::Sink{[this, &entry, from](const wire::rtp::FramedPacket& packet) { found_rtp(entry, from, packet.bytes); }, [](const wire::rtp::FramingBreak&) {}},
            wire::rtp::Framing::undecided, framer_limits);
        ++framers_;
        search_rtp(entry, from, side.head);
    }
}

/// Both directions of RTMP begin alike; only the client's holds a connect.
void ContentTable::opening(Entry& entry, std::size_t from, ByteView bytes, bool gap) {
    Side& side = entry.sides[from];
    if (gap) side.rtmp->gap();
    side.rtmp->push(bytes);
    if (!side.rtmp->over()) return;
    if (const auto& connect = side.rtmp->connect()) {
        ContentFlow& flow = entry.flow;
        flow.name = shown_url(connect->app);
        flow.url = shown_url(connect->tc_url);
        if ((flow.from < flow.to) != (from == 0)) std::swap(flow.from, flow.to);
    }
    side.rtmp.reset();
}

void ContentTable::search_rtp(Entry& entry, std::size_t from, ByteView bytes) {
    Side& side = entry.sides[from];
    side.framer->push(bytes);
    const bool over = entry.flow.ssrc.has_value() || side.framer->framing() == wire::rtp::Framing::none;
    if (over) release(side);
}

void ContentTable::found_rtp(Entry& entry, std::size_t from, ByteView packet) {
    ContentFlow& flow = entry.flow;
    if (flow.ssrc || !wire::rtp::looks_like_rtp(packet)) return;
    flow.ssrc = wire::load32be(packet, 8);
    flow.payload_type = packet[1] & 0x7F;
    if (flow.content == Content::other || flow.content == Content::undecided) flow.content = Content::rtp;
    if (flow.content == Content::rtp && (flow.from < flow.to) != (from == 0)) std::swap(flow.from, flow.to);
}

void ContentTable::release(Side& side) {
    if (side.framer) --framers_;
    side.framer.reset();
    side.rtmp.reset();
}

void ContentTable::settle(Entry& entry) {
    for (std::size_t from = 0; from < 2; ++from) {
        Side& side = entry.sides[from];
        if (entry.flow.transport != Transport::udp && !side.decided && !side.head.empty()) decide(entry, from, true);
        if (side.framer) side.framer->finish();
        release(side);
    }
    if (entry.flow.content == Content::undecided) entry.flow.content = Content::other;
}

void ContentTable::finish() {
    flows_.each([this](const std::unique_ptr<Entry>& entry) { settle(*entry); });
}

std::vector<const ContentFlow*> ContentTable::flows() const {
    std::vector<const ContentFlow*> all;
    flows_.each([&all](const std::unique_ptr<Entry>& entry) { all.push_back(&entry->flow); });
    std::sort(all.begin(), all.end(), [](const ContentFlow* a, const ContentFlow* b) { return std::pair(a->first, a->first_frame) < std::pair(b->first, b->first_frame); });
    return all;
}

ContentTable::Totals ContentTable::totals() const {
    Totals totals = gone_;
    flows_.each([&totals](const std::unique_ptr<Entry>& entry) { add(totals, entry->flow); });
    return totals;
}

}  // namespace gbkit::proto::observe
