#include "wire/frame_tunnel.hpp"

#include "wire/frame.hpp"
#include "wire/load.hpp"

namespace gbkit::wire {

namespace {

constexpr std::uint8_t ipv4_in_ip = 4, ipv6_in_ip = 41, gre = 47;
constexpr std::uint16_t vxlan_port = 4789;

std::optional<Tunnelled> inside(const IpPacket& packet, std::string_view kind, std::uint32_t link, std::size_t header) noexcept {
    if (packet.payload.size() < header) return std::nullopt;
    return Tunnelled{kind, link, packet.payload.subspan(header), packet.cut};
}

// ERSPAN III ends its header with O: 8 more bytes follow.
std::size_t erspan_3_header(ByteView bytes, std::size_t at) noexcept {
    return bytes.size() >= at + 12 && (bytes[at + 11] & 1U) != 0 ? 20 : 12;
}

std::optional<Tunnelled> in_gre(const IpPacket& packet) noexcept {
    if (packet.payload.size() < 4) return std::nullopt;
    const std::uint16_t flags = load16be(packet.payload, 0);
    const std::uint16_t protocol = load16be(packet.payload, 2);
    const bool checksum = (flags & 0x8000U) != 0, key = (flags & 0x2000U) != 0, sequence = (flags & 0x1000U) != 0;
    const bool acknowledgement = (flags & 0x0080U) != 0;  // version 1 only (RFC 2637)
    const unsigned version = flags & 7U;
    std::size_t header = 4 + (checksum ? 4U : 0U) + (key ? 4U : 0U) + (sequence ? 4U : 0U);
    if (version == 1) return inside(packet, "GRE", link_type::ppp, header + (acknowledgement ? 4U : 0U));
    if (version != 0) return std::nullopt;
    switch (protocol) {
        case 0x0800: case 0x86DD: return inside(packet, "GRE", link_type::raw, header);
        case 0x6558: return inside(packet, "GRE", link_type::ethernet, header);
        case 0x88BE: return inside(packet, "ERSPAN", link_type::ethernet, header + (sequence ? 8U : 0U));
        case 0x22EB: return inside(packet, "ERSPAN", link_type::ethernet, header + erspan_3_header(packet.payload, header));
        default: return std::nullopt;
    }
}

std::optional<Tunnelled> in_vxlan(const IpPacket& packet) noexcept {
    const ByteView bytes = packet.payload;
    if (bytes.size() < 8 + 8 + 14 || load16be(bytes, 2) != vxlan_port) return std::nullopt;
    if (load32be(bytes, 8) != 0x0800'0000 || bytes[15] != 0) return std::nullopt;
    return inside(packet, "VXLAN", link_type::ethernet, 16);
}

}  // namespace

std::optional<Tunnelled> tunnelled(const IpPacket& packet) noexcept {
    switch (packet.protocol) {
        case ipv4_in_ip: case ipv6_in_ip: return inside(packet, "IP in IP", link_type::raw, 0);
        case gre: return in_gre(packet);
        case ip_protocol::udp: return in_vxlan(packet);
        default: return std::nullopt;
    }
}

}  // namespace gbkit::wire
