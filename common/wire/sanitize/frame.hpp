// A captured frame with other addresses: link layer, tags and tunnels as they were, what the packet carries from outside.
//
//   | Ethernet, VLAN tags, PPPoE ... | IP | (UDP, VXLAN | GRE | ...) Ethernet | IP | UDP, TCP, ICMP and what they carry |
//     MACs                             addresses, length, checksum    MACs         addresses ...    `payload`, checksum
//
// Kept: the link type, tags, tunnels, TTL, identification, flags. Zeros: IP options, the unused rest of cooked addresses,
// checksums of what was captured short. What cannot be done safely is named instead: routing and authentication headers
// (they hold addresses and sums), GRE with a checksum.
#pragma once

#include <array>
#include <cstdint>

#include "wire/frame.hpp"
#include "wire/sanitize/aliases.hpp"

namespace gbkit::wire::sanitize {

/// Where in a frame what must change stands. Offsets; the views of `ip` lie in the frame.
struct FrameLayout {
    template <class Place>
    struct List {
        std::array<Place, 24> places{};
        std::size_t count = 0;
        [[nodiscard]] const Place* begin() const noexcept { return places.data(); }
        [[nodiscard]] const Place* end() const noexcept { return places.data() + count; }
        [[nodiscard]] bool add(const Place& place) noexcept {
            if (count == places.size()) return false;
            places[count++] = place;
            return true;
        }
    };
    struct Range {
        std::size_t at = 0, bytes = 0;
    };
    List<std::size_t> macs;
    List<std::size_t> headers;        // of IP, outermost first
    List<std::size_t> lengths;        // two bytes that count the payload as well: PPPoE, a tunnel's UDP
    List<Range> blanks;               // become zeros
    std::size_t payload_at = 0;       // of the innermost packet
    IpPacket ip;                      // that one
};

/// Everything down to the innermost IP packet; NotDecoded as wire/frame says it, or why it cannot be rewritten.
[[nodiscard]] Decoded<FrameLayout> layout_of(std::uint32_t link_type, ByteView frame, std::size_t wire_length);

/// The frame with `payload` (transport header and all; its checksum is filled in) instead of what it carried. Of a fragment
/// `offset` is its new place. Nothing when it would be longer than an IP packet can be. What was behind the packet goes.
[[nodiscard]] std::optional<Bytes> rewrite_frame(ByteView frame, const FrameLayout& layout, ByteView payload, std::uint32_t offset, Aliases& aliases);

/// An ICMP or ICMPv6 message: of an error the addresses and ports of the packet it is about stay under their aliases, of an
/// echo the numbers. Nothing for any other: it speaks of things that nobody here can replace.
[[nodiscard]] std::optional<Bytes> scrub_icmp(const IpPacket& ip, Aliases& aliases);

}  // namespace gbkit::wire::sanitize
