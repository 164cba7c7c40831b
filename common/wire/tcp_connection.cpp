#include "wire/tcp_connection.hpp"

namespace gbkit::wire {

bool TcpConnection::become(State state) noexcept {
    state_ = state;
    return true;
}

// The same SYN again, or a new connection on the same ports.
bool TcpConnection::syn(std::size_t from, const TcpSegment& segment, const Place& place) {
    const bool again = state_ != State::unseen && from == opener_ && segment.sequence == first_sequence_;
    if (again) {
        if (state_ != State::dialling || place.time - last_syn_.time < soonest_repeat) return false;
        last_syn_ = place;
        ++syn_copies_;
        return true;
    }
    *this = {};
    opener_ = from;
    syn_ = last_syn_ = place;
    syn_copies_ = 1;
    first_sequence_ = segment.sequence;
    return become(State::dialling);
}

// Does this segment show that the listener took the call?
bool TcpConnection::answered(std::size_t from, const TcpSegment& segment) {
    if (!segment.ack) return false;
    const std::uint32_t next = first_sequence_ + 1;
    if (from == opener_) return !segment.syn && segment.sequence == next;
    return segment.acknowledgement == next;
}

bool TcpConnection::see(std::size_t from, const TcpSegment& segment, const Place& place) {
    if (segment.syn && !segment.ack && !segment.rst) return syn(from, segment, place);
    if (state_ == State::unseen && segment.syn && segment.ack && !segment.rst) {   // its SYN was not captured
        opener_ = 1 - from;
        first_sequence_ = segment.acknowledgement - 1;
        return become(State::open);
    }
    if (state_ == State::dialling && answered(from, segment)) {
        if (!segment.rst) (void)become(State::open);
        else return from != opener_ && become(State::refused);
        bytes_[from] += segment.payload.size();
        if (segment.fin) {
            ended_by_ = from;
            return become(State::closed);
        }
        return true;
    }
    bytes_[from] += segment.payload.size();
    if (state_ != State::open || (!segment.rst && !segment.fin)) return false;
    ended_by_ = from;
    return become(segment.rst ? State::reset : State::closed);
}

}  // namespace gbkit::wire
