// The server transactions: RFC 3261 section 17.2.
#include <algorithm>

#include "proto/sip/transaction.hpp"

namespace gbkit::proto::sip {

Effect InviteServer::start(Time, const Timers&, bool reliable) {
    reliable_ = reliable;
    return {.deliver = true};
}

Effect InviteServer::request(Time, const Timers&) {
    const bool repeats = state_ == State::proceeding || state_ == State::completed;
    return {.transmit = repeats && answered_};
}

Effect InviteServer::ack(Time now, const Timers& timers) {
    if (state_ != State::completed) return {};
    resend_.reset();
    if (reliable_) {
        state_ = State::terminated;
        return {.ended = true};
    }
    state_ = State::confirmed;
    end_ = now + timers.t4;
    return {};
}

Effect InviteServer::reply(Time now, const Timers& timers, int status) {
    if (state_ != State::proceeding) return {};
    answered_ = true;
    if (status < 200) return {.transmit = true};
    if (status < 300) {
        state_ = State::terminated;  // the user repeats a 2xx itself, section 13.3.1.4
        return {.transmit = true, .ended = true};
    }
    state_ = State::completed;
    interval_ = timers.t1;
    if (!reliable_) resend_ = now + interval_;
    end_ = now + timers.linger();
    return {.transmit = true};
}

Effect InviteServer::wake(Time now, const Timers& timers) {
    if (end_ && *end_ <= now) {
        const bool timed_out = state_ == State::completed;  // H: the ACK never came
        state_ = State::terminated;
        return {.timed_out = timed_out, .ended = true};
    }
    if (!resend_ || *resend_ > now) return {};
    interval_ = std::min(2 * interval_, timers.t2);
    resend_ = now + interval_;
    return {.transmit = true};
}

Effect InviteServer::transport_failed() {
    state_ = State::terminated;
    return {.ended = true};
}

std::optional<Time> InviteServer::deadline() const noexcept {
    if (!resend_) return end_;
    return end_ ? std::min(*resend_, *end_) : resend_;
}

Effect NonInviteServer::start(Time, const Timers&, bool reliable) {
    reliable_ = reliable;
    return {.deliver = true};
}

Effect NonInviteServer::request(Time, const Timers&) {
    return {.transmit = state_ == State::proceeding || state_ == State::completed};
}

Effect NonInviteServer::reply(Time now, const Timers& timers, int status) {
    if (state_ != State::trying && state_ != State::proceeding) return {};
    if (status < 200) {
        state_ = State::proceeding;
        return {.transmit = true};
    }
    state_ = reliable_ ? State::terminated : State::completed;
    if (!reliable_) end_ = now + timers.linger();
    return {.transmit = true, .ended = reliable_};
}

Effect NonInviteServer::wake(Time now, const Timers&) {
    if (!end_ || *end_ > now) return {};
    state_ = State::terminated;
    return {.ended = true};
}

Effect NonInviteServer::transport_failed() {
    state_ = State::terminated;
    return {.ended = true};
}

}  // namespace gbkit::proto::sip
