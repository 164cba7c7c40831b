// Second copies: a mirror port that sends both directions of two ports, or a capture on every interface of a
// router, shows one IP packet twice. Such a copy is counted once.
//
// The difficulty is the packet that was really sent twice. An IP packet has an identity only when its sender
// gave it one: an identification other than 0. Linux writes 0 into every IPv4 packet it may not fragment from
// an unconnected UDP socket, and IPv6 has none outside fragments. So, with equal addresses, protocol, identification, fragment
// place and payload:
//
//   identification not 0          within 10 ms: a copy
//   none, but another path (TTL, VLAN, MAC, interface or file differ)    within 10 ms: a copy
//   none, same path               within 1 ms, and only once this interface has proved to show twins: by a copy
//                                 with an identification, by a TCP segment with data (no sender repeats one in
//                                 1 ms), or by twins from both ends of one conversation. Until then both count.
//
// A SIP request comes again after 500 ms at the earliest (RFC 3261 T1), so it is never taken for a copy.
// Between two hosts whose packets come twice as a rule, a packet that came once is one whose copy the mirror lost.
// What may differ: TTL, IPv4 header checksum, TOS, tags, MAC addresses. The table is of fixed size.
#pragma once

#include <array>
#include <cstdint>
#include <unordered_set>
#include <vector>

#include "base/time.hpp"
#include "wire/frame.hpp"

namespace gbkit::wire {

class Duplicates {
public:
    Duplicates() : Duplicates(4096) {}
    /// 4 entries in each of `sets`; the default remembers 10 ms of a full 10 Gbit/s link of large packets.
    explicit Duplicates(std::size_t sets);

    /// True when the packet in this frame was seen a moment ago. `interface` tells capture points apart.
    [[nodiscard]] bool is_copy(const Frame& frame, ByteView frame_bytes, std::uint32_t interface, Time now);

    /// Packets that came twice on one path within 1 ms and were not proved to be copies: both were counted.
    [[nodiscard]] std::uint64_t unproved_twins() const noexcept { return unproved_twins_; }

    /// How many packets came twice or once, between hosts whose packets come twice as a rule (at least 100 and four of
    /// five). What came once was lost by the mirror on one of its ways.
    struct Pairs {
        std::uint64_t twice = 0, once = 0;
    };
    [[nodiscard]] Pairs pairs() const noexcept;

    static constexpr Duration window = milliseconds{10};
    static constexpr Duration same_path_window = milliseconds{1};

private:
    struct Seen {
        std::uint64_t identity = 0;
        std::uint64_t path = 0;
        Time time{Duration::min()};
        bool doubled = false;
    };
    static constexpr std::size_t ways = 4;
    struct Between {            // one host to another
        std::uint64_t hosts = 0;
        std::uint64_t packets = 0, doubled = 0;
    };

    [[nodiscard]] bool judge(const Frame& frame, bool same_path, std::uint32_t interface, Duration apart);
    [[nodiscard]] bool twins_from_both_ends(const Frame& frame);
    [[nodiscard]] Between& between(std::uint64_t ends);

    std::vector<std::array<Seen, ways>> table_;
    std::vector<std::uint64_t> twin_senders_;  // hash of (source, destination) of each pair, by slot
    std::vector<Between> between_;             // by slot; who comes first keeps it
    Between others_;                           // whose slot was taken
    std::uint64_t unproved_twins_ = 0;
    std::unordered_set<std::uint32_t> mirrored_;  // interfaces that showed twins on one path
};

}  // namespace gbkit::wire
