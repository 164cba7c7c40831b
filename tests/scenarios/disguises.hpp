// A conversation as the frames of a capture, and what a capture makes of them: copies, tags, cuts, fragments.
//
//   Recorded -> on_the_wire() -> IP packets -> disguise -> read_back(): Ethernet, pcapng, the capture reader, the observers
//
// The same packets are disguised in every way, so that whatever the observers say differently is the disguise's doing.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "io/capture.hpp"
#include "scenarios/conversation.hpp"

namespace gbkit::scenario {

/// One IP packet as it passed the place of the capture.
struct Passing {
    Time time{};
    Bytes ip;
    std::vector<std::uint16_t> vlans{};   // outermost first: one is 802.1Q, two are 802.1ad around it
};
using Passings = std::vector<Passing>;

/// How senders lay their messages into packets.
struct Laying {
    std::uint64_t seed = 0;          // of the random cuts; 0: a TCP segment a message
    std::size_t longest = 200;       // bytes of a segment
    bool resent = false;             // a quarter of the segments comes again 210 ms later
    bool disordered = false;         // a quarter of the segments changes places with the next
    bool identified = true;          // IPv4 identifications count; false: 0, as Linux writes for UDP
};
/// TCP connections get their handshake, acknowledgements and sequence numbers.
Passings on_the_wire(const std::vector<Recorded>& packets, const Laying& laying = {});
/// The same conversation over TCP: one connection for each pair of ends, opened by whoever speaks first. Media stays UDP.
std::vector<Recorded> over_tcp(std::vector<Recorded> packets);

/// Each packet a second time, 30 us later: routed on (TTL - 1) into another VLAN.
Passings copied(const Passings& packets);
Passings tagged(Passings packets, const std::vector<std::uint16_t>& vlans);
/// UDP in fragments of `bytes` (a multiple of 8), the last one first when `backwards`.
Passings fragmented(const Passings& packets, std::size_t bytes, bool backwards);
/// Those from (or to) one address.
Passings sent_by(const Passings& packets, const IpAddress& address, bool from);

/// The packets as a pcapng file, Ethernet; `snap_length`: bytes of a frame that are kept.
Bytes capture_of(const Passings& packets, std::optional<std::size_t> snap_length = {});

struct ReadBack {
    Told told;
    io::CaptureFacts facts;
};
/// capture_of() through the capture reader and the observers.
ReadBack read_back(const Passings& packets, const Run& run, std::optional<std::size_t> snap_length = {});

}  // namespace gbkit::scenario
