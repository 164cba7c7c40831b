// What every role is: events in, actions out, a deadline.
//
// A machine has step(now, event, actions) and deadline(). It does no I/O and reads no clock: the loop
// (io/loop) or a test drives it. A flow is a handle to a UDP socket, a TCP or a TLS connection; the machine
// cannot tell which, apart from the transport it asked for.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/endpoint.hpp"
#include "base/time.hpp"

namespace gbkit::proto {

enum class Transport : std::uint8_t { udp, tcp, tls };
[[nodiscard]] std::string_view name_of(Transport transport) noexcept;  // "UDP", "TCP", "TLS"

using FlowId = std::uint32_t;
constexpr FlowId first_accepted_flow = 0x8000'0000;  // a machine numbers its own flows below, the loop accepted ones from here

// Events
struct Started {};
struct Opened {
    FlowId flow;
    Endpoint local;
    Endpoint peer;
    std::optional<FlowId> listener{};  // the flow that accepted this connection; its number is then the loop's choice
    Transport transport = Transport::tcp;  // of an accepted connection: one that listens may speak TLS as well
};
struct Received {
    FlowId flow;
    Endpoint from;
    std::string_view bytes;  // live during the step only
    Endpoint to{};           // our own address that was asked; unspecified when the flow has only one
};
struct Closed { FlowId flow; std::string why; };
struct Refused {            // could not open, or ICMP said that a peer cannot be reached
    FlowId flow;
    std::string error;
    std::optional<Endpoint> peer{};  // whom the undeliverable packet was for; nothing when opening failed
};
struct Woken {};                                      // the deadline has come
struct Stop {};                                       // the user wants an orderly end
/// What an Ask of that number brought: addresses, or none and why.
struct Reply {
    std::uint32_t request;
    std::vector<IpAddress> addresses;
    std::string error{};
};
using Event = std::variant<Started, Opened, Received, Closed, Refused, Woken, Stop, Reply>;

// Actions
/// Without a peer: a UDP socket, or a TCP socket that listens.
struct Open {
    FlowId flow;
    Transport transport;
    Endpoint local;
    std::optional<Endpoint> peer;
    std::string name{};      // TLS: what the peer's certificate must name; empty: what the user typed (io/tls_context)
};
struct Send {
    FlowId flow;
    Endpoint to;
    std::string bytes;
    std::optional<IpAddress> from{};  // our address to send from on a wildcard socket
};
struct Close { FlowId flow; };
/// The addresses of a host name; a Reply of the same number follows.
struct Ask { std::uint32_t request; std::string host; };

/// How the job ended; the program turns it into its exit code.
enum class Outcome : std::uint8_t { yes, refused, unreachable, timeout, protocol_error, interrupted };
/// Of two outcomes the one that counts for a whole run: protocol error, refused, unreachable, timeout, interrupted, yes.
[[nodiscard]] Outcome worse(Outcome a, Outcome b) noexcept;
struct Finish { Outcome outcome; std::string why; };

/// A state change somebody may want to see; each protocol has its own reports.
struct RegistrationReport {
    enum class State : std::uint8_t { trying, challenged, registered, refused, unanswered, unregistered, expired } state;
    std::string device;
    Endpoint peer;
    int status = 0;                 // last SIP status, 0 when none came
    std::uint32_t expires = 0;      // granted seconds
    Duration round_trip{};          // REGISTER to final answer
    std::string reason;             // reason phrase or what happened
    Transport transport = Transport::udp;
};
struct KeepaliveReport {
    std::string device;
    bool answered = false;
    int status = 0;
    std::uint32_t missed = 0;       // in a row
};
struct PhaseReport { std::size_t phase; };  // a fleet begins its phase of that number, from 0; the number of phases: it leaves
using Report = std::variant<RegistrationReport, KeepaliveReport, PhaseReport>;

using Action = std::variant<Open, Send, Close, Ask, Report, Finish>;
using Actions = std::vector<Action>;

/// A machine as a loop or a test drives it, whatever its type.
struct Machine {
    std::function<void(Time, const Event&, Actions&)> step;
    std::function<std::optional<Time>()> deadline;
};
/// `machine` must outlive the handle.
template <class T>
[[nodiscard]] Machine machine_of(T& machine) {
    return {[&machine](Time now, const Event& event, Actions& actions) { machine.step(now, event, actions); },
            [&machine] { return machine.deadline(); }};
}

}  // namespace gbkit::proto
