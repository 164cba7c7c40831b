// What an observer sees: one payload with its place and time, from a capture or from a live tap.
//
// io/capture makes packets from files and io/tap from everything a loop sends and receives, so live traffic
// and captures share their observers.
#pragma once

#include <cstdint>

#include "base/bytes.hpp"
#include "base/endpoint.hpp"
#include "base/time.hpp"
#include "proto/machine.hpp"

namespace gbkit::proto {

enum class Direction : std::uint8_t { unknown, sent, received };  // known on a tap only

struct Packet {
    std::uint64_t number = 0;        // frame number in the capture (of the last frame it took), from 1
    Time time{};
    std::uint32_t link = 0;          // interface or file it was captured on
    Endpoint source;
    Endpoint destination;
    Direction direction = Direction::unknown;
    Transport transport = Transport::udp;
    ByteView bytes;                  // UDP: the payload; TCP: the next piece of the byte stream
    std::uint64_t stream_offset = 0; // TCP: of bytes[0] in its direction of the connection
    std::uint64_t gap = 0;           // TCP: bytes missing before this piece (never captured)
};

/// An ICMP or ICMPv6 error about a UDP packet that was seen: "port unreachable" and its kin.
struct Unreachable {
    std::uint64_t number = 0;
    Time time{};
    Endpoint source;        // of the packet that could not be delivered
    Endpoint destination;
    std::uint8_t code = 0;  // ICMP code (RFC 792): 3 is port unreachable
};

}  // namespace gbkit::proto
