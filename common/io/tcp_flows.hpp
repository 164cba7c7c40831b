// The TCP connections of a loop: connects, listens, accepts, reads, and sends what is queued; each a flow by number.
//
// What happens is told as events. Everything is bounded: connections that are accepted (more are closed at once and
// counted), and what waits for a peer that does not read (it is closed and counted). Accepted connections get
// numbers of their own, from proto::first_accepted_flow. The tap sees bytes with their place in the stream.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#define ASIO_STANDALONE
#include <asio/io_context.hpp>

#include "io/clock.hpp"
#include "io/tap.hpp"
#include "io/tcp_socket.hpp"
#include "proto/machine.hpp"

namespace gbkit::io {

struct TcpLimits {
    std::size_t accepted = 200'000;             // open at a time
    std::size_t send_queue_bytes = 1U << 20;    // a connection
    Duration connect_patience = seconds{32};    // 64*T1
};

struct TcpCounters {
    std::uint64_t opened = 0;        // connected or accepted
    std::uint64_t turned_away = 0;   // beyond the limit of accepted connections
    std::uint64_t overrun = 0;       // closed because the peer did not read
};

class TcpFlows {
public:
    using Step = std::function<void(const proto::Event&)>;
    using Opened = std::function<void(const proto::Opened&)>;
    TcpFlows(asio::io_context& context, Tap& tap, const Clock& clock, TcpLimits limits, Step step, Opened opened);
    ~TcpFlows();
    TcpFlows(const TcpFlows&) = delete;
    TcpFlows& operator=(const TcpFlows&) = delete;

    /// Connects or listens; an address that is not ours or in use is thrown as std::system_error.
    void open(const proto::Open& open);
    /// False when the flow is none of these.
    bool send(proto::Send& send);
    bool close(proto::FlowId flow);
    /// Sends what was queued since the last time.
    void flush();
    /// Gives what is still queued a second to leave.
    void drain();
    [[nodiscard]] const TcpCounters& counters() const noexcept { return counters_; }

private:
    struct Listener;
    struct Stream;

    void add_listener(const proto::Open& open);
    void wait_for_caller(Listener& listener);
    void accept_batch(Listener& listener);
    void rest(Listener& listener);
    void add_accepted(Listener& listener, const TcpListener::Accepted& accepted);
    void wait_for_connect(Stream& stream);
    void on_connected(Stream& stream);
    void refuse(proto::FlowId flow, int error);
    void wait_for_input(Stream& stream);
    void on_input(proto::FlowId flow);
    void flush(Stream& stream);
    void end(proto::FlowId flow, const std::string& why);
    [[nodiscard]] Stream* find(proto::FlowId flow);

    asio::io_context& context_;
    Tap& tap_;
    const Clock& clock_;
    TcpLimits limits_;
    Step step_;
    Opened opened_;
    TcpCounters counters_;
    proto::FlowId next_accepted_ = proto::first_accepted_flow;
    std::size_t accepted_ = 0;               // of streams_
    std::unordered_map<proto::FlowId, std::unique_ptr<Listener>> listeners_;
    std::unordered_map<proto::FlowId, std::unique_ptr<Stream>> streams_;
    std::vector<proto::FlowId> to_flush_;
    std::vector<char> buffer_;
};

/// What an errno says, as words that go on in a sentence.
[[nodiscard]] std::string error_text(int error);

}  // namespace gbkit::io
