// One RTP source put back in order: what was lost, late, twice, and how much it jitters (RFC 3550 A.1, A.8).
//
// Packets wait in a window for the ones before them; a hole is given up as lost when the window is full or its time
// is over. Over TCP nothing is reordered: the window is then 0. A jump of 3,000 numbers or more (RFC 3550 A.1,
// MAX_DROPOUT) is believed after three packets that continue it: then the sender has begun a new run. What the capture
// itself missed (a gap in TCP, a packet cut by the snap length) is told apart from what was lost.
//
// In the order they were sent, packets pass through without a copy or an allocation.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <vector>

#include "base/time.hpp"
#include "wire/rtp/packet.hpp"

namespace gbkit::proto::observe {

/// Where a packet came from.
struct RtpPlace {
    std::uint64_t packet = 0;   // number of the RTP packet of this source, from 1, in order of arrival
    std::uint64_t frame = 0;    // frame number in the capture, 0 when there is none
    std::uint64_t offset = 0;   // of its first byte in the dump or TCP stream
    Time time{};                // arrival; only meaningful when the input has times
    std::uint64_t cut = 0;      // bytes at its end that the capture did not keep: the packet counts as not captured
    bool after_gap = false;     // TCP: the capture missed bytes just before it
};

/// One packet in sequence order; views live during the call.
struct RtpInOrder {
    const wire::rtp::Packet& packet;
    RtpPlace place;
    std::uint32_t lost_before = 0;           // sequence numbers that never came just before it
    std::uint16_t first_lost = 0;            // the first of them
    bool restarted = false;                  // the sequence numbers jumped: a new run of the sender (lost_before is 0)
    bool capture_lost = false;               // it was the capture that missed (some of) lost_before
};

struct RtpStatistics {
    std::uint64_t packets = 0;               // received, duplicates not counted
    std::uint64_t bytes = 0;                 // payload
    std::uint64_t expected = 0;              // by sequence numbers
    std::uint64_t lost = 0;                  // never came, or too late to be of use
    std::uint64_t not_captured = 0;          // missing because of the capture; not in lost
    std::uint64_t reordered = 0;             // came late and were put in place
    std::uint64_t too_late = 0;              // came after they had been given up
    std::uint64_t duplicates = 0;
    std::uint64_t restarts = 0;
    std::uint64_t strays = 0;                // far from all others, not continued
    double jitter_ms = 0;                    // RFC 3550 at the end
    double jitter_max_ms = 0;
    double jitter_mean_ms = 0;               // over all packets
    double pace = 0;                         // media time in a time of arrival: 1 is live, 4 a download at that speed; 0: not known
    /// A download, or a playback at speed: its arrivals say nothing of the network.
    [[nodiscard]] bool is_faster_than_live() const noexcept { return pace > 1.1; }
    Time first{}, last{};
    std::uint32_t largest_gap = 0;           // longest run of lost numbers
};

class RtpReceiver {
public:
    using Sink = std::function<void(const RtpInOrder&)>;
    struct Window {
        std::size_t packets = 64;
        Duration time = std::chrono::milliseconds(500);
        std::size_t bytes = 256 * 1024;
    };
    RtpReceiver(Sink sink, Window window);
    explicit RtpReceiver(Sink sink) : RtpReceiver(std::move(sink), Window()) {}

    /// Ticks a second of the timestamps that come from now on; 90,000 until it is called.
    void set_clock(std::uint32_t ticks_a_second) noexcept;
    void see(const wire::rtp::Packet& packet, const RtpPlace& place);
    /// Gives out what waits.
    void finish();
    [[nodiscard]] const RtpStatistics& statistics() const noexcept { return statistics_; }

private:
    // Sequence numbers are extended to 64 bits: they never come back to the same number.
    struct Held {
        std::uint64_t number = 0;
        wire::rtp::Packet packet;    // its payload is `bytes`
        Bytes bytes{};
        RtpPlace place;
    };

    void start(std::uint16_t sequence);
    void accept(std::uint64_t number, const wire::rtp::Packet& packet, const RtpPlace& place);
    void jump(const wire::rtp::Packet& packet, const RtpPlace& place);
    void restart();
    void hold(std::uint64_t number, const wire::rtp::Packet& packet, const RtpPlace& place);
    void release(Time now, bool all);
    void give(std::uint64_t number, const wire::rtp::Packet& packet, const RtpPlace& place);
    void measure(const wire::rtp::Packet& packet, const RtpPlace& place);
    [[nodiscard]] bool was_seen(std::uint64_t number) const noexcept;
    void mark_seen(std::uint64_t number) noexcept;

    Sink sink_;
    Window window_;
    RtpStatistics statistics_;
    bool started_ = false;
    bool ended_ = false;
    std::uint64_t next_ = 0;         // the number to be given out next
    std::uint64_t begin_ = 0;        // the first of this run
    std::uint64_t highest_ = 0;      // seen in this run
    std::array<std::uint64_t, 64> seen_{};  // a bit for each of the last 4,096 numbers
    std::deque<Held> held_;          // by number
    std::size_t held_bytes_ = 0;
    std::vector<Held> jumped_;       // far away from the rest: a new run, or strays
    bool restarted_ = false;         // the next packet begins a run
    std::uint32_t owed_ = 0;         // missing before the next packet, not told yet (cut packets)
    std::uint16_t first_owed_ = 0;
    bool capture_owed_ = false;      // (some of) them are the capture's fault

    struct Transit {                 // RFC 3550 A.8, in milliseconds
        bool known = false;
        Time arrival{};
        std::uint32_t timestamp = 0;
        double ticks_per_ms = 90, jitter = 0, sum = 0;
        double media_ms = 0, arrival_ms = 0;   // gone by, jumps left out
        std::uint64_t count = 0;
    } transit_;
};

}  // namespace gbkit::proto::observe
