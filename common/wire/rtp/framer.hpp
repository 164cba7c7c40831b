// RTP and RTCP packets out of a byte stream: TCP, or a dump that keeps no packet borders.
//
//   rfc4571      | length 16 | packet | length 16 | packet ...          also what media servers dump
//   interleaved  | '$' | channel 8 | length 16 | packet | ...           RTSP style (RFC 2326 10.12)
//   ehome        256-byte vendor header, then rfc4571
//   bare         | packet | packet ...: borders found by the next header with the same SSRC and the next sequence number
//
// The framing is decided over at least three packets in a row (0x24xx is also a length). A packet is given out when
// what follows it looks like a packet too: a sender that dropped bytes inside a packet would else pass off the head of
// the next one as payload. After a break the next place is searched where two packets in a row fit, and the bytes
// passed over are counted. Packets of length 0 (RFC 4571 section 2) are passed silently.
//
// The same packets and breaks come out whatever the cuts of the input. Memory: Limits. Time: linear.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "base/bytes.hpp"
#include "wire/rtp/framing.hpp"

namespace gbkit::wire::rtp {

enum class Framing : std::uint8_t { undecided, rfc4571, interleaved, ehome, bare, none };  // none: this is not RTP
[[nodiscard]] std::string_view name_of(Framing framing) noexcept;  // "RFC 4571", "interleaved", "Ehome", "bare" ...

struct FramedPacket {
    std::uint64_t offset = 0;     // of the packet's first byte (after its length) in the stream
    ByteView bytes;               // RTP or RTCP; live during the call
    std::uint8_t channel = 0;     // interleaved
};

struct FramingBreak {
    std::uint64_t offset = 0;     // where a packet should have begun
    std::uint64_t skipped = 0;    // bytes passed over until the next packet
    bool gap = false;             // bytes were missing in the capture there: not the sender's fault
    std::array<std::uint8_t, 16> head{};  // the first bytes passed over
    std::uint8_t head_bytes = 0;
};

/// Bytes being passed over until two packets in a row fit. Stream offsets.
struct FramingSearch {
    std::uint64_t from = 0;          // where a packet should have begun
    std::uint64_t at = 0;            // the next place to try
    std::uint64_t pending_end = 0;   // a whole packet begins at `from` and ends here (bare: somewhere); it is good if
                                     // nothing is found inside
    std::uint64_t missing = 0;       // bytes never captured, between `from` and `at`
    bool gap = false;
    std::array<std::uint8_t, 16> head{};
    std::uint8_t head_bytes = 0;
};

class Framer {
public:
    struct Sink {
        std::function<void(const FramedPacket&)> packet;
        std::function<void(const FramingBreak&)> broken;   // at most one a break, when it is over
    };
    struct Limits {
        std::size_t undecided = 256 * 1024;  // bytes looked at before the answer is none
        std::size_t buffer = 144 * 1024;     // bytes held while a packet is incomplete; two packets of the largest size must fit
    };
    /// `given`: do not guess (Ehome has two framings behind its header: between those it is still found out).
    Framer(Sink sink, Framing given, Limits limits);
    explicit Framer(Sink sink, Framing given = Framing::undecided) : Framer(std::move(sink), given, Limits()) {}

    void push(ByteView bytes);
    /// That many bytes of the stream were never captured.
    void gap(std::uint64_t count);
    /// Decides with what there is; an unfinished packet is dropped and told in left().
    void finish();

    [[nodiscard]] Framing framing() const noexcept { return framing_; }
    [[nodiscard]] std::uint64_t starts_at() const noexcept { return starts_at_; }  // offset of the first packet's frame
    [[nodiscard]] std::uint64_t left() const noexcept { return left_; }            // bytes at the end that made no packet
    [[nodiscard]] std::size_t buffered() const noexcept { return buffer_.size(); }

private:
    void work(ByteView view, bool last);
    bool step();
    bool decide();
    bool lock(Framing framing, std::size_t at);
    bool step_framed();
    bool step_search();
    bool step_bare();
    bool step_bare_search();
    [[nodiscard]] std::optional<int> bare_distance(std::size_t at) const noexcept;
    [[nodiscard]] std::optional<std::size_t> next_bare(bool& wait);
    [[nodiscard]] Answer packet_follows(const Frame& frame) const noexcept;
    [[nodiscard]] Answer found_again(const Frame& frame) const;
    [[nodiscard]] bool holds_known(const Frame& frame) const noexcept;
    void give(const Frame& frame);
    void give_bare(std::size_t end);
    void begin_search(std::size_t from, std::size_t at, std::size_t pending_end);
    void pass_to(std::uint64_t offset);
    void end_search();
    [[nodiscard]] std::size_t index(std::uint64_t offset) const noexcept { return static_cast<std::size_t>(offset - base_); }
    [[nodiscard]] std::uint64_t offset_of(std::size_t at) const noexcept { return base_ + at; }

    Sink sink_;
    Limits limits_;
    Framing framing_;
    Layout layout_ = Layout::length;
    std::uint64_t starts_at_ = 0;
    std::uint64_t left_ = 0;
    bool started_ = false;            // a packet was given out
    KnownSources known_;
    std::optional<FramingSearch> search_;

    Bytes buffer_;
    ByteView view_;                   // what is being looked at: the buffer, or what was pushed
    std::uint64_t base_ = 0;          // stream offset of view_[0]
    std::size_t at_ = 0;              // first byte of the view not done with
    bool last_ = false;               // nothing comes after the view,
    bool gap_ = false;                // because the capture missed it
    bool at_limit_ = false;           // undecided for too long
    std::uint64_t looked_ = 0;        // bytes that did not decide
    std::size_t tried_ = 0;           // undecided: up to here in the view no framing fits

    struct Bare {
        std::uint8_t payload_type = 0;
        std::uint16_t sequence = 0;
        std::uint32_t ssrc = 0;
        std::size_t size = 0;         // of the last packet: the next border is looked for there first
        std::size_t largest = 0;
        std::uint64_t searched = 0;   // stream offset: this packet has no border before it
    } bare_;
};

}  // namespace gbkit::wire::rtp
