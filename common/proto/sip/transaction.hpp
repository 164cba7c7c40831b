// The four SIP transactions of RFC 3261 section 17 as small values: figures 5 to 8, timers A to K.
//
// A transaction does not send and does not read a clock. Each input answers with an Effect: transmit the last
// message (again), hand the message to the user, acknowledge, say that time ran out, end. deadline() says
// when wake() is due. What is sent, to whom, and which message belongs to which transaction is the layer's
// (proto/sip/transaction_layer). On a reliable transport nothing is repeated and no copy is waited for.
#pragma once

#include <cstdint>
#include <optional>

#include "base/time.hpp"

namespace gbkit::proto::sip {

/// RFC 3261 section 17.1.1.1 and table 4.
struct Timers {
    Duration t1 = milliseconds{500};
    Duration t2 = seconds{4};
    Duration t4 = seconds{5};
    Duration d = seconds{32};             // timer D on an unreliable transport
    std::optional<Duration> patience{};   // timers B and F; nothing means 64*T1

    [[nodiscard]] Duration give_up() const noexcept { return patience.value_or(64 * t1); }  // B, F
    [[nodiscard]] Duration linger() const noexcept { return 64 * t1; }                      // H, J
};

struct Effect {
    bool transmit = false;     // the last message, first time or again
    bool deliver = false;      // to the transaction user
    bool acknowledge = false;  // ICT: the ACK of a 300-699
    bool timed_out = false;    // the user is told
    bool ended = false;        // the transaction is gone
};

enum class State : std::uint8_t { calling, trying, proceeding, completed, confirmed, terminated };

/// Section 17.1.1, figure 5: INVITE, sent.
class InviteClient {
public:
    Effect start(Time now, const Timers& timers, bool reliable);
    Effect response(Time now, const Timers& timers, int status);
    Effect wake(Time now, const Timers& timers);
    Effect transport_failed();
    [[nodiscard]] State state() const noexcept { return state_; }
    [[nodiscard]] std::optional<Time> deadline() const noexcept;

private:
    State state_ = State::calling;
    bool reliable_ = false;
    Duration interval_{};          // A
    std::optional<Time> resend_;   // A
    std::optional<Time> end_;      // B, D
};

/// Section 17.1.2, figure 6: every other request, sent.
class NonInviteClient {
public:
    Effect start(Time now, const Timers& timers, bool reliable);
    Effect response(Time now, const Timers& timers, int status);
    Effect wake(Time now, const Timers& timers);
    Effect transport_failed();
    [[nodiscard]] State state() const noexcept { return state_; }
    [[nodiscard]] std::optional<Time> deadline() const noexcept;

private:
    State state_ = State::trying;
    bool reliable_ = false;
    Duration interval_{};          // E
    std::optional<Time> resend_;   // E
    std::optional<Time> end_;      // F, K
};

/// Section 17.2.1, figure 7: INVITE, received.
class InviteServer {
public:
    Effect start(Time now, const Timers& timers, bool reliable);
    /// The same request again.
    Effect request(Time now, const Timers& timers);
    Effect ack(Time now, const Timers& timers);
    /// The user answers.
    Effect reply(Time now, const Timers& timers, int status);
    Effect wake(Time now, const Timers& timers);
    Effect transport_failed();
    [[nodiscard]] State state() const noexcept { return state_; }
    [[nodiscard]] std::optional<Time> deadline() const noexcept;

private:
    State state_ = State::proceeding;
    bool reliable_ = false;
    bool answered_ = false;        // there is a message to repeat
    Duration interval_{};          // G
    std::optional<Time> resend_;   // G
    std::optional<Time> end_;      // H, I
};

/// Section 17.2.2, figure 8: every other request, received.
class NonInviteServer {
public:
    Effect start(Time now, const Timers& timers, bool reliable);
    Effect request(Time now, const Timers& timers);
    Effect reply(Time now, const Timers& timers, int status);
    Effect wake(Time now, const Timers& timers);
    Effect transport_failed();
    [[nodiscard]] State state() const noexcept { return state_; }
    [[nodiscard]] std::optional<Time> deadline() const noexcept { return end_; }

private:
    State state_ = State::trying;
    bool reliable_ = false;
    std::optional<Time> end_;      // J
};

}  // namespace gbkit::proto::sip
