#include "wire/frame.hpp"

#include <algorithm>

#include "wire/frame_tunnel.hpp"
#include "wire/frame_wifi.hpp"
#include "wire/load.hpp"

namespace gbkit::wire {

namespace {

constexpr std::uint16_t type_ipv4 = 0x0800, type_ipv6 = 0x86DD, type_vlan = 0x8100, type_service_vlan = 0x88A8,
                        type_old_vlan = 0x9100, type_pppoe = 0x8864;

// What is left of the frame after the headers read so far.
struct Cursor {
    ByteView bytes;
    std::size_t at = 0;
    [[nodiscard]] bool has(std::size_t count) const noexcept { return bytes.size() - at >= count; }
    std::uint16_t u16() noexcept {
        at += 2;
        return load16be(bytes, at - 2);
    }
};

NotDecoded name_of_ethertype(std::uint16_t type) noexcept {
    switch (type) {
        case 0x0806: return {"ARP"};
        case 0x8035: return {"RARP"};
        case 0x8847: case 0x8848: return {"MPLS"};
        case 0x8863: return {"PPPoE discovery"};
        case 0x888E: return {"802.1X"};
        case 0x8892: return {"PROFINET"};
        case 0x8899: return {"Realtek loop detection"};
        case 0x88CC: return {"LLDP"};
        case 0x88F7: return {"PTP"};
        case 0x9000: return {"Ethernet loopback"};
        default: break;
    }
    return type < 0x0600 ? NotDecoded{"802.3 (spanning tree and the like)"} : NotDecoded{"ethertype", type};
}

std::optional<NotDecoded> read_link(std::uint32_t link, Cursor cursor, std::size_t wire_length, Frame& frame);

// The views of a packet lie in the frame: the place of what it carries is their distance.
std::optional<NotDecoded> read_tunnelled(const Tunnelled& inner, Cursor cursor, Frame& frame) {
    frame.tunnels[frame.tunnel_count++] = inner.kind;
    const auto at = static_cast<std::size_t>(inner.bytes.data() - cursor.bytes.data());
    const std::size_t end = at + inner.bytes.size();
    return read_link(inner.link_type, Cursor{cursor.bytes.first(end), at}, end + inner.cut, frame);
}

std::optional<NotDecoded> read_ip(const Cursor& cursor, std::size_t wire_length, Frame& frame) {
    frame.link_bytes = cursor.at;
    auto packet = decode_ip(cursor.bytes.subspan(cursor.at), wire_length - cursor.at);
    if (!packet) return packet.error();
    if (!packet->fragment && frame.tunnel_count < frame.tunnels.size())
        if (const auto inner = tunnelled(*packet)) return read_tunnelled(*inner, cursor, frame);
    frame.ip = *packet;
    return std::nullopt;
}

std::optional<NotDecoded> read_ppp_protocol(std::uint16_t protocol, const Cursor& cursor, std::size_t wire_length, Frame& frame) {
    if (protocol == 0x0021 || protocol == 0x0057) return read_ip(cursor, wire_length, frame);
    return NotDecoded{"PPP control"};
}

// RFC 2516 section 4: no PPP address and control bytes, the protocol in two bytes.
std::optional<NotDecoded> read_pppoe(Cursor cursor, std::size_t wire_length, Frame& frame) {
    if (!cursor.has(8)) return NotDecoded{"PPPoE header cut off"};
    cursor.at += 6;
    const std::uint16_t protocol = cursor.u16();
    return read_ppp_protocol(protocol, cursor, wire_length, frame);
}

// RFC 1661 section 2, RFC 1662 section 3: address and control may be left out, a protocol below 256 may be one byte.
std::optional<NotDecoded> read_ppp(Cursor cursor, std::size_t wire_length, Frame& frame) {
    if (cursor.has(2) && load16be(cursor.bytes, cursor.at) == 0xFF03) cursor.at += 2;
    if (!cursor.has(2)) return NotDecoded{"PPP header cut off"};
    const std::uint8_t first = cursor.bytes[cursor.at];
    if ((first & 1U) != 0) return read_ppp_protocol(first, Cursor{cursor.bytes, cursor.at + 1}, wire_length, frame);
    const std::uint16_t protocol = cursor.u16();
    return read_ppp_protocol(protocol, cursor, wire_length, frame);
}

std::optional<NotDecoded> read_ethertype(std::uint16_t type, Cursor cursor, std::size_t wire_length, Frame& frame) {
    while (type == type_vlan || type == type_service_vlan || type == type_old_vlan) {
        if (!cursor.has(4)) return NotDecoded{"VLAN tag cut off"};
        const std::uint16_t id = cursor.u16() & 0x0FFF;
        if (frame.vlan_count < frame.vlans.size()) frame.vlans[frame.vlan_count++] = id;
        type = cursor.u16();
    }
    if (type == type_ipv4 || type == type_ipv6) return read_ip(cursor, wire_length, frame);
    if (type == type_pppoe) return read_pppoe(cursor, wire_length, frame);
    return name_of_ethertype(type);
}

std::optional<NotDecoded> read_ethernet(Cursor cursor, std::size_t wire_length, Frame& frame) {
    if (!cursor.has(14)) return NotDecoded{"Ethernet header cut off"};
    cursor.at += 12;
    const std::uint16_t type = cursor.u16();
    return read_ethertype(type, cursor, wire_length, frame);
}

std::optional<NotDecoded> read_cooked(std::uint32_t link, ByteView bytes, std::size_t wire_length, Frame& frame) {
    const bool first = link == link_type::linux_sll;
    const std::size_t header = first ? 16 : 20;
    if (bytes.size() < header) return NotDecoded{"Linux cooked header cut off"};
    const std::size_t address_length = std::min<std::size_t>(first ? load16be(bytes, 4) : bytes[11], 8);
    frame.noise_at = (first ? 6 : 12) + address_length;
    frame.noise_bytes = 8 - address_length;
    return read_ethertype(load16be(bytes, first ? 14 : 0), Cursor{bytes, header}, wire_length, frame);
}

// The family is a number of the system that captured, in its byte order (loop: network order).
std::optional<NotDecoded> read_null(ByteView bytes, std::size_t wire_length, Frame& frame) {
    if (bytes.size() < 4) return NotDecoded{"null header cut off"};
    const std::uint32_t family = std::min(load32be(bytes, 0), load32le(bytes, 0));
    const bool internet = family == 2 || family == 10 || family == 24 || family == 28 || family == 30;
    return internet ? read_ip(Cursor{bytes, 4}, wire_length, frame) : NotDecoded{"address family", family};
}

std::optional<NotDecoded> read_wifi(Cursor cursor, bool padded, std::size_t wire_length, Frame& frame) {
    const auto ethertype = wifi_ethertype_at(cursor.bytes, cursor.at, padded);
    if (!ethertype) return ethertype.error();
    cursor.at = *ethertype;
    const std::uint16_t type = cursor.u16();
    return read_ethertype(type, cursor, wire_length, frame);
}

std::optional<NotDecoded> read_radio(ByteView bytes, std::size_t wire_length, Frame& frame) {
    const auto radiotap = read_radiotap(bytes);
    if (!radiotap) return radiotap.error();
    return read_wifi(Cursor{bytes, radiotap->length}, radiotap->padded, wire_length, frame);
}

// Only Ethernet, PPP and IP itself are carried by tunnels, so only they may begin inside a frame.
std::optional<NotDecoded> read_link(std::uint32_t link, Cursor cursor, std::size_t wire_length, Frame& frame) {
    switch (link) {
        case link_type::ethernet: return read_ethernet(cursor, wire_length, frame);
        case link_type::linux_sll:
        case link_type::linux_sll2: return read_cooked(link, cursor.bytes, wire_length, frame);
        case link_type::null:
        case link_type::loop: return read_null(cursor.bytes, wire_length, frame);
        case link_type::ppp:
        case link_type::ppp_hdlc: return read_ppp(cursor, wire_length, frame);
        case link_type::wifi: return read_wifi(cursor, false, wire_length, frame);
        case link_type::radiotap: return read_radio(cursor.bytes, wire_length, frame);
        case link_type::raw:
        case link_type::raw_bsd:
        case link_type::raw_openbsd:
        case link_type::ipv4:
        case link_type::ipv6: return read_ip(cursor, wire_length, frame);
        default: return NotDecoded{"link type", link};
    }
}

}  // namespace

Decoded<Frame> decode_frame(std::uint32_t type, ByteView bytes, std::size_t wire_length) {
    Frame frame;
    if (auto refused = read_link(type, Cursor{bytes}, std::max(wire_length, bytes.size()), frame))
        return tl::unexpected<NotDecoded>(*refused);
    return frame;
}

std::string name_of_link_type(std::uint32_t type) {
    switch (type) {
        case link_type::null: return "null";
        case link_type::ethernet: return "Ethernet";
        case link_type::raw:
        case link_type::raw_bsd:
        case link_type::raw_openbsd: return "raw IP";
        case link_type::loop: return "loop";
        case link_type::ppp:
        case link_type::ppp_hdlc: return "PPP";
        case link_type::wifi: return "802.11";
        case link_type::radiotap: return "802.11 with radiotap";
        case link_type::linux_sll: return "Linux cooked 1";
        case link_type::linux_sll2: return "Linux cooked 2";
        case link_type::ipv4: return "raw IPv4";
        case link_type::ipv6: return "raw IPv6";
        default: return NotDecoded{"link type", type}.text();
    }
}

}  // namespace gbkit::wire
