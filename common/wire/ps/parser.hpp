// A push parser for program streams: bytes in any cut, events out (wire/ps/events.hpp).
//
// It walks by length and never looks for start codes inside a payload, a map or pack stuffing: cameras put anything
// there. It searches only when it has lost its place: before the first pack, after a gap, after a length that leads
// to no start code, and in PES packets of length 0. While it searches, a start must look like one: a pack has its
// marker bits, a map its lengths, a PES header its fixed bits (wire/ps/start_code.hpp).
//
// Lengths that are wrong:
//   * A PES length is believed when a start code (extra zeros before it allowed) stands where it leads. When none does,
//     the first credible pack header inside the payload ends the packet (PesEnd::next_start), for the length had run
//     over it. Without one the length stands, and a search begins behind it. To be able to turn back, the parser holds
//     payload from such a pack header on, at most 64 KiB, until it is decided; nothing else is held.
//   * After a gap inside a PES packet its length says nothing any more: a search begins at once.
//   * System headers and maps longer than the standard allows (1018 bytes) are not followed: the header is told from
//     its first six bytes, `whole` is false, and a search begins.
// A frame over 64 KiB in one PES packet (the length wrapped) reads as a PES and a Skipped of a multiple of 65,536.
//
// What becomes of a header that a gap or the end cuts off: a system header and a map are told with `whole` false,
// a pack or PES header is Skipped. Every byte belongs to one event, or to a Skipped.
// Memory: at most 64 KiB and a little, whatever the lengths say; payload is given as views of what was pushed.
#pragma once

#include <cstdint>
#include <functional>

#include "wire/ps/events.hpp"
#include "wire/ps/start_code.hpp"

namespace gbkit::wire::ps {

class Parser {
public:
    using Sink = std::function<void(const Event&)>;
    struct Limits {
        std::uint64_t unbounded_pes = 4 << 20;  // payload bytes of a PES of length 0 before it is given up
    };
    explicit Parser(Sink sink, Limits limits);
    explicit Parser(Sink sink) : Parser(std::move(sink), Limits()) {}

    void push(ByteView bytes);
    /// Bytes are missing before the next push; `count` when it is known (offsets then move on by it), else 0.
    void gap(std::uint64_t count = 0);
    /// What follows is pushed at the start of an RTP packet: a good place for a header when the place is lost.
    void packet_start() noexcept { trusted_ = end_offset(); }
    /// Ends what is open. Nothing may follow.
    void finish();

    /// Payload bytes that come next and need not be pushed: skip(n) with n up to this stands for them. A reader of a
    /// file seeks over them instead of reading. Never more than is left of the present PES packet's payload. What is
    /// skipped is not looked at: a pack header inside an overlong PES packet then goes unseen.
    [[nodiscard]] std::uint64_t skippable() const noexcept;
    void skip(std::uint64_t count);

    /// Offset of the next byte.
    [[nodiscard]] std::uint64_t offset() const noexcept { return end_offset(); }
    /// Bytes held back until more have come.
    [[nodiscard]] std::size_t held_bytes() const noexcept { return held_.size() - held_begin_; }

private:
    enum class Place : std::uint8_t {
        start,      // a start code should stand here
        lost,       // it is searched
        payload,    // of a PES packet with a length
        unbounded,  // of a PES packet without one
    };

    [[nodiscard]] std::uint64_t end_offset() const noexcept { return offset_ + held_bytes(); }
    std::size_t walk(ByteView bytes);
    void consume_held();
    void end_of_run(PesEnd::Why why);

    // Each looks at the bytes from offset_ on, tells what it can and answers how many are used up. 0 with needed_ set:
    // it wants to see that many. 0 without: place_ has changed.
    std::size_t at_start(ByteView bytes);
    std::size_t searching(ByteView bytes);
    std::size_t in_payload(ByteView bytes);
    std::size_t in_unbounded(ByteView bytes);
    std::size_t header(ByteView bytes);
    std::size_t pack(ByteView bytes);
    std::size_t section(ByteView bytes);
    std::size_t pes(ByteView bytes);
    std::size_t ask(std::size_t needed) noexcept;
    [[nodiscard]] Answer where_it_leads(ByteView bytes, std::size_t left) const noexcept;

    void tell(const Event& event) { sink_(event); }
    void begin_event();
    void pass_over(ByteView bytes, Skipped::Why why);
    void tell_passed_over();
    void tell_section(ByteView bytes);
    void tell_payload(ByteView bytes);
    void end_pes(std::uint64_t offset, PesEnd::Why why);

    Sink sink_;
    Limits limits_;
    std::uint64_t offset_ = 0;             // of the first byte that is not used up
    Place place_ = Place::start;
    bool any_start_ = false;               // a start code was found before
    bool final_ = false;                   // nothing follows what is held
    Bytes held_;                           // begins at held_begin_
    std::size_t held_begin_ = 0;
    std::size_t needed_ = 0;
    std::uint64_t trusted_ = UINT64_MAX;   // where the last RTP packet began
    Skipped passed_;                       // the run that is being passed over; count 0: none
    std::uint8_t pes_id_ = 0;              // the open PES packet, in payload and unbounded
    std::uint64_t pes_payload_ = 0;        // its bytes so far
    std::uint64_t pes_left_ = 0;           // what its length promises beyond them
};

}  // namespace gbkit::wire::ps
