// The client transactions: RFC 3261 section 17.1.
#include <algorithm>

#include "proto/sip/transaction.hpp"

namespace gbkit::proto::sip {

namespace {

std::optional<Time> earlier(std::optional<Time> a, std::optional<Time> b) noexcept {
    if (!a) return b;
    return b ? std::min(*a, *b) : a;
}

}  // namespace

Effect InviteClient::start(Time now, const Timers& timers, bool reliable) {
    reliable_ = reliable;
    interval_ = timers.t1;
    if (!reliable) resend_ = now + interval_;
    end_ = now + timers.give_up();
    return {.transmit = true};
}

Effect InviteClient::response(Time now, const Timers& timers, int status) {
    const bool waiting = state_ == State::calling || state_ == State::proceeding;
    if (state_ == State::completed && status >= 300) return {.acknowledge = true};  // the ACK was lost
    if (!waiting) return {};
    resend_.reset();
    end_.reset();
    if (status < 200) {
        state_ = State::proceeding;
        return {.deliver = true};
    }
    if (status < 300 || reliable_) {
        state_ = State::terminated;
        return {.deliver = true, .acknowledge = status >= 300, .ended = true};
    }
    state_ = State::completed;
    end_ = now + timers.d;
    return {.deliver = true, .acknowledge = true};
}

Effect InviteClient::wake(Time now, const Timers&) {
    if (end_ && *end_ <= now) {
        const bool timed_out = state_ == State::calling;
        state_ = State::terminated;
        return {.timed_out = timed_out, .ended = true};
    }
    if (!resend_ || *resend_ > now) return {};
    interval_ *= 2;
    resend_ = now + interval_;
    return {.transmit = true};
}

Effect InviteClient::transport_failed() {
    state_ = State::terminated;
    return {.ended = true};
}

std::optional<Time> InviteClient::deadline() const noexcept { return earlier(resend_, end_); }

Effect NonInviteClient::start(Time now, const Timers& timers, bool reliable) {
    reliable_ = reliable;
    interval_ = timers.t1;
    if (!reliable) resend_ = now + interval_;
    end_ = now + timers.give_up();
    return {.transmit = true};
}

Effect NonInviteClient::response(Time now, const Timers& timers, int status) {
    if (state_ != State::trying && state_ != State::proceeding) return {};
    if (status < 200) {
        state_ = State::proceeding;
        return {.deliver = true};
    }
    resend_.reset();
    state_ = reliable_ ? State::terminated : State::completed;
    end_ = reliable_ ? std::nullopt : std::optional<Time>(now + timers.t4);
    return {.deliver = true, .ended = reliable_};
}

Effect NonInviteClient::wake(Time now, const Timers& timers) {
    if (end_ && *end_ <= now) {
        const bool timed_out = state_ != State::completed;
        state_ = State::terminated;
        return {.timed_out = timed_out, .ended = true};
    }
    if (!resend_ || *resend_ > now) return {};
    interval_ = state_ == State::proceeding ? timers.t2 : std::min(2 * interval_, timers.t2);
    resend_ = now + interval_;
    return {.transmit = true};
}

Effect NonInviteClient::transport_failed() {
    state_ = State::terminated;
    return {.ended = true};
}

std::optional<Time> NonInviteClient::deadline() const noexcept { return earlier(resend_, end_); }

}  // namespace gbkit::proto::sip
