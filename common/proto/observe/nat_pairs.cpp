#include "proto/observe/nat_pairs.hpp"

#include <algorithm>
#include <utility>

#include "wire/hash64.hpp"

namespace gbkit::proto::observe {

namespace {

constexpr std::uint32_t enough_alone = 2;   // messages of a flow without a twin: it has none

/// In one network of 256 addresses nothing stands between two hosts.
bool same_network(const IpAddress& a, const IpAddress& b) noexcept {
    const ByteView one = a.bytes(), other = b.bytes();
    return one.size() == other.size() && std::equal(one.begin(), one.end() - (a.is_v6() ? 8 : 1), other.begin());
}

}  // namespace

std::vector<NatMapping> NatPairs::mappings() const {
    std::vector<NatMapping> all;
    mappings_.each([&all](const NatMapping& mapping) { all.push_back(mapping); });
    std::sort(all.begin(), all.end(), [](const NatMapping& a, const NatMapping& b) { return a.order < b.order; });
    return all;
}

std::optional<Endpoint> NatPairs::outside_of(const Endpoint& inside, const Endpoint& peer) {
    const Endpoint* outside = by_inside_.touch({inside, peer});
    return outside == nullptr ? std::nullopt : std::optional(*outside);
}

void NatPairs::see(const SipSeen& seen) {
    if (!enabled_) return sink_(seen);
    const Packet& packet = seen.packet;
    advance(packet.time);
    const std::uint64_t key = wire::hash64(packet.bytes);
    Seen* before = recent_.touch(key);
    if (before != nullptr && is_twin(*before, seen)) return pair(*before, seen, key);
    const Seen now{{packet.source, packet.destination}, packet.transport, packet.number, packet.time, false};
    if (before != nullptr) *before = now;
    else recent_.add(key, now);
    if (may_have_twin(packet)) return hold(seen, key);
    await(packet, key);
    give(seen);
}

void NatPairs::await(const Packet& packet, std::uint64_t key) {
    if (outsides_.touch({packet.destination, packet.source}) == nullptr) return;
    if (awaited_.size() >= most_awaited) miss_first();
    awaited_.push_back({key, packet.number, packet.time});
}

void NatPairs::miss_first() {
    const Awaited awaited = awaited_.front();
    awaited_.pop_front();
    const Seen* seen = recent_.touch(awaited.key);
    if (seen == nullptr || seen->paired || seen->frame != awaited.frame) return;
    if (one_sided_.not_let_in++ == 0) one_sided_.first_not_let_in = awaited.frame;
}

// Another address at one end. Another port of the same host is no NAT.
bool NatPairs::is_twin(const Seen& before, const SipSeen& seen) const {
    const Packet& packet = seen.packet;
    const Duration apart = packet.time > before.time ? packet.time - before.time : before.time - packet.time;
    if (apart > window || packet.transport != before.transport) return false;
    const bool source = packet.source.address != before.ends.source.address && packet.destination == before.ends.destination;
    const bool destination = packet.destination.address != before.ends.destination.address && packet.source == before.ends.source;
    return source || destination;
}

// Which of the two is inside: the private one; of two alike, packets leave by the source and come in by the destination.
void NatPairs::pair(Seen& before, const SipSeen& seen, std::uint64_t key) {
    ++paired_;
    if (std::exchange(before.paired, true)) return;   // a second NAT behind the first
    const Packet& packet = seen.packet;
    const bool source = packet.destination == before.ends.destination;
    const Endpoint& one = source ? before.ends.source : before.ends.destination;
    const Endpoint& other = source ? packet.source : packet.destination;
    const bool alike = one.address.is_private() == other.address.is_private();
    const bool first_inside = alike ? source : one.address.is_private();
    NatMapping found;
    found.inside = first_inside ? one : other;
    found.outside = first_inside ? other : one;
    found.peer = source ? packet.destination : packet.source;
    found.transport = packet.transport;
    found.first_frame = found.last_frame = packet.number;
    found.first = found.last = packet.time;
    learn(found);
    const auto waits = std::find_if(held_.begin(), held_.end(), [key](const Held& held) { return held.key == key; });
    if (waits == held_.end()) return;   // it was given on
    if (first_inside) {
        held_.erase(waits);
        return give(seen);
    }
    waits->key = 0;   // the outer one came first: it waits no longer for a twin than its neighbours do
}

void NatPairs::learn(const NatMapping& found) {
    const Ends way{found.inside, found.peer};
    if (Endpoint* known = by_inside_.touch(way)) *known = found.outside;
    else by_inside_.add(way, found.outside);
    if (outsides_.touch({found.outside, found.peer}) == nullptr) outsides_.add({found.outside, found.peer}, 0);
    const Triple triple{found.inside, found.outside, found.peer};
    NatMapping* mapping = mappings_.touch(triple);
    if (mapping == nullptr) {
        mapping = &mappings_.add(triple, found);
        mapping->order = learnt_++;
    }
    mapping->last_frame = found.last_frame;
    mapping->last = found.last;
    ++mapping->messages;
}

bool NatPairs::may_have_twin(const Packet& packet) {
    const IpAddress &source = packet.source.address, &destination = packet.destination.address;
    if (by_inside_.touch({packet.source, packet.destination}) != nullptr || by_inside_.touch({packet.destination, packet.source}) != nullptr) return true;
    if (!source.is_private() && !destination.is_private()) return false;
    if (paired_ == 0 && in_vain_ >= enough_in_vain) return false;
    if (source.is_loopback() || destination.is_loopback() || same_network(source, destination)) return false;
    const std::uint32_t* alone = alone_.touch({packet.source, packet.destination});
    return alone == nullptr || *alone < enough_alone;
}

void NatPairs::hold(const SipSeen& seen, std::uint64_t key) {
    if (held_.size() >= most_held) release_first();
    Held& held = held_.emplace_back(Held{key, Bytes(seen.packet.bytes.begin(), seen.packet.bytes.end()), seen.packet, seen.message, seen.retransmission});
    held.packet.bytes = held.bytes;
}

// What waits of the same call comes first.
void NatPairs::give(const SipSeen& seen) {
    const auto earlier = std::find_if(held_.rbegin(), held_.rend(), [&seen](const Held& held) {
        return !seen.message.call_id.empty() && held.message.call_id == seen.message.call_id;
    });
    for (auto count = held_.rend() - earlier; count > 0; --count) release_first();
    sink_(seen);
}

// Only of what the inside sent: an answer to an inside address may as well be on the outer side, sent to a private Via.
Packet NatPairs::outer(const Packet& packet) {
    Packet translated = packet;
    if (const auto source = outside_of(packet.source, packet.destination)) translated.source = *source;
    return translated;
}

void NatPairs::release_first() {
    Held held = std::move(held_.front());
    held_.pop_front();
    held.packet.bytes = held.bytes;   // moved with it
    if (held.key != 0) {
        ++in_vain_;
        const Ends ends{held.packet.source, held.packet.destination};
        if (std::uint32_t* alone = alone_.touch(ends)) ++*alone;
        else alone_.add(ends, 1);
    }
    const Packet packet = outer(held.packet);
    if (packet.source != held.packet.source && one_sided_.not_let_out++ == 0) one_sided_.first_not_let_out = packet.number;
    sink_(SipSeen{packet, held.message, held.retransmission});
}

void NatPairs::advance(Time now) {
    while (!held_.empty() && now - held_.front().packet.time > window) release_first();
    while (!awaited_.empty() && now - awaited_.front().time > window) miss_first();
}

void NatPairs::finish() {
    while (!held_.empty()) release_first();
}

}  // namespace gbkit::proto::observe
