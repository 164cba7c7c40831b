#include "wire/sanitize/frame.hpp"

#include <algorithm>

#include "wire/checksum.hpp"
#include "wire/frame_tunnel.hpp"
#include "wire/frame_wifi.hpp"
#include "wire/load.hpp"

namespace gbkit::wire::sanitize {

namespace {

constexpr std::uint16_t type_ipv4 = 0x0800, type_ipv6 = 0x86DD, type_vlan = 0x8100, type_service_vlan = 0x88A8, type_old_vlan = 0x9100,
                        type_pppoe = 0x8864;
constexpr std::uint8_t hop_by_hop = 0, fragment_header = 44, destination_options = 60, gre = 47;
constexpr std::size_t mac_bytes = 6, longest_ip = 65535;

// Walks the way wire/frame has gone; a false answer means that the frame is none that can be rewritten.
class Walker {
public:
    Walker(ByteView frame, std::size_t wire_length, FrameLayout& layout) : bytes_(frame), wire_length_(wire_length), layout_(layout) {}

    bool link(std::uint32_t type, std::size_t at) {
        switch (type) {
            case link_type::ethernet: return has(at, 14) && macs(at, 2) && ethertype(at + 12);
            case link_type::linux_sll: return has(at, 16) && cooked(at + 6, load16be(bytes_, at + 4)) && ethertype(at + 14);
            case link_type::linux_sll2: return has(at, 20) && cooked(at + 12, bytes_[at + 11]) && packet_of(load16be(bytes_, at), at + 20);
            case link_type::null:
            case link_type::loop: return ip(at + 4);
            case link_type::ppp:
            case link_type::ppp_hdlc: return ppp(at);
            case link_type::wifi: return wifi(at, false);
            case link_type::radiotap: return radio(at);
            default: return ip(at);
        }
    }

private:
    [[nodiscard]] bool has(std::size_t at, std::size_t count) const noexcept { return at <= bytes_.size() && bytes_.size() - at >= count; }

    bool macs(std::size_t at, std::size_t count) {
        for (std::size_t i = 0; i < count; ++i)
            if (!layout_.macs.add(at + i * mac_bytes)) return false;
        return true;
    }

    bool blank(std::size_t at, std::size_t count) { return count == 0 || layout_.blanks.add({at, count}); }

    // Eight bytes with an address of this length in them.
    bool cooked(std::size_t at, std::size_t length) { return length == mac_bytes ? macs(at, 1) && blank(at + mac_bytes, 2) : blank(at, 8); }

    bool ethertype(std::size_t at) { return has(at, 2) && packet_of(load16be(bytes_, at), at + 2); }

    bool packet_of(std::uint16_t type, std::size_t at) {
        while (type == type_vlan || type == type_service_vlan || type == type_old_vlan) {
            if (!has(at, 4)) return false;
            type = load16be(bytes_, at + 2);
            at += 4;
        }
        if (type == type_pppoe) return has(at, 8) && layout_.lengths.add(at + 4) && ip(at + 8);
        return (type == type_ipv4 || type == type_ipv6) && ip(at);
    }

    bool ppp(std::size_t at) {
        if (has(at, 2) && load16be(bytes_, at) == 0xFF03) at += 2;
        return has(at, 1) && ip(at + ((bytes_[at] & 1U) != 0 ? 1 : 2));
    }

    bool wifi(std::size_t at, bool padded) {
        const auto type = wifi_ethertype_at(bytes_, at, padded);
        if (!type) return false;
        const bool four = (bytes_[at + 1] & 3U) == 3U;
        return macs(at + 4, 3) && (!four || macs(at + 24, 1)) && ethertype(*type);
    }

    // Radio facts only: further words may hold a vendor's own data.
    bool radio(std::size_t at) {
        const auto radiotap = read_radiotap(bytes_.subspan(at));
        return radiotap && (load32le(bytes_, at + 4) & 0xE000'0000U) == 0 && wifi(at + radiotap->length, radiotap->padded);
    }

    bool ip(std::size_t at) {
        if (!has(at, 20)) return false;
        const auto packet = decode_ip(bytes_.subspan(at), wire_length_ - at);
        if (!packet || !layout_.headers.add(at)) return false;
        const auto payload_at = static_cast<std::size_t>(packet->payload.data() - bytes_.data());
        if (!options(at, payload_at)) return false;
        layout_.payload_at = payload_at;
        const auto inner = packet->fragment ? std::nullopt : tunnelled(*packet);
        if (!inner || layout_.headers.count > 4) return true;
        if (packet->protocol == ip_protocol::udp && (!layout_.lengths.add(payload_at + 4) || !blank(payload_at + 6, 2))) return false;
        if (packet->protocol == gre && (bytes_[payload_at] & 0x80U) != 0) return false;
        return link(inner->link_type, static_cast<std::size_t>(inner->bytes.data() - bytes_.data()));
    }

    // Zeros are the end of IPv4's options and padding in those of IPv6.
    bool options(std::size_t at, std::size_t payload_at) {
        if (bytes_[at] >> 4 == 4) return blank(at + 20, payload_at - at - 20);
        std::uint8_t type = bytes_[at + 6];
        for (std::size_t next = at + 40; next < payload_at;) {
            const std::size_t length = type == fragment_header ? 8 : 8 + bytes_[next + 1] * 8U;
            if (type == hop_by_hop || type == destination_options) {
                if (!blank(next + 2, length - 2)) return false;
            } else if (type != fragment_header) return false;
            type = bytes_[next];
            next += length;
        }
        return true;
    }

    ByteView bytes_;
    std::size_t wire_length_;
    FrameLayout& layout_;
};

void put_address(Bytes& out, std::size_t at, std::size_t bytes, Aliases& aliases) {
    const IpAddress alias = aliases.address(IpAddress::from_bytes(ByteView(out).subspan(at, bytes)));
    std::copy(alias.bytes().begin(), alias.bytes().end(), out.begin() + static_cast<std::ptrdiff_t>(at));
}

// Adds to a two-byte length; false when it does not fit. 0 stays: the card fills it in after the capture.
bool add_to(Bytes& out, std::size_t at, std::int64_t longer) {
    const std::int64_t length = load16be(out, at);
    if (length == 0) return true;
    if (length + longer < 0 || length + longer > static_cast<std::int64_t>(longest_ip)) return false;
    store16be(out, at, static_cast<std::uint16_t>(length + longer));
    return true;
}

bool rewrite_header(Bytes& out, std::size_t at, std::int64_t longer, Aliases& aliases) {
    const bool v6 = out[at] >> 4 == 6;
    put_address(out, at + (v6 ? 8 : 12), v6 ? 16 : 4, aliases);
    put_address(out, at + (v6 ? 24 : 16), v6 ? 16 : 4, aliases);
    if (!add_to(out, at + (v6 ? 4 : 2), longer)) return false;
    if (v6) return true;
    store16be(out, at + 10, 0);
    store16be(out, at + 10, checksum_of(sum_of_words(ByteView(out).subspan(at, (out[at] & 0x0FU) * 4U))));
    return true;
}

void place_fragment(Bytes& out, const FrameLayout& layout, std::uint32_t offset) {
    const std::size_t at = layout.headers.end()[-1];
    const bool v6 = out[at] >> 4 == 6;
    const std::size_t field = v6 ? layout.payload_at - 6 : at + 6;
    const std::uint16_t old = load16be(out, field);
    store16be(out, field, v6 ? static_cast<std::uint16_t>((old & 7U) | (offset & 0xFFF8U)) : static_cast<std::uint16_t>((old & 0xE000U) | offset / 8));
}

// Where the checksum of this protocol stands; nothing when it has none here.
std::optional<std::size_t> checksum_at(std::uint8_t protocol) noexcept {
    switch (protocol) {
        case ip_protocol::udp: return 6;
        case ip_protocol::tcp: return 16;
        case ip_protocol::icmp:
        case ip_protocol::icmpv6: return 2;
        default: return std::nullopt;
    }
}

// RFC 768, RFC 9293, RFC 792, RFC 4443. UDP over IPv4 may go without.
void fill_checksum(Bytes& out, const FrameLayout& layout) {
    const auto field = checksum_at(layout.ip.protocol);
    const std::size_t at = layout.payload_at;
    if (!field || layout.ip.fragment || out.size() < at + *field + 2) return;
    const std::size_t header = layout.headers.end()[-1];
    const bool v6 = out[header] >> 4 == 6, udp = layout.ip.protocol == ip_protocol::udp;
    if (udp && !v6 && load16be(out, at + *field) == 0) return;
    store16be(out, at + *field, 0);
    if (layout.ip.cut > 0) return;
    std::uint64_t sum = sum_of_words(ByteView(out).subspan(at));
    if (layout.ip.protocol != ip_protocol::icmp)
        sum = sum_of_words(ByteView(out).subspan(header + (v6 ? 8 : 12), v6 ? 32 : 8), sum + layout.ip.protocol + (out.size() - at));
    const std::uint16_t checksum = checksum_of(sum);
    store16be(out, at + *field, udp && checksum == 0 ? std::uint16_t{0xFFFF} : checksum);
}

void put_mac(Bytes& out, std::size_t at, Aliases& aliases) {
    const auto alias = aliases.mac(ByteView(out).subspan(at, mac_bytes));
    std::copy(alias.begin(), alias.end(), out.begin() + static_cast<std::ptrdiff_t>(at));
}

}  // namespace

Decoded<FrameLayout> layout_of(std::uint32_t link_type, ByteView frame, std::size_t wire_length) {
    const auto decoded = decode_frame(link_type, frame, wire_length);
    if (!decoded) return tl::unexpected<NotDecoded>(decoded.error());
    FrameLayout layout;
    layout.ip = decoded->ip;
    const bool same_way = Walker(frame, wire_length, layout).link(link_type, 0) && layout.headers.count > 0 &&
                          layout.headers.end()[-1] == decoded->link_bytes && frame.data() + layout.payload_at == decoded->ip.payload.data();
    if (!same_way) return tl::unexpected<NotDecoded>(NotDecoded{"what cannot be rewritten"});
    return layout;
}

std::optional<Bytes> rewrite_frame(ByteView frame, const FrameLayout& layout, ByteView payload, std::uint32_t offset, Aliases& aliases) {
    Bytes out(frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(layout.payload_at));
    out.insert(out.end(), payload.begin(), payload.end());
    const std::int64_t longer = static_cast<std::int64_t>(payload.size()) - static_cast<std::int64_t>(layout.ip.payload.size());
    for (const FrameLayout::Range& blank : layout.blanks) std::fill_n(out.begin() + static_cast<std::ptrdiff_t>(blank.at), blank.bytes, std::uint8_t{0});
    for (const std::size_t mac : layout.macs) put_mac(out, mac, aliases);
    for (const std::size_t length : layout.lengths)
        if (!add_to(out, length, longer)) return std::nullopt;
    if (layout.ip.fragment) place_fragment(out, layout, offset);
    for (const std::size_t header : layout.headers)
        if (!rewrite_header(out, header, longer, aliases)) return std::nullopt;
    fill_checksum(out, layout);
    return out;
}

std::optional<Bytes> scrub_icmp(const IpPacket& ip, Aliases& aliases) {
    const bool v6 = ip.protocol == ip_protocol::icmpv6;
    const ByteView bytes = ip.payload;
    if (bytes.size() < 8) return std::nullopt;
    const std::uint8_t type = bytes[0];
    const bool echo = v6 ? type == 128 || type == 129 : type == 0 || type == 8;
    const bool error = v6 ? type >= 1 && type <= 4 : type == 3 || type == 11 || type == 12;
    if (!echo && !error) return std::nullopt;
    Bytes out(bytes.begin(), bytes.begin() + 8);
    out.resize(bytes.size(), 0);
    if (echo) return out;
    const ByteView about = bytes.subspan(8);
    const auto inner = decode_ip(about, about.size());
    if (!inner) return out;
    // Its header, and as much of the next one as ports, length and sequence number take.
    const auto header = static_cast<std::size_t>(inner->payload.data() - about.data());
    const std::size_t fixed = about[0] >> 4 == 6 ? 40 : 20;
    std::copy_n(about.begin(), fixed, out.begin() + 8);
    if (about[0] >> 4 == 6 && header > fixed) return out;   // extension headers become zeros: nothing is known of what follows
    const bool ported = inner->protocol == ip_protocol::udp || inner->protocol == ip_protocol::tcp;
    std::copy_n(inner->payload.begin(), ported ? std::min<std::size_t>(inner->payload.size(), 6) : 0, out.begin() + 8 + static_cast<std::ptrdiff_t>(header));
    if (!rewrite_header(out, 8, 0, aliases)) return std::nullopt;
    return out;
}

}  // namespace gbkit::wire::sanitize
