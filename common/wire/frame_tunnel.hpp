// Packets that carry packets: what mirror ports and carriers put around the one we are after.
//
//   IP in IP (RFC 2003, 4213)   protocol 4, 41
//   GRE (RFC 2784, 2890)        | C.KS.. version | protocol 2 | checksum 4? | key 4? | sequence 4? | IP, Ethernet or PPP
//   ERSPAN I, II, III           GRE 0x88BE without | with a sequence number and 8 bytes, 0x22EB with 12 or 20 | Ethernet
//   VXLAN (RFC 7348)            UDP to 4789 | flags 0x08, 3 zeros | VNI 3, 0 | Ethernet
//
// A device may well use 4789 as its own port: a datagram counts as VXLAN only when its header is exactly that.
#pragma once

#include <cstdint>
#include <optional>

#include "wire/frame_ip.hpp"

namespace gbkit::wire {

struct Tunnelled {
    std::string_view kind;        // "VXLAN", "GRE", "ERSPAN", "IP in IP"
    std::uint32_t link_type = 0;  // of `bytes` (wire/frame.hpp)
    ByteView bytes;               // inside packet.payload
    std::size_t cut = 0;          // bytes after them that were not captured
};

/// What a whole packet (no fragment) carries when it is a tunnel's; nothing when it is an end in itself.
[[nodiscard]] std::optional<Tunnelled> tunnelled(const IpPacket& packet) noexcept;

}  // namespace gbkit::wire
