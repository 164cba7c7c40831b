#include "wire/ip_fragments.hpp"

#include <algorithm>

#include "wire/hash64.hpp"

namespace gbkit::wire {

namespace {

constexpr std::size_t largest_payload = 65535;
// A copy from a mirror port comes within milliseconds; the same identification in earnest needs longer.
constexpr Duration late_copy = seconds{1};

bool has_block(const std::vector<std::uint64_t>& blocks, std::size_t block) noexcept {
    return block / 64 < blocks.size() && (blocks[block / 64] >> (block % 64) & 1U) != 0;
}

}  // namespace

std::size_t IpFragments::KeyHash::operator()(const Key& key) const noexcept {
    const std::uint64_t ends = hash64(key.source.bytes(), hash64(key.destination.bytes(), key.protocol));
    return static_cast<std::size_t>(ends ^ key.id * 0x9E3779B97F4A7C15U);
}

void IpFragments::release_buffer(Datagram& datagram) {
    held_ -= datagram.bytes.size();
    datagram.bytes = {};
    datagram.blocks = {};
    datagram.blocks_present = 0;
    datagram.total.reset();
}

void IpFragments::give_up(Datagrams::iterator oldest, Time end) {
    const bool within = oldest->first - begin_ >= edge && end - oldest->first >= edge;
    if (oldest->state == State::waiting && !oldest->after_complete && within) ++counts_.incomplete;
    release_buffer(*oldest);
    index_.erase(oldest->key);
    datagrams_.erase(oldest);
}

void IpFragments::expire(Time now) {
    while (!datagrams_.empty() && now - datagrams_.front().first > limits_.timeout) give_up(datagrams_.begin());
}

void IpFragments::finish(Time end) {
    while (!datagrams_.empty()) give_up(datagrams_.begin(), end);
}

IpFragments::Datagram& IpFragments::find_or_add(const IpPacket& fragment, Time now) {
    // RFC 791 tells datagrams apart by protocol too; in IPv6 only the first fragment names the right one.
    const std::uint8_t protocol = fragment.source.is_v6() ? std::uint8_t{0} : fragment.protocol;
    const Key key{fragment.source, fragment.destination, fragment.id, protocol};
    bool after_complete = false;
    if (const auto found = index_.find(key); found != index_.end()) {
        if (found->second->state != State::complete) return *found->second;
        after_complete = now - found->second->first < late_copy;
        give_up(found->second);
    }
    if (datagrams_.size() >= limits_.datagrams) give_up(datagrams_.begin());
    Datagram& added = datagrams_.emplace_back();
    added.key = key;
    added.first = now;
    added.after_complete = after_complete;
    added.first_protocol = fragment.protocol;
    index_.emplace(key, std::prev(datagrams_.end()));
    return added;
}

void IpFragments::refuse(Datagram& datagram) {
    ++counts_.conflicting;
    release_buffer(datagram);
    datagram.state = State::refused;
}

// Copies the bytes in, block by block where some are there already; false when they contradict what is there.
bool IpFragments::place(Datagram& datagram, const IpPacket& fragment) {
    const std::size_t offset = fragment.fragment_offset;
    const std::size_t end = offset + fragment.payload.size();
    if (!fragment.more_fragments) {
        if (datagram.total && *datagram.total != end) return false;
        datagram.total = end;
    }
    if (end > datagram.bytes.size()) {
        held_ += end - datagram.bytes.size();
        datagram.bytes.resize(end);
        datagram.blocks.resize((end + 511) / 512);
    }
    if (datagram.total && datagram.bytes.size() > *datagram.total) return false;  // bytes after the last fragment
    for (std::size_t at = offset; at < end; at += 8) {
        const ByteView block = fragment.payload.subspan(at - offset, std::min<std::size_t>(8, end - at));
        const auto there = datagram.bytes.begin() + static_cast<std::ptrdiff_t>(at);
        if (has_block(datagram.blocks, at / 8)) {
            if (!std::equal(block.begin(), block.end(), there)) return false;
            continue;
        }
        std::copy(block.begin(), block.end(), there);
        datagram.blocks[at / 512] |= std::uint64_t{1} << (at / 8 % 64);
        ++datagram.blocks_present;
    }
    return true;
}

std::optional<IpPacket> IpFragments::push(const IpPacket& fragment, Time now) {
    ++counts_.fragments;
    expire(now);
    Datagram& datagram = find_or_add(fragment, now);
    if (fragment.cut > 0 || datagram.state == State::refused) return std::nullopt;
    const std::size_t end = fragment.fragment_offset + fragment.payload.size();
    const bool odd = fragment.more_fragments && fragment.payload.size() % 8 != 0;
    if (end > largest_payload || odd || fragment.payload.empty() || !place(datagram, fragment)) {
        refuse(datagram);
        return std::nullopt;
    }
    if (fragment.fragment_offset == 0) datagram.first_protocol = fragment.protocol;
    if (!datagram.total || datagram.blocks_present != (*datagram.total + 7) / 8) {
        while (held_ > limits_.bytes) give_up(datagrams_.begin());
        return std::nullopt;
    }
    held_ -= datagram.bytes.size();
    whole_.swap(datagram.bytes);
    datagram.bytes = {};
    IpPacket packet = fragment;
    packet.protocol = datagram.first_protocol;
    packet.fragment = packet.more_fragments = false;
    packet.fragment_offset = 0;
    packet.payload = whole_;
    release_buffer(datagram);
    datagram.state = State::complete;
    datagram.first = now;
    return packet;
}

}  // namespace gbkit::wire
