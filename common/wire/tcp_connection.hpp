// What became of a TCP connection (RFC 9293 section 3.5, 3.6): who dialled, whether anybody answered, who ended it.
//
//      SYN           SYN again          SYN-ACK, or the opener goes on        FIN, RST
//   unseen ---> dialling <---+ ---------------------------> open ---------> closed, reset
//                  |  +------+
//                  +---> refused (RST that acknowledges the SYN)
//
// A capture may lack any of it: bytes of the opener after its SYN prove that it was answered. A connection whose SYN
// and SYN-ACK were not captured has no opener and is not told of. A RST whose numbers do not fit is not believed.
#pragma once

#include <cstdint>

#include "base/time.hpp"
#include "wire/frame_transport.hpp"

namespace gbkit::wire {

class TcpConnection {
public:
    enum class State : std::uint8_t { unseen, dialling, open, refused, closed, reset };
    struct Place {
        std::uint64_t frame = 0;
        Time time{};
    };

    /// A segment from end 0 or 1. True when the state changed, or the SYN came once more.
    bool see(std::size_t from, const TcpSegment& segment, const Place& place);

    [[nodiscard]] State state() const noexcept { return state_; }
    [[nodiscard]] std::size_t opener() const noexcept { return opener_; }   // 0 or 1; when it was dialled
    [[nodiscard]] std::size_t ended_by() const noexcept { return ended_by_; }  // closed, reset
    /// The first SYN; frame 0 when only its answer was captured.
    [[nodiscard]] const Place& syn() const noexcept { return syn_; }
    [[nodiscard]] const Place& last_syn() const noexcept { return last_syn_; }
    [[nodiscard]] std::uint32_t syn_copies() const noexcept { return syn_copies_; }
    [[nodiscard]] std::uint32_t first_sequence() const noexcept { return first_sequence_; }   // of the SYN
    [[nodiscard]] std::uint64_t bytes(std::size_t from) const noexcept { return bytes_[from]; }   // repeats included

    /// Nobody repeats a SYN sooner (RFC 6298: one second); a mirror's copy comes at once.
    static constexpr Duration soonest_repeat = milliseconds{100};

private:
    bool syn(std::size_t from, const TcpSegment& segment, const Place& place);
    bool answered(std::size_t from, const TcpSegment& segment);
    bool become(State state) noexcept;

    State state_ = State::unseen;
    std::size_t opener_ = 0, ended_by_ = 0;
    Place syn_, last_syn_;
    std::uint32_t syn_copies_ = 0, first_sequence_ = 0;
    std::uint64_t bytes_[2] = {0, 0};
};

}  // namespace gbkit::wire
