// One direction of a TCP connection put back in order (RFC 9293 section 3.4), from captured segments.
//
//                 0        next_            held            acked_
//   stream bytes  |========|  . . . .  |=======|  . . |===|
//                  given out   a hole    came early
//
// Segments come in any order, twice, overlapping; pieces go out in order, each byte once. Of bytes that came
// twice the first copy counts (a difference is counted). A hole is waited for, and given up as "never captured"
// when the receiver has acknowledged it and a few more segments have passed (captures from several queues swap
// neighbours), when too much is held, or at the end. Without a SYN the stream starts at the first data seen.
// A SYN with another number, or a jump no window allows, is a new connection on the same ports: offset 0 again.
#pragma once

#include <cstdint>
#include <functional>
#include <map>

#include "wire/frame_transport.hpp"

namespace gbkit::wire {

struct TcpPiece {
    std::uint64_t offset = 0;  // in the stream, 0 is the first byte after the SYN (or the first one seen)
    std::uint64_t gap = 0;     // bytes before it that were never captured
    std::uint64_t frame = 0;   // the number given with the segment that carried it
    ByteView bytes;            // live during the call
};

class TcpStream {
public:
    using Sink = std::function<void(const TcpPiece&)>;
    struct Limits {
        std::size_t held_bytes = 1 << 20;
        std::size_t held_pieces = 1024;
    };
    struct Counts {
        std::uint64_t gap_bytes = 0;            // never captured: acknowledged, or so much followed that we gave up
        std::uint64_t lost_bytes = 0;           // of those: the receiver acknowledged them, so the capture itself lost them
        std::uint64_t lost_segments = 0;        // about how many segments that were: of the largest size seen
        std::uint64_t segments = 0;             // with data, repeats included
        std::uint64_t retransmitted_bytes = 0;  // came again, dropped
        std::uint64_t conflicts = 0;            // held bytes that came again with another content
        std::uint64_t restarts = 0;             // a new connection on the same ports
    };

    explicit TcpStream(Limits limits) : limits_(limits) {}
    TcpStream() : TcpStream(Limits()) {}

    /// A segment of this direction, captured as frame number `frame`.
    void push(const TcpSegment& segment, std::uint64_t frame, const Sink& sink);
    /// The other direction acknowledged this sequence number.
    void acknowledged(std::uint32_t acknowledgement, const Sink& sink);
    /// Gives out what is held, holes told; the next segment starts anew. A hole that nobody acknowledged is not
    /// counted as missing: its bytes may come after the end of the capture.
    void finish(const Sink& sink);
    /// The same without an end: room is needed.
    void release_held(const Sink& sink);

    [[nodiscard]] const Counts& counts() const noexcept { return counts_; }
    [[nodiscard]] std::size_t held_bytes() const noexcept { return held_bytes_; }

private:
    struct Held {
        Bytes bytes;
        std::uint64_t frame = 0;
    };
    using HeldPieces = std::map<std::uint64_t, Held>;  // by offset, not overlapping

    [[nodiscard]] std::int64_t distance(std::uint32_t sequence) const noexcept;
    void start(std::uint32_t first_sequence) noexcept;
    void take(std::uint64_t offset, ByteView bytes, std::uint64_t frame, const Sink& sink);
    [[nodiscard]] std::size_t drop_known(std::uint64_t offset, ByteView bytes);
    void hold(std::uint64_t offset, ByteView bytes, std::uint64_t frame);
    void give(ByteView bytes, std::uint64_t frame, const Sink& sink);
    void give_following(const Sink& sink);
    void give_up_hole(const Sink& sink, bool certain);
    void give_up_what_must_be(const Sink& sink);
    void note_data(const TcpSegment& segment) noexcept;
    void note_lost(std::uint64_t bytes) noexcept;

    Limits limits_;
    Counts counts_;
    bool started_ = false;
    std::uint32_t first_sequence_ = 0;  // sequence number of stream offset 0
    std::uint64_t next_ = 0;            // offset of the first byte not given out
    std::uint64_t acked_ = 0;           // the receiver has all before this offset
    std::uint64_t end_ = UINT64_MAX;    // offset of the FIN
    std::uint64_t gap_ = 0;             // to be told with the next piece
    unsigned waited_ = 0;               // segments since the first hole was acknowledged
    std::uint64_t largest_ = 0;         // segment on the wire
    std::uint64_t cut_ = 0;             // bytes the snap length took, not yet part of a hole: no packet was lost with them
    std::size_t held_bytes_ = 0;
    HeldPieces held_;
};

}  // namespace gbkit::wire
