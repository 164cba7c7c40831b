#include "wire/frame_transport.hpp"

#include <algorithm>
#include <array>

#include "wire/load.hpp"

namespace gbkit::wire {

namespace {

tl::unexpected<NotDecoded> not_decoded(std::string_view what) { return tl::unexpected<NotDecoded>(NotDecoded{what}); }

// RFC 4443 section 3.1 in the numbers of RFC 792 and RFC 1812 section 5.2.7.1.
std::uint8_t icmpv4_code(std::uint8_t icmpv6_code) noexcept {
    constexpr std::array<std::uint8_t, 5> codes{0, 13, 1, 1, 3};  // no route, prohibited, scope, address, port
    return icmpv6_code < codes.size() ? codes[icmpv6_code] : 13;  // 5, 6: refused by a policy or a reject route
}

}  // namespace

Decoded<UdpDatagram> decode_udp(const IpPacket& packet) {
    const ByteView bytes = packet.payload;
    if (bytes.size() < 8) return not_decoded(packet.cut > 0 ? "UDP header cut off" : "bad UDP header");
    const std::size_t available = bytes.size() + packet.cut;
    const std::size_t length = load16be(bytes, 4) == 0 ? available : load16be(bytes, 4);  // 0: a jumbogram, RFC 2675
    if (length < 8 || length > available) return not_decoded("bad UDP length");
    UdpDatagram datagram{load16be(bytes, 0), load16be(bytes, 2), bytes.subspan(8, std::min(length, bytes.size()) - 8), 0};
    datagram.cut = length - 8 - datagram.payload.size();
    return datagram;
}

Decoded<TcpSegment> decode_tcp(const IpPacket& packet) {
    const ByteView bytes = packet.payload;
    if (bytes.size() < 20) return not_decoded(packet.cut > 0 ? "TCP header cut off" : "bad TCP header");
    const std::size_t header = (bytes[12] >> 4) * 4U;
    if (header < 20) return not_decoded("bad TCP header");
    if (header > bytes.size()) return not_decoded(packet.cut > 0 ? "TCP header cut off" : "bad TCP header");
    const std::uint8_t flags = bytes[13];
    TcpSegment segment;
    segment.source_port = load16be(bytes, 0);
    segment.destination_port = load16be(bytes, 2);
    segment.sequence = load32be(bytes, 4);
    segment.acknowledgement = load32be(bytes, 8);
    segment.fin = (flags & 0x01U) != 0;
    segment.syn = (flags & 0x02U) != 0;
    segment.rst = (flags & 0x04U) != 0;
    segment.ack = (flags & 0x10U) != 0;
    segment.payload = bytes.subspan(header);
    segment.cut = packet.cut;
    return segment;
}

std::optional<UdpUnreachable> decode_unreachable(const IpPacket& packet) {
    const ByteView bytes = packet.payload;
    const bool v6 = packet.protocol == ip_protocol::icmpv6;
    if (bytes.size() < 8 || bytes[0] != (v6 ? 1 : 3)) return std::nullopt;
    const auto inner = decode_ip(bytes.subspan(8), bytes.size() - 8);
    const bool has_ports = inner && inner->protocol == ip_protocol::udp && inner->fragment_offset == 0 && inner->payload.size() >= 4;
    if (!has_ports) return std::nullopt;
    return UdpUnreachable{{inner->source, load16be(inner->payload, 0)},
                          {inner->destination, load16be(inner->payload, 2)},
                          v6 ? icmpv4_code(bytes[1]) : bytes[1]};
}

}  // namespace gbkit::wire
