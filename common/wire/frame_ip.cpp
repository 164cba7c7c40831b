#include "wire/frame_ip.hpp"

#include <algorithm>

#include "wire/load.hpp"

namespace gbkit::wire {

namespace {

constexpr std::uint8_t hop_by_hop = 0, routing = 43, fragment_header = 44, authentication = 51, no_next_header = 59,
                       destination_options = 60, mobility = 135;

tl::unexpected<NotDecoded> not_decoded(std::string_view what) { return tl::unexpected<NotDecoded>(NotDecoded{what}); }

// The payload is `length` bytes long by its header: padding goes, what was not captured is counted.
void bound_payload(IpPacket& packet, ByteView captured, std::size_t length) {
    packet.payload = captured.first(std::min(captured.size(), length));
    packet.cut = length - packet.payload.size();
}

Decoded<IpPacket> decode_ipv4(ByteView bytes, std::size_t wire_length) {
    if (bytes.size() < 20) return not_decoded("IPv4 header cut off");
    const std::size_t header = (bytes[0] & 0x0FU) * 4U;
    std::size_t total = load16be(bytes, 2);
    if (total == 0) total = wire_length;  // segmentation offload: the card fills it in after the capture
    if (header < 20 || total < header) return not_decoded("bad IPv4 header");
    if (bytes.size() < header) return not_decoded("IPv4 header cut off");
    const std::uint16_t flags = load16be(bytes, 6);
    IpPacket packet;
    packet.source = IpAddress::from_bytes(bytes.subspan(12, 4));
    packet.destination = IpAddress::from_bytes(bytes.subspan(16, 4));
    packet.protocol = bytes[9];
    packet.hop_limit = bytes[8];
    packet.id = load16be(bytes, 4);
    packet.more_fragments = (flags & 0x2000U) != 0;
    packet.fragment_offset = (flags & 0x1FFFU) * 8U;
    packet.fragment = packet.more_fragments || packet.fragment_offset != 0;
    bound_payload(packet, bytes.subspan(header), total - header);
    return packet;
}

Decoded<IpPacket> decode_ipv6(ByteView bytes, std::size_t wire_length) {
    if (bytes.size() < 40) return not_decoded("IPv6 header cut off");
    std::size_t length = load16be(bytes, 4);
    if (length == 0) length = std::max(wire_length, bytes.size()) - 40;  // jumbogram or segmentation offload
    IpPacket packet;
    packet.source = IpAddress::from_bytes(bytes.subspan(8, 16));
    packet.destination = IpAddress::from_bytes(bytes.subspan(24, 16));
    packet.protocol = bytes[6];
    packet.hop_limit = bytes[7];
    bound_payload(packet, bytes.subspan(40), length);
    if (auto refused = skip_ipv6_extensions(packet)) return tl::unexpected<NotDecoded>(*refused);
    return packet;
}

// RFC 8200 section 4.5
void read_fragment_header(IpPacket& packet) {
    const std::uint16_t offset = load16be(packet.payload, 2);
    packet.id = load32be(packet.payload, 4);
    packet.fragment_offset = offset & 0xFFF8U;
    packet.more_fragments = (offset & 1U) != 0;
    packet.fragment = packet.more_fragments || packet.fragment_offset != 0;  // neither: an atomic fragment, whole
}

}  // namespace

std::string NotDecoded::text() const {
    return number ? std::string(what) + ' ' + std::to_string(*number) : std::string(what);
}

std::optional<NotDecoded> skip_ipv6_extensions(IpPacket& packet) {
    while (true) {
        const std::uint8_t type = packet.protocol;
        const bool known = type == hop_by_hop || type == routing || type == fragment_header || type == authentication ||
                           type == destination_options || type == mobility;
        if (!known) return std::nullopt;
        if (packet.payload.size() < 8) return NotDecoded{packet.cut > 0 ? "IPv6 header cut off" : "bad IPv6 extension header"};
        std::size_t length = 8 + packet.payload[1] * 8U;
        if (type == authentication) length = 8 + packet.payload[1] * 4U;  // RFC 4302 section 2.2
        if (type == fragment_header) length = 8;
        if (length > packet.payload.size()) return NotDecoded{packet.cut > 0 ? "IPv6 header cut off" : "bad IPv6 extension header"};
        if (type == fragment_header) read_fragment_header(packet);
        packet.protocol = packet.payload[0];
        packet.payload = packet.payload.subspan(length);
        if (packet.fragment) return std::nullopt;  // what follows is whole only after reassembly
    }
}

Decoded<IpPacket> decode_ip(ByteView bytes, std::size_t wire_length) {
    if (bytes.empty()) return not_decoded("IP header cut off");
    if (bytes[0] >> 4 == 4) return decode_ipv4(bytes, wire_length);
    if (bytes[0] >> 4 == 6) return decode_ipv6(bytes, wire_length);
    return not_decoded("bad IP version");
}

NotDecoded name_of_ip_protocol(std::uint8_t protocol) noexcept {
    switch (protocol) {
        case ip_protocol::icmp: return {"ICMP"};
        case 2: return {"IGMP"};
        case 4: case 41: return {"IP in IP"};
        case ip_protocol::tcp: return {"TCP"};
        case ip_protocol::udp: return {"UDP"};
        case 47: return {"GRE"};
        case 50: return {"ESP"};
        case ip_protocol::icmpv6: return {"ICMPv6"};
        case no_next_header: return {"IPv6 without a payload"};
        case 89: return {"OSPF"};
        case 103: return {"PIM"};
        case 112: return {"VRRP"};
        case 115: return {"L2TP"};
        case 132: return {"SCTP"};
        default: return {"IP protocol", protocol};
    }
}

}  // namespace gbkit::wire
