// IPv4 (RFC 791) and IPv6 (RFC 8200) headers of one captured packet, fragments included.
//
//  IPv4  +---+---+-------+---------------+   IPv6  +---+-------+-------------------+
//      0 | 4 |IHL|  TOS  | total length  |       0 | 6 | class | flow label        |
//        +---+---+-------+---------------+         +---+-------+-----+------+------+
//      4 |identification |flags| offset/8|       4 |payload length   | next | hops |
//        +-------+-------+---------------+         +-----------------+------+------+
//      8 |  TTL  |protocol|   checksum   |       8 | source, 16 bytes              |
//        +-------+-------+---------------+         +-------------------------------+
//     12 | source, 4     | destination, 4|      24 | destination, 16 bytes         |
//        +---------------+---------------+         +-------------------------------+
//     20 | options, to 4*IHL             |      40 | extension headers, payload    |
//
// The header's own length decides where the packet ends: what follows is padding (Ethernet frames have at least
// 60 bytes), what is missing was cut off by the capture. Checksums are not judged: network cards fill them in
// after the capture on the sending host.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/endpoint.hpp"

namespace gbkit::wire {

/// Why a frame (or a part of it) gives nothing to look at: "ARP", "link type 147", "bad IPv4 header".
struct NotDecoded {
    std::string_view what;
    std::optional<std::uint32_t> number = std::nullopt;  // "link type", "ethertype", "IP protocol"
    [[nodiscard]] std::string text() const;
};
template <class T>
using Decoded = tl::expected<T, NotDecoded>;

namespace ip_protocol {
inline constexpr std::uint8_t icmp = 1, tcp = 6, udp = 17, icmpv6 = 58;
}

struct IpPacket {
    IpAddress source;
    IpAddress destination;
    std::uint8_t protocol = 0;          // what the payload is; IPv6: after the extension headers
    std::uint8_t hop_limit = 0;         // TTL
    std::uint32_t id = 0;               // IPv4: identification; IPv6: that of the fragment header, 0 without one
    bool fragment = false;
    bool more_fragments = false;
    std::uint32_t fragment_offset = 0;  // bytes
    ByteView payload;                   // padding removed
    std::size_t cut = 0;                // bytes of the payload that were not captured
};

/// `bytes` starts with the IP header; `wire_length` is how long they were on the wire (at least bytes.size()).
[[nodiscard]] Decoded<IpPacket> decode_ip(ByteView bytes, std::size_t wire_length);

/// Walks the IPv6 extension headers at the start of packet.payload, up to the transport or a fragment header;
/// also needed after reassembly, when headers follow the fragment header. Nothing when it went well.
[[nodiscard]] std::optional<NotDecoded> skip_ipv6_extensions(IpPacket& packet);

/// "UDP", "IGMP", "GRE"; other numbers as "IP protocol" with the number.
[[nodiscard]] NotDecoded name_of_ip_protocol(std::uint8_t protocol) noexcept;

}  // namespace gbkit::wire
