#include "wire/sanitize/frames.hpp"

#include <algorithm>

#include "wire/checksum.hpp"
#include "wire/duplicates.hpp"
#include "wire/hash64.hpp"
#include "wire/load.hpp"
#include "wire/sanitize/media.hpp"
#include "wire/sip/looks_like.hpp"

namespace gbkit::wire::sanitize {

namespace {

constexpr std::size_t udp_header = 8, recent_slots = 1024, max_datagrams = 4096;
constexpr Duration datagram_time = seconds{30};   // as long as readers wait (wire/ip_fragments)
constexpr Duration look_again = seconds{1}, copies_time = seconds{1};

/// The whole datagram as a packet of its own. IPv6 extension headers are part of the payload.
Bytes packet_around(const IpPacket& whole) {
    Bytes out;
    ByteWriter writer(out);
    if (whole.source.is_v6()) {
        writer.u32be(0x60000000U);
        writer.u16be(static_cast<std::uint16_t>(whole.payload.size()));
        writer.u8(whole.protocol);
        writer.u8(whole.hop_limit);
    } else {
        writer.u16be(0x4500);
        writer.u16be(static_cast<std::uint16_t>(20 + whole.payload.size()));
        writer.u16be(static_cast<std::uint16_t>(whole.id));
        writer.u16be(0);
        writer.u8(whole.hop_limit);
        writer.u8(whole.protocol);
        writer.u16be(0);
    }
    writer.bytes(whole.source.bytes());
    writer.bytes(whole.destination.bytes());
    writer.bytes(whole.payload);
    return out;
}

/// Of a datagram whose rest never came: as long, ports and length of its head; the same for the same, another for another.
Bytes blind(const IpPacket& fragment) {
    Bytes bytes(fragment.payload.size(), static_cast<std::uint8_t>(hash64(fragment.payload) & 0x7FU));
    const bool head = fragment.fragment_offset == 0 && fragment.protocol == ip_protocol::udp && bytes.size() >= udp_header;
    if (head) std::copy_n(fragment.payload.begin(), 6, bytes.begin());
    if (head) store16be(bytes, 6, 0);
    return bytes;
}

}  // namespace

Frames::Frames(Messages& messages, Aliases& aliases, bool keep_media, Sink sink)
    : messages_(messages), aliases_(aliases), keep_media_(keep_media), sink_(std::move(sink)), connections_(messages, aliases, keep_media), recent_(recent_slots) {}

void Frames::push(const CapturedFrame& frame, std::uint64_t number) {
    ++counts_.frames;
    if (!fragments_) fragments_.emplace(IpFragments::Limits{}, frame.time);
    expire(frame.time);
    auto job = prepare(frame, number);
    if (!job) return drain(waiting_bytes);
    if (waiting_.empty() && is_ready(*job)) return write(*job);
    waiting_size_ += job->frame.size();
    waiting_.push_back(std::move(job));
    drain(waiting_bytes);
}

void Frames::finish() {
    connections_.finish();
    for (auto& [key, datagram] : datagrams_) datagram->over = true;
    datagrams_.clear();
    drain(0);
    counts_.messages += connections_.messages_seen();
    counts_.packets += connections_.packets_seen();
}

void Frames::drain(std::size_t limit) {
    while (!waiting_.empty()) {
        Job& job = *waiting_.front();
        if (!is_ready(job) && waiting_size_ <= limit) return;
        if (!is_ready(job)) give_up(job);
        waiting_size_ -= job.frame.size();
        write(job);
        waiting_.pop_front();
    }
}

// What it is and what must be known of it; nothing when it is left out.
std::unique_ptr<Frames::Job> Frames::prepare(const CapturedFrame& frame, std::uint64_t number) {
    auto job = std::make_unique<Job>();
    job->time = frame.time;
    job->interface = frame.interface;
    job->link_type = frame.link_type;
    job->cut = frame.wire_length - frame.bytes.size();
    job->frame.assign(frame.bytes.begin(), frame.bytes.end());
    const auto layout = layout_of(frame.link_type, job->frame, frame.wire_length);
    if (!layout) {
        leave_out(layout.error().text());
        return nullptr;
    }
    job->layout = *layout;
    return fill(*job, number) ? std::move(job) : nullptr;
}

bool Frames::fill(Job& job, std::uint64_t number) {
    const IpPacket& ip = job.layout.ip;
    if (ip.fragment) {
        fill_fragment(job, number);
        return true;
    }
    switch (ip.protocol) {
        case ip_protocol::udp: return fill_udp(job);
        case ip_protocol::icmp:
        case ip_protocol::icmpv6: return fill_icmp(job);
        case ip_protocol::tcp: break;
        default: leave_out(name_of_ip_protocol(ip.protocol).text()); return false;
    }
    const auto segment = decode_tcp(ip);
    if (!segment) {
        leave_out(segment.error().text());
        return false;
    }
    job.segment = connections_.push({ip.source, segment->source_port}, {ip.destination, segment->destination_port}, *segment, number);
    return true;
}

bool Frames::fill_icmp(Job& job) {
    auto content = scrub_icmp(job.layout.ip, aliases_);
    if (!content) leave_out(name_of_ip_protocol(job.layout.ip.protocol).text());
    else job.payload = std::move(*content);
    return !job.payload.empty();
}

bool Frames::fill_udp(Job& job) {
    const auto datagram = decode_udp(job.layout.ip);
    if (!datagram) {
        leave_out(datagram.error().text());
        return false;
    }
    const Bytes content = content_of(*datagram, job.layout.ip, job.time);
    const ByteView old = job.layout.ip.payload;
    job.payload.assign(old.begin(), old.begin() + udp_header);
    job.payload.insert(job.payload.end(), content.begin(), content.end());
    const std::size_t length = udp_header + content.size() + datagram->cut;
    if (load16be(old, 4) != 0) store16be(job.payload, 4, static_cast<std::uint16_t>(std::min<std::size_t>(length, 65535)));   // longer ones fit no packet and go
    return true;
}

Bytes Frames::content_of(const UdpDatagram& datagram, const IpPacket& ip, Time time) {
    const std::uint64_t ends = std::uint64_t{datagram.source_port} << 16 | datagram.destination_port;
    const std::uint64_t identity = hash64(datagram.payload, hash64(ip.source.bytes(), hash64(ip.destination.bytes(), ends)) ^ ip.id);
    Recent& recent = recent_[identity % recent_.size()];
    const Duration apart = time > recent.time ? time - recent.time : recent.time - time;
    if (recent.identity == identity && apart <= Duplicates::window) return recent.content;
    recent = {identity, time, scrubbed(datagram.payload)};
    return recent.content;
}

Bytes Frames::scrubbed(ByteView payload) {
    if (!sip::looks_like_sip(as_text(payload))) {
        ++counts_.packets;
        return scrub_media(payload, keep_media_, aliases_);
    }
    ++counts_.messages;
    const std::string message = messages_.scrub_message(as_text(payload));
    return Bytes(message.begin(), message.end());
}

// Fragments -----------------------------------------------------------------------------------------------------

void Frames::expire(Time now) {
    if (datagrams_.size() <= max_datagrams && now - looked_ < look_again) return;
    looked_ = now;
    const bool too_many = datagrams_.size() > max_datagrams;
    for (auto at = datagrams_.begin(); at != datagrams_.end();) {
        const bool old = too_many || now - at->second->first > datagram_time;
        if (old) at->second->over = true;
        at = old ? datagrams_.erase(at) : std::next(at);
    }
}

void Frames::fill_fragment(Job& job, std::uint64_t number) {
    const IpPacket& ip = job.layout.ip;
    auto& datagram = datagrams_[{ip.source, ip.destination, ip.id, ip.source.is_v6() ? std::uint8_t{0} : ip.protocol}];
    const bool another = datagram && datagram->whole && job.time - datagram->first > copies_time;   // the same number once more
    if (!datagram || another) {
        datagram = std::make_shared<Datagram>();
        datagram->first = job.time;
    }
    job.datagram = datagram;
    const auto whole = fragments_->push(ip, job.time);
    if (whole && !datagram->whole) put_together(*job.datagram, *whole, job, number);
}

void Frames::put_together(Datagram& datagram, const IpPacket& whole, const Job& last, std::uint64_t number) {
    const Bytes packet = packet_around(whole);
    CapturedFrame frame;
    frame.time = last.time;
    frame.link_type = link_type::raw;
    frame.wire_length = packet.size();
    frame.bytes = packet;
    datagram.whole = prepare(frame, number);
    datagram.over = datagram.whole == nullptr;
}

std::optional<Bytes> Frames::made_fragment(Job& job) {
    Datagram& datagram = *job.datagram;
    const IpPacket& ip = job.layout.ip;
    if (!datagram.whole) return rewrite_frame(job.frame, job.layout, blind(ip), ip.fragment_offset, aliases_);
    if (!datagram.content) {
        auto packet = made(*datagram.whole);
        if (!packet) return std::nullopt;
        packet->erase(packet->begin(), packet->begin() + (ip.source.is_v6() ? 40 : 20));
        datagram.content = std::move(*packet);
    }
    // Each begins where it began; when the datagram became shorter than that, as near as can be.
    const ByteView all = *datagram.content;
    const std::size_t last = (std::max<std::size_t>(all.size(), 1) - 1) / 8 * 8;
    const std::size_t begin = std::min<std::size_t>(ip.fragment_offset, last);
    const std::size_t end = ip.more_fragments ? std::min<std::size_t>(ip.fragment_offset + ip.payload.size() + ip.cut, last) : all.size();
    return rewrite_frame(job.frame, job.layout, all.subspan(begin, end - begin), static_cast<std::uint32_t>(begin), aliases_);
}

// Out -----------------------------------------------------------------------------------------------------------

bool Frames::is_ready(const Job& job) {
    if (job.datagram) return job.datagram->over || (job.datagram->whole && is_ready(*job.datagram->whole));
    return !job.segment || job.segment->ready();
}

// It cannot wait any longer: what is not known of it becomes zeros.
void Frames::give_up(Job& job) {
    if (job.datagram && !job.datagram->whole) job.datagram->over = true;
}

std::optional<Bytes> Frames::made(Job& job) {
    if (job.datagram) return made_fragment(job);
    if (job.segment) job.payload = job.segment->segment(job.layout.ip.payload);
    return rewrite_frame(job.frame, job.layout, job.payload, 0, aliases_);
}

void Frames::write(Job& job) {
    const auto bytes = made(job);
    if (!bytes) return leave_out("longer than a packet can be");
    ++counts_.written;
    CapturedFrame frame;
    frame.time = job.time;
    frame.interface = job.interface;
    frame.link_type = job.link_type;
    frame.wire_length = bytes->size() + job.cut;
    frame.bytes = *bytes;
    sink_(frame);
}

}  // namespace gbkit::wire::sanitize
