#include "scenarios/disguises.hpp"

#include <algorithm>
#include <map>
#include <random>

#include "base/text.hpp"
#include "wire/frame_build.hpp"
#include "wire/frame_ip.hpp"
#include "wire/pcapng_writer.hpp"

namespace gbkit::scenario {

namespace {

using proto::Transport;

// Places in an IPv4 header without options.
constexpr std::size_t v4_length = 2, v4_place = 6, v4_ttl = 8, v4_protocol = 9, v4_checksum = 10, v4_header = 20;
constexpr std::uint16_t more_fragments = 0x2000;

void store16(Bytes& bytes, std::size_t at, std::size_t value) {
    bytes[at] = static_cast<std::uint8_t>(value >> 8);
    bytes[at + 1] = static_cast<std::uint8_t>(value);
}

/// RFC 1071 over the header, after an edit.
void sign(Bytes& ip) {
    store16(ip, v4_checksum, 0);
    std::uint32_t sum = 0;
    for (std::size_t at = 0; at < v4_header; at += 2) sum += static_cast<std::uint32_t>(ip[at] << 8 | ip[at + 1]);
    while (sum > 0xFFFF) sum = (sum >> 16) + (sum & 0xFFFF);
    store16(ip, v4_checksum, ~sum & 0xFFFFU);
}

class Layer {
public:
    explicit Layer(const Laying& laying) : laying_(laying), random_(laying.seed) {}

    void lay(const Recorded& packet) {
        if (packet.icmp) {
            wire::append_unreachable(start(packet.time), packet.source, packet.destination, next_id(), packet.icmp_code);
        } else if (packet.transport == Transport::udp) {
            wire::append_udp(start(packet.time), packet.source, packet.destination, next_id(), as_bytes(packet.bytes));
        } else {
            stream(packet);
        }
    }
    Passings take() {
        std::stable_sort(out_.begin(), out_.end(), [](const Passing& a, const Passing& b) { return a.time < b.time; });
        return std::move(out_);
    }

private:
    using Ends = std::pair<Endpoint, Endpoint>;
    struct Direction {
        std::uint32_t first = 0;    // sequence number of stream offset 0
        std::uint64_t sent = 0;
    };

    Bytes& start(Time time) { return out_.emplace_back(Passing{time, {}, {}}).ip; }
    std::uint16_t next_id() { return laying_.identified ? ++id_ : std::uint16_t{0}; }
    bool one_in_four() { return laying_.seed != 0 && random_() % 4 == 0; }

    void segment(Time time, const Ends& ends, const wire::TcpFields& fields, ByteView bytes) {
        wire::append_tcp(start(time), ends.first, ends.second, ++id_, fields, bytes);
    }
    void handshake(const Recorded& packet, const Ends& there, const Ends& back) {
        const auto number = static_cast<std::uint32_t>(directions_.size());
        const std::uint32_t ours = 0xFFFFFF00U + number * 7919, theirs = 1'000'000U + number * 104'729;   // the first wraps soon
        directions_[there] = {ours + 1, 0};
        directions_[back] = {theirs + 1, 0};
        segment(packet.time - microseconds(300), there, {.sequence = ours, .acknowledgement = 0, .syn = true}, {});
        segment(packet.time - microseconds(200), back, {.sequence = theirs, .acknowledgement = ours + 1, .syn = true, .ack = true}, {});
        segment(packet.time - microseconds(100), there, {.sequence = ours + 1, .acknowledgement = theirs + 1, .ack = true}, {});
    }
    void stream(const Recorded& packet) {
        const Ends there{packet.source, packet.destination}, back{packet.destination, packet.source};
        if (directions_.find(there) == directions_.end()) handshake(packet, there, back);
        Direction& direction = directions_[there];
        const Direction& other = directions_[back];
        const ByteView bytes = as_bytes(packet.bytes);
        std::vector<std::size_t> in_order;
        Time time = packet.time;
        for (std::size_t at = 0; at < bytes.size(); time += microseconds(3)) {
            const std::size_t size = laying_.seed == 0 ? bytes.size() : std::min<std::size_t>(bytes.size() - at, 1 + random_() % laying_.longest);
            const wire::TcpFields fields{.sequence = direction.first + static_cast<std::uint32_t>(direction.sent),
                                         .acknowledgement = other.first + static_cast<std::uint32_t>(other.sent), .ack = true};
            in_order.push_back(out_.size());
            segment(time, there, fields, bytes.subspan(at, size));
            if (laying_.resent && one_in_four()) segment(time + milliseconds(210), there, fields, bytes.subspan(at, size));
            direction.sent += size;
            at += size;
        }
        if (!laying_.disordered) return;
        for (std::size_t i = 0; i + 1 < in_order.size(); ++i)
            if (one_in_four()) std::swap(out_[in_order[i]].time, out_[in_order[i + 1]].time);
    }

    const Laying& laying_;
    std::mt19937_64 random_;
    Passings out_;
    std::map<Ends, Direction> directions_;
    std::uint16_t id_ = 0;
};

/// Ethernet around it, another pair of interfaces for another VLAN.
Bytes frame_of(const Passing& packet) {
    Bytes frame;
    ByteWriter writer(frame);
    const auto port = static_cast<std::uint8_t>(packet.vlans.empty() ? 1 : packet.vlans.back() & 0x7F);
    for (const std::uint8_t end : {std::uint8_t{0xA}, std::uint8_t{0xB}}) writer.bytes(Bytes{0x02, 0, 0, 0, port, end});
    for (std::size_t i = 0; i < packet.vlans.size(); ++i) {
        writer.u16be(i + 1 < packet.vlans.size() ? 0x88A8 : 0x8100);
        writer.u16be(packet.vlans[i]);
    }
    writer.u16be(packet.ip[0] >> 4 == 6 ? 0x86DD : 0x0800);
    writer.bytes(packet.ip);
    return frame;
}

}  // namespace

Bytes capture_of(const Passings& packets, std::optional<std::size_t> snap_length) {
    constexpr std::uint32_t ethernet = 1;
    Bytes file;
    wire::pcapng::append_section(file, "gbkit tests");
    wire::pcapng::append_interface(file, ethernet, "test0");
    for (const Passing& packet : packets) {
        const Bytes frame = frame_of(packet);
        const std::size_t kept = std::min(frame.size(), snap_length.value_or(frame.size()));
        wire::pcapng::append_packet(file, 0, packet.time, ByteView(frame).first(kept), frame.size());
    }
    return file;
}

Passings on_the_wire(const std::vector<Recorded>& packets, const Laying& laying) {
    Layer layer(laying);
    for (const Recorded& packet : packets) layer.lay(packet);
    return layer.take();
}

std::vector<Recorded> over_tcp(std::vector<Recorded> packets) {
    std::map<std::pair<Endpoint, Endpoint>, std::uint64_t> sent;
    packets.erase(std::remove_if(packets.begin(), packets.end(), [](const Recorded& packet) { return packet.icmp; }), packets.end());
    for (Recorded& packet : packets) {
        if (packet.transport == Transport::tcp || packet.media) continue;
        packet.transport = Transport::tcp;
        packet.bytes = replace_all(packet.bytes, "SIP/2.0/UDP", "SIP/2.0/TCP");
        std::uint64_t& offset = sent[{packet.source, packet.destination}];
        packet.stream_offset = offset;
        offset += packet.bytes.size();
    }
    return packets;
}

Passings copied(const Passings& packets) {
    Passings out;
    for (const Passing& packet : packets) {
        out.push_back(packet);
        Passing& copy = out.emplace_back(packet);
        copy.time += microseconds(30);
        copy.vlans = {101};
        --copy.ip[v4_ttl];
        sign(copy.ip);
    }
    std::stable_sort(out.begin(), out.end(), [](const Passing& a, const Passing& b) { return a.time < b.time; });
    return out;
}

Passings tagged(Passings packets, const std::vector<std::uint16_t>& vlans) {
    for (Passing& packet : packets) packet.vlans = vlans;
    return packets;
}

Passings fragmented(const Passings& packets, std::size_t bytes, bool backwards) {
    Passings out;
    for (const Passing& packet : packets) {
        const std::size_t length = packet.ip.size() - v4_header;
        if (packet.ip[v4_protocol] != wire::ip_protocol::udp || length <= bytes) {
            out.push_back(packet);
            continue;
        }
        const auto first = static_cast<std::ptrdiff_t>(out.size());
        for (std::size_t at = 0; at < length; at += bytes) {
            const std::size_t size = std::min(bytes, length - at);
            Passing& piece = out.emplace_back(Passing{packet.time, Bytes(packet.ip.begin(), packet.ip.begin() + v4_header), packet.vlans});
            const ByteView part = ByteView(packet.ip).subspan(v4_header + at, size);
            piece.ip.insert(piece.ip.end(), part.begin(), part.end());
            store16(piece.ip, v4_length, v4_header + size);
            store16(piece.ip, v4_place, at / 8 | (at + size < length ? more_fragments : 0));
            sign(piece.ip);
        }
        if (backwards) std::reverse(out.begin() + first, out.end());
    }
    return out;
}

Passings sent_by(const Passings& packets, const IpAddress& address, bool from) {
    Passings out;
    for (const Passing& packet : packets)
        if ((wire::decode_ip(packet.ip, packet.ip.size()).value().source == address) == from) out.push_back(packet);
    return out;
}

ReadBack read_back(const Passings& packets, const Run& run, std::optional<std::size_t> snap_length) {
    Watch watch(run);
    io::CaptureSink sink;
    sink.packet = [&watch](const proto::Packet& packet) { watch.see(packet); };
    sink.unreachable = [&watch](const proto::Unreachable& error) { watch.see(error); };
    ReadBack back;
    back.facts = io::read_capture_bytes("memory", capture_of(packets, snap_length), {}, sink);
    back.told = watch.finish(back.facts.last + run.after);
    return back;
}

}  // namespace gbkit::scenario
