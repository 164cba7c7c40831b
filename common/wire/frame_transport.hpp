// UDP (RFC 768), TCP (RFC 9293) and the ICMP errors (RFC 792, RFC 4443) about UDP packets.
//
//  UDP  | source port 2 | destination port 2 | length 2 | checksum 2 | payload
//  TCP  | source port 2 | destination port 2 | sequence 4 | acknowledgement 4 |
//       | data offset 4 bits, reserved 4, flags 8: .. ACK PSH RST SYN FIN | window 2 | checksum 2 | urgent 2 | options
//  ICMP | type 1 | code 1 | checksum 2 | unused 4 | IP header and 8 bytes or more of the packet it is about
#pragma once

#include <cstdint>
#include <optional>

#include "base/endpoint.hpp"
#include "wire/frame_ip.hpp"

namespace gbkit::wire {

struct UdpDatagram {
    std::uint16_t source_port = 0;
    std::uint16_t destination_port = 0;
    ByteView payload;
    std::size_t cut = 0;  // bytes of the payload that were not captured
};

struct TcpSegment {
    std::uint16_t source_port = 0;
    std::uint16_t destination_port = 0;
    std::uint32_t sequence = 0;
    std::uint32_t acknowledgement = 0;
    bool fin = false, syn = false, rst = false, ack = false;
    ByteView payload;     // may be shorter than on the wire; the stream then has a gap
    std::size_t cut = 0;
};

/// "Destination unreachable" about a UDP packet; the ends are those of that packet.
struct UdpUnreachable {
    Endpoint source;
    Endpoint destination;
    std::uint8_t code = 0;  // of RFC 792; an ICMPv6 code is translated (its port unreachable, 4, becomes 3)
};

/// The packet must be whole (not a fragment).
[[nodiscard]] Decoded<UdpDatagram> decode_udp(const IpPacket& packet);
[[nodiscard]] Decoded<TcpSegment> decode_tcp(const IpPacket& packet);
/// Nothing for any other ICMP message, and for an error about something other than UDP.
[[nodiscard]] std::optional<UdpUnreachable> decode_unreachable(const IpPacket& packet);

}  // namespace gbkit::wire
