#include "io/capture_assembly.hpp"

#include <functional>

#include "wire/frame.hpp"
#include "wire/frame_transport.hpp"
#include "wire/frame_tunnel.hpp"
#include "wire/hash64.hpp"

namespace gbkit::io {

namespace {

constexpr std::size_t dedup_sets = 4096;

wire::IpFragments::Limits fragment_limits(const CaptureOptions& options) {
    wire::IpFragments::Limits limits;
    limits.bytes = static_cast<std::size_t>(options.max_reassembly_bytes / 4);
    return limits;
}

proto::ConnectionSeen::State as_seen(wire::TcpConnection::State state) noexcept {
    using State = wire::TcpConnection::State;
    using Seen = proto::ConnectionSeen::State;
    switch (state) {
        case State::open: return Seen::open;
        case State::refused: return Seen::refused;
        case State::closed: return Seen::closed;
        case State::reset: return Seen::reset;
        case State::unseen:
        case State::dialling: break;
    }
    return Seen::dialling;
}

}  // namespace

std::size_t CaptureAssembly::FlowHash::operator()(const Flow& flow) const noexcept {
    const std::uint64_t ports = std::uint64_t{flow.ends[0].port} << 16 | flow.ends[1].port;
    return static_cast<std::size_t>(wire::hash64(flow.ends[0].address.bytes(), wire::hash64(flow.ends[1].address.bytes(), ports)));
}

CaptureAssembly::CaptureAssembly(const CaptureOptions& options, const CaptureSink& sink, CaptureFacts& facts)
    : options_(options), sink_(sink), facts_(facts), duplicates_(options.dedup ? dedup_sets : 1) {}

void CaptureAssembly::not_decoded(const wire::NotDecoded& why) { ++facts_.not_decoded[why.text()]; }

void CaptureAssembly::frame(const wire::CapturedFrame& captured, std::uint64_t number, std::uint32_t file) {
    if (captured.wire_length > captured.bytes.size()) ++facts_.cut_frames;
    const FrameTag tag{number, captured.time, file};
    last_ = tag;
    if (!fragments_) fragments_.emplace(fragment_limits(options_), captured.time);
    layers(captured.link_type, captured.bytes, captured.wire_length, tag, file << 16 | captured.interface);
}

void CaptureAssembly::layers(std::uint32_t link_type, ByteView bytes, std::size_t wire_length, const FrameTag& tag, std::uint32_t point) {
    const auto decoded = wire::decode_frame(link_type, bytes, wire_length);
    if (!decoded) return not_decoded(decoded.error());
    for (std::size_t i = 0; i < decoded->vlan_count; ++i) ++facts_.vlans[decoded->vlans[i]];
    for (std::size_t i = 0; i < decoded->tunnel_count; ++i) ++facts_.tunnels[std::string(decoded->tunnels[i])];
    if (options_.dedup && duplicates_.is_copy(*decoded, bytes, point, tag.time)) {
        ++facts_.duplicates;
        return;
    }
    if (!decoded->ip.fragment) return datagram(decoded->ip, tag);
    if (auto whole = fragments_->push(decoded->ip, tag.time)) {
        if (whole->source.is_v6())
            if (const auto refused = wire::skip_ipv6_extensions(*whole)) return not_decoded(*refused);
        if (whole->fragment) return not_decoded({"a fragment in a fragment"});
        reassembled(*whole, tag, point);
    }
}

// A mirror's tunnel cuts full frames in two: what they carry is opened once they are whole. The packet inside may be
// a fragment again and is smaller than its carrier, so this ends; it is copied because the buffer is used again.
void CaptureAssembly::reassembled(const wire::IpPacket& whole, const FrameTag& tag, std::uint32_t point) {
    const auto inner = wire::tunnelled(whole);
    if (!inner) return datagram(whole, tag);
    ++facts_.tunnels[std::string(inner->kind)];
    const Bytes bytes(inner->bytes.begin(), inner->bytes.end());
    layers(inner->link_type, bytes, bytes.size() + inner->cut, tag, point);
}

void CaptureAssembly::datagram(const wire::IpPacket& ip, const FrameTag& tag) {
    switch (ip.protocol) {
        case wire::ip_protocol::udp: return udp(ip, tag);
        case wire::ip_protocol::tcp: return tcp(ip, tag);
        case wire::ip_protocol::icmp:
        case wire::ip_protocol::icmpv6: return icmp(ip, tag);
        default: not_decoded(wire::name_of_ip_protocol(ip.protocol));
    }
}

void CaptureAssembly::udp(const wire::IpPacket& ip, const FrameTag& tag) {
    const auto datagram = wire::decode_udp(ip);
    if (!datagram) return not_decoded(datagram.error());
    ++facts_.udp;
    if (!sink_.packet) return;
    proto::Packet packet;
    packet.number = tag.number;
    packet.time = tag.time;
    packet.link = tag.file;
    packet.source = {ip.source, datagram->source_port};
    packet.destination = {ip.destination, datagram->destination_port};
    packet.bytes = datagram->payload;
    packet.cut = datagram->cut;
    sink_.packet(packet);
}

void CaptureAssembly::icmp(const wire::IpPacket& ip, const FrameTag& tag) {
    ++facts_.icmp;
    const auto about = wire::decode_unreachable(ip);
    if (about && sink_.unreachable) sink_.unreachable({tag.number, tag.time, about->source, about->destination, about->code});
}

CaptureAssembly::Connection& CaptureAssembly::connection_of(const Flow& flow) {
    if (const auto found = index_.find(flow); found != index_.end()) {
        connections_.splice(connections_.begin(), connections_, found->second);
        return connections_.front();
    }
    if (connections_.size() >= max_connections) {
        close(connections_.back(), last_);
        index_.erase(connections_.back().flow);
        connections_.pop_back();
    }
    connections_.emplace_front().flow = flow;
    index_.emplace(flow, connections_.begin());
    return connections_.front();
}

// Gives out the pieces of one direction; a TcpStream gets it by reference, which costs no allocation.
struct CaptureAssembly::Giver {
    const CaptureSink& sink;
    const Connection& connection;
    std::size_t from;
    const FrameTag& tag;

    void operator()(const wire::TcpPiece& piece) const {
        if (!sink.packet) return;
        proto::Packet packet;
        packet.number = piece.frame;
        packet.time = tag.time;
        packet.link = tag.file;
        packet.source = connection.flow.ends[from];
        packet.destination = connection.flow.ends[1 - from];
        packet.transport = proto::Transport::tcp;
        packet.bytes = piece.bytes;
        packet.stream_offset = piece.offset;
        packet.gap = piece.gap;
        sink.packet(packet);
    }
};

void CaptureAssembly::tcp(const wire::IpPacket& ip, const FrameTag& tag) {
    const auto segment = wire::decode_tcp(ip);
    if (!segment) return not_decoded(segment.error());
    ++facts_.tcp;
    const Endpoint source{ip.source, segment->source_port};
    const Endpoint destination{ip.destination, segment->destination_port};
    const std::size_t from = source < destination ? 0 : 1;
    Connection& connection = connection_of(from == 0 ? Flow{{source, destination}} : Flow{{destination, source}});
    wire::TcpStream& stream = connection.streams[from];
    wire::TcpStream& other = connection.streams[1 - from];
    if (connection.life.see(from, *segment, {tag.number, tag.time})) tell(connection, tag);
    const std::size_t before = stream.held_bytes() + other.held_bytes();
    const Giver giver{sink_, connection, from, tag};
    const Giver other_giver{sink_, connection, 1 - from, tag};
    if (segment->ack && !segment->rst) other.acknowledged(segment->acknowledgement, std::cref(other_giver));
    stream.push(*segment, tag.number, std::cref(giver));
    held_bytes_ += stream.held_bytes() + other.held_bytes() - before;
    if (held_bytes_ > options_.max_reassembly_bytes / 4 * 3) {
        held_bytes_ -= stream.held_bytes();
        stream.release_held(std::cref(giver));
    }
}

void CaptureAssembly::tell(const Connection& connection, const FrameTag& tag) {
    using State = wire::TcpConnection::State;
    const wire::TcpConnection& life = connection.life;
    if (life.state() == State::dialling && life.syn_copies() == 1) ++facts_.tcp_connections;
    if (life.state() == State::refused) ++facts_.tcp_refused;
    if (!sink_.connection) return;
    proto::ConnectionSeen seen;
    seen.state = as_seen(life.state());
    seen.link = tag.file;
    seen.opener = connection.flow.ends[life.opener()];
    seen.listener = connection.flow.ends[1 - life.opener()];
    seen.first_sequence = life.first_sequence();
    seen.syn_frame = life.syn().frame;
    seen.syn_time = life.syn().time;
    seen.syn_copies = life.syn_copies();
    seen.frame = tag.number;
    seen.time = tag.time;
    seen.ended_by_opener = life.ended_by() == life.opener();
    seen.opener_bytes = life.bytes(life.opener());
    seen.listener_bytes = life.bytes(1 - life.opener());
    sink_.connection(seen);
}

// A direction of which less than half was captured was not looked at: that is no loss on the way into the capture.
void CaptureAssembly::count(const wire::TcpStream::Counts& counts) {
    facts_.tcp_gap_bytes += counts.gap_bytes;
    facts_.tcp_conflicts += counts.conflicts;
    facts_.tcp_retransmitted_bytes += counts.retransmitted_bytes;
    facts_.tcp_lost_bytes += counts.lost_bytes;
    if (counts.lost_segments > counts.segments) return;
    facts_.tcp_lost_segments += counts.lost_segments;
    facts_.tcp_data_segments += counts.segments;
}

void CaptureAssembly::close(Connection& connection, const FrameTag& tag) {
    const wire::TcpConnection& life = connection.life;
    if (life.state() == wire::TcpConnection::State::dialling && life.syn_copies() >= 3) ++facts_.tcp_unanswered;
    for (std::size_t from = 0; from < 2; ++from) {
        wire::TcpStream& stream = connection.streams[from];
        held_bytes_ -= stream.held_bytes();
        const Giver giver{sink_, connection, from, tag};
        stream.finish(std::cref(giver));
        count(stream.counts());
    }
}

void CaptureAssembly::finish() {
    for (auto connection = connections_.rbegin(); connection != connections_.rend(); ++connection) close(*connection, last_);
    connections_.clear();
    index_.clear();
    facts_.twins = duplicates_.unproved_twins();
    facts_.copies = duplicates_.pairs().twice;
    facts_.copies_missing = duplicates_.pairs().once;
    if (!fragments_) return;
    fragments_->finish(last_.time);
    facts_.fragments = fragments_->counts().fragments;
    facts_.incomplete_datagrams = fragments_->counts().incomplete;
    facts_.conflicting_fragments = fragments_->counts().conflicting;
}

}  // namespace gbkit::io
