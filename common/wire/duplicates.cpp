#include "wire/duplicates.hpp"

#include <algorithm>
#include <utility>

#include "wire/hash64.hpp"
#include "wire/load.hpp"

namespace gbkit::wire {

namespace {

constexpr std::size_t twin_slots = 1024;
constexpr std::size_t between_slots = 1024;
constexpr std::uint64_t enough_packets = 100;   // to call it a rule that packets come twice

std::uint64_t hash_of_ends(const IpAddress& source, const IpAddress& destination) noexcept {
    return hash64(source.bytes(), hash64(destination.bytes()));
}

/// `ends`: the hash of its addresses.
std::uint64_t identity_of(const IpPacket& ip, std::uint64_t ends) noexcept {
    const std::uint64_t place = std::uint64_t{ip.id} << 32 | std::uint64_t{ip.fragment_offset} << 16 |
                                std::uint64_t{ip.protocol} << 8 | (ip.more_fragments ? 1U : 0U);
    return hash64(ip.payload, ends ^ place);
}

// What the packet came through: link header, hop limit, interface.
std::uint64_t path_of(const Frame& frame, ByteView bytes, std::uint32_t interface) noexcept {
    const std::uint64_t point = std::uint64_t{interface} << 8 | frame.ip.hop_limit;
    // A tunnel's own IP header differs in every packet: only the stations around it are a path.
    if (frame.tunnel_count > 0) return hash64(bytes.first(std::min<std::size_t>(frame.link_bytes, 12)), point);
    if (frame.noise_bytes == 0) return hash64(bytes.first(frame.link_bytes), point);
    const std::size_t after = frame.noise_at + frame.noise_bytes;
    return hash64(bytes.subspan(after, frame.link_bytes - after), hash64(bytes.first(frame.noise_at), point));
}

bool is_tcp_data(const IpPacket& ip) noexcept {
    if (ip.protocol != ip_protocol::tcp || ip.fragment || ip.payload.size() < 20) return false;
    return ip.payload.size() > (ip.payload[12] >> 4) * 4U;
}

}  // namespace

Duplicates::Duplicates(std::size_t sets) : table_(sets), twin_senders_(twin_slots), between_(between_slots) {}

bool Duplicates::is_copy(const Frame& frame, ByteView frame_bytes, std::uint32_t interface, Time now) {
    const std::uint64_t ends = hash_of_ends(frame.ip.source, frame.ip.destination);
    const std::uint64_t identity = identity_of(frame.ip, ends);
    const std::uint64_t path = path_of(frame, frame_bytes, interface);
    auto& set = table_[identity % table_.size()];
    Seen* oldest = set.data();
    for (Seen& seen : set) {
        if (seen.identity == identity && seen.time != Time{Duration::min()}) {
            const Duration apart = now > seen.time ? now - seen.time : seen.time - now;
            if (judge(frame, path == seen.path, interface, apart)) {
                if (!std::exchange(seen.doubled, true)) ++between(ends).doubled;
                return true;
            }
            seen = Seen{identity, path, now};  // sent again in earnest: from now on this one is the original
            ++between(ends).packets;
            return false;
        }
        if (seen.time < oldest->time) oldest = &seen;
    }
    *oldest = Seen{identity, path, now};
    ++between(ends).packets;
    return false;
}

// Who finds the slot of its hosts taken is not counted.
Duplicates::Between& Duplicates::between(std::uint64_t ends) {
    const std::uint64_t hosts = ends | 1;
    Between& slot = between_[(hosts >> 1) % between_slots];
    if (slot.hosts == 0) slot.hosts = hosts;
    return slot.hosts == hosts ? slot : others_;
}

Duplicates::Pairs Duplicates::pairs() const noexcept {
    Pairs all;
    for (const Between& one : between_) {
        if (one.packets < enough_packets || one.doubled * 5 < one.packets * 4) continue;
        all.twice += one.doubled;
        all.once += one.packets - one.doubled;
    }
    return all;
}

bool Duplicates::judge(const Frame& frame, bool same_path, std::uint32_t interface, Duration apart) {
    if (apart > window) return false;
    if (!same_path) return true;
    const bool at_once = apart <= same_path_window;
    if (frame.ip.id != 0 || (at_once && is_tcp_data(frame.ip))) {
        mirrored_.insert(interface);
        return true;
    }
    if (!at_once) return false;
    if (twins_from_both_ends(frame)) mirrored_.insert(interface);
    if (mirrored_.contains(interface)) return true;
    ++unproved_twins_;
    return false;
}

// A program may send everything twice; the network in between does it to both directions.
bool Duplicates::twins_from_both_ends(const Frame& frame) {
    const std::uint64_t there = hash_of_ends(frame.ip.source, frame.ip.destination);
    const std::uint64_t back = hash_of_ends(frame.ip.destination, frame.ip.source);
    twin_senders_[there % twin_slots] = there;
    return there != back && twin_senders_[back % twin_slots] == back;
}

}  // namespace gbkit::wire
