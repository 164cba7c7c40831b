// The loop: drives one machine with real sockets, the one clock, timers and signals. One thread.
//
// A machine's actions are carried out after each step and what it sends leaves in batches. The first SIGINT or
// SIGTERM is a Stop to the machine, which then ends in order; the second ends the loop at once; those that come
// after the loop no longer disturb the end of the program. Flows are UDP sockets and TCP connections (io/tcp_flows).
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "io/clock.hpp"
#include "io/tap.hpp"
#include "proto/machine.hpp"

namespace gbkit::io {

struct TcpCounters;
class TlsContext;

struct LoopOptions {
    std::optional<Duration> duration{};    // then Stop
    bool signals = true;
    int receive_buffer_bytes = 4 << 20;    // asked for; what was granted is told by `opened`
    std::size_t connections = 200'000;     // accepted TCP connections open at a time
    Duration connect_patience = seconds{32};
    std::shared_ptr<const TlsContext> tls_client{};   // for flows of Transport::tls
    std::shared_ptr<const TlsContext> tls_server{};   // TCP listeners take TLS as well, on the same port
};

/// A flow a machine asked for. TCP: connected to `peer`, or listening when that has no port.
struct OpenedFlow {
    proto::Transport transport = proto::Transport::udp;
    Endpoint local{};
    Endpoint peer{};
    int receive_buffer = 0;                // of a UDP socket
};

struct LoopHooks {
    std::function<void(Time, const OpenedFlow&)> opened{};
    std::function<void(Time, const proto::Report&)> report{};
    std::function<void(Time)> leaving{};   // what was asked so far is answered, and the answers have not left yet
};

struct LoopEnd {
    proto::Finish finish;
    int signal = 0;   // that ended it at once; 0 when the machine finished
};

class Loop {
public:
    Loop(LoopOptions options, Tap& tap);
    ~Loop();
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;

    void set_hooks(LoopHooks hooks);
    /// Runs until the machine finishes. What cannot be set up (an address in use) is thrown as std::system_error.
    LoopEnd run(const proto::Machine& machine);
    /// From a hook: gives the machine a Stop, once.
    void stop();
    [[nodiscard]] const Clock& clock() const noexcept;
    [[nodiscard]] const TcpCounters& connections() const noexcept;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace gbkit::io
