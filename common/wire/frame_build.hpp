// IP packets made for payloads that were seen on a socket: what --pcap writes and readers take apart again.
//
// Addresses, ports and payload are real; the rest of the headers (TTL 64, window, identification) is invented.
// Checksums are right (RFC 1071). IPv4 when both ends are, otherwise IPv6 (an IPv4 end as ::ffff:a.b.c.d).
#pragma once

#include <cstdint>

#include "base/bytes.hpp"
#include "base/endpoint.hpp"

namespace gbkit::wire {

/// The longest UDP payload that fits into an IP packet between these ends.
[[nodiscard]] std::size_t max_udp_payload(const Endpoint& source, const Endpoint& destination) noexcept;

/// Appends an IP packet with one UDP datagram; the payload is at most max_udp_payload(). With `cut`, that many
/// bytes follow on the wire that are not known: the lengths count them, the checksum is left out.
void append_udp(Bytes& out, const Endpoint& source, const Endpoint& destination, std::uint16_t id, ByteView payload,
                std::size_t cut = 0);

struct TcpFields {
    std::uint32_t sequence = 0;
    std::uint32_t acknowledgement = 0;
    bool syn = false, fin = false, ack = false, rst = false;
};
/// Appends an IP packet with one TCP segment; at most 65000 bytes of payload.
void append_tcp(Bytes& out, const Endpoint& source, const Endpoint& destination, std::uint16_t id, const TcpFields& fields,
                ByteView payload);

/// Appends "destination unreachable" about a UDP packet from source to destination, sent by the destination.
/// `code` is that of RFC 792; for IPv6 its nearest of RFC 4443.
void append_unreachable(Bytes& out, const Endpoint& source, const Endpoint& destination, std::uint16_t id, std::uint8_t code);

}  // namespace gbkit::wire
