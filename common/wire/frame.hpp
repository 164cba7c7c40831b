// Link layers: from a captured frame to the IP packet in it (https://www.tcpdump.org/linktypes.html).
//
//   Ethernet (1)          | destination 6 | source 6 | ethertype 2 | ...          802.3: a length below 1536
//   802.1Q, 802.1ad       | ... 0x8100 or 0x88A8 | priority 3, DEI 1, VLAN 12 | ethertype 2 | ...   may repeat
//   PPPoE session         | ... 0x8864 | version, type, code, session, length: 6 | PPP protocol 2 | ...
//   Linux cooked 1 (113)  | packet type 2 | ARPHRD 2 | address length 2 | address 8 | ethertype 2 | ...
//   Linux cooked 2 (276)  | ethertype 2 | 0 2 | interface 4 | ARPHRD 2 | packet type 1 | length 1 | address 8 | ...
//   null (0), loop (108)  | address family 4, in the order of whoever wrote it | ...
//   PPP (9), PPP with HDLC framing (50)         | address FF, control 03 ? | PPP protocol 1 or 2 | ...
//   802.11 (105), radiotap (127)                wire/frame_wifi
//   raw (101, 12, 14), IPv4 (228), IPv6 (229)   the IP packet itself
//
// A packet that only carries another one (VXLAN, GRE, ERSPAN, IP in IP: wire/frame_tunnel) is opened, four deep.
// A frame that holds no IP packet is named, never guessed at.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "wire/frame_ip.hpp"

namespace gbkit::wire {

namespace link_type {
inline constexpr std::uint32_t null = 0, ethernet = 1, ppp = 9, raw_bsd = 12, raw_openbsd = 14, ppp_hdlc = 50, raw = 101,
                               wifi = 105, loop = 108, linux_sll = 113, radiotap = 127, ipv4 = 228, ipv6 = 229,
                               linux_sll2 = 276;
}

struct Frame {
    IpPacket ip;
    std::array<std::uint16_t, 4> vlans{};  // outermost first; tags beyond the fourth are passed over
    std::uint8_t vlan_count = 0;
    std::array<std::string_view, 4> tunnels{};  // what was opened on the way, outermost first: "VXLAN"
    std::uint8_t tunnel_count = 0;
    std::size_t link_bytes = 0;            // what stands before the IP header (of the innermost packet)
    std::size_t noise_at = 0, noise_bytes = 0;  // in it: the unused rest of a Linux cooked address, left as it was in memory
};

/// `wire_length`: how long the frame was when it was captured, at least bytes.size().
[[nodiscard]] Decoded<Frame> decode_frame(std::uint32_t link_type, ByteView bytes, std::size_t wire_length);

/// "Ethernet", "Linux cooked 1"; others "link type 147".
[[nodiscard]] std::string name_of_link_type(std::uint32_t link_type);

}  // namespace gbkit::wire
