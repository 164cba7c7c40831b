// What an observer sees: one payload with its place and time, from a capture or from a live tap.
//
// io/capture makes packets from files and io/tap from everything a loop sends and receives, so live traffic
// and captures share their observers.
#pragma once

#include <cstdint>
#include <string>

#include "base/bytes.hpp"
#include "base/endpoint.hpp"
#include "base/time.hpp"
#include "proto/machine.hpp"

namespace gbkit::proto {

enum class Direction : std::uint8_t { unknown, sent, received };  // known on a tap only

struct Packet {
    std::uint64_t number = 0;        // frame number in its file as Wireshark counts, from 1; of fragments the last one's,
                                     // of a TCP piece the frame that carried its bytes
    Time time{};                     // of the frame that made it complete; may go back a little where a file's own order does
    std::uint32_t link = 0;          // which of the files it came from, from 0 (live: the interface)
    Endpoint source;
    Endpoint destination;
    Direction direction = Direction::unknown;
    Transport transport = Transport::udp;
    ByteView bytes;                  // UDP: the payload; TCP: the next piece of the byte stream
    std::uint64_t stream_offset = 0; // TCP: of bytes[0] in its direction of the connection; 0 again: a new connection
    std::uint64_t gap = 0;           // TCP: bytes missing before this piece (never captured)
    std::uint64_t cut = 0;           // UDP: bytes of the datagram after these that the capture did not keep (snaplen):
                                     // nothing may be concluded from its end
};

/// An ICMP or ICMPv6 error about a UDP packet that was seen: "port unreachable" and its kin.
struct Unreachable {
    std::uint64_t number = 0;
    Time time{};
    Endpoint source;        // of the packet that could not be delivered
    Endpoint destination;
    std::uint8_t code = 0;  // ICMP code (RFC 792): 3 is port unreachable
};

/// A TCP connection as a capture shows it, given out whenever its state changes and with every copy of its SYN. A
/// connection of which neither SYN nor SYN-ACK was captured is not.
struct ConnectionSeen {
    enum class State : std::uint8_t {
        dialling,   // SYN, nothing has come back
        open,       // SYN-ACK, or the opener goes on as after one
        refused,    // RST in answer to the SYN
        closed,     // FIN
        reset,      // RST after it had been open
    } state = State::dialling;
    std::uint32_t link = 0;
    Endpoint opener, listener;
    std::uint32_t first_sequence = 0;     // of the SYN: NATs keep it
    std::uint64_t syn_frame = 0;          // of the first SYN; 0: only the answer was captured
    Time syn_time{};
    std::uint32_t syn_copies = 0;
    std::uint64_t frame = 0;              // of what changed the state
    Time time{};
    bool ended_by_opener = false;         // closed, reset
    std::uint64_t opener_bytes = 0, listener_bytes = 0;   // so far
};

/// What became of a connection of ours, beside the bytes on it.
struct ConnectionChange {
    enum class Kind : std::uint8_t {
        opened,          // it has come about, with TLS where that was asked for
        refused,         // a RST, or ICMP, answered the attempt
        silent,          // nothing answered the attempt
        insecure,        // connected, and then no TLS came about
        untrusted,       // so, because this side does not trust the peer's certificate
        closed_by_us,    // FIN
        closed_by_peer,  // FIN
        broken,          // RST, or the system gave it up
    } kind;
    std::uint64_t number = 0;
    Time time{};
    Transport transport = Transport::tcp;
    Endpoint local{};
    Endpoint peer{};
    bool accepted = false;   // the peer called us
    std::string why{};       // in words that go on in a sentence
};

}  // namespace gbkit::proto
