// The TCP connections of a loop: connects, listens, accepts, reads, and sends what is queued; each a flow by number.
//
// With TLS a connection is a flow like any other once its handshake is done; one that fails was never open. A listener
// with a server's context takes both on one port: what begins with 0x16 is a ClientHello, SIP never does. The tap sees
// plain bytes.
// What happens is told as events. Everything is bounded: connections that are accepted (more are closed at once and
// counted), and what waits for a peer that does not read (it is closed and counted). Accepted connections get
// numbers of their own, from proto::first_accepted_flow. The tap sees bytes with their place in the stream.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#define ASIO_STANDALONE
#include <asio/io_context.hpp>

#include "io/clock.hpp"
#include "io/tap.hpp"
#include "io/tcp_socket.hpp"
#include "io/tls_context.hpp"
#include "proto/machine.hpp"

namespace gbkit::io {

struct TcpLimits {
    std::size_t accepted = 200'000;             // open at a time
    std::size_t send_queue_bytes = 1U << 20;    // a connection
    Duration connect_patience = seconds{32};    // 64*T1; until TCP, and TLS over it, is there
};

/// Who we are in TLS, where it is spoken.
struct TlsContexts {
    std::shared_ptr<const TlsContext> client{};
    std::shared_ptr<const TlsContext> server{};
};

struct TcpCounters {
    std::uint64_t opened = 0;        // connected or accepted
    std::uint64_t turned_away = 0;   // beyond the limit of accepted connections
    std::uint64_t overrun = 0;       // closed because the peer did not read
    std::uint64_t secured = 0;       // of those opened: over TLS
    std::uint64_t insecure = 0;      // closed because no TLS came about
};

class TcpFlows {
public:
    using Step = std::function<void(const proto::Event&)>;
    using Opened = std::function<void(const proto::Opened&)>;
    TcpFlows(asio::io_context& context, Tap& tap, const Clock& clock, TcpLimits limits, TlsContexts tls, Step step, Opened opened);
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
    /// A flow's number may be used again; what was posted for the one before is not meant for it.
    struct Handle {
        proto::FlowId flow;
        std::uint64_t serial;
    };
    struct Listener;
    struct Stream;

    void add_listener(const proto::Open& open);
    void wait_for_caller(Listener& listener);
    void accept_batch(Listener& listener);
    void rest(Listener& listener);
    void add_accepted(Listener& listener, const TcpListener::Accepted& accepted);
    void wait_for_connect(Stream& stream);
    void start_patience(Stream& stream);
    void on_impatience(Stream& stream);
    void on_connected(Stream& stream);
    void become_open(Stream& stream);
    void refuse(Stream& stream, int error);

    void wait_for_input(Stream& stream);
    void on_input(Handle handle);
    void on_end(Stream& stream, int error);
    void take(Stream& stream, std::string_view bytes);
    void give(Stream& stream, std::string_view plain);
    bool decide(Stream& stream, std::string_view bytes);
    void start_tls(Stream& stream);
    void take_secured(Handle handle, std::string_view bytes);
    void fail_tls(Stream& stream, std::string why);
    void overrun(Stream& stream);
    void flush(Stream& stream);
    void hang_up(Handle handle);
    void end(Stream& stream, proto::ConnectionChange::Kind kind, const std::string& why);
    void tell(const Stream& stream, proto::ConnectionChange::Kind kind, const std::string& why);
    bool erase(Handle handle);
    [[nodiscard]] Stream* find(proto::FlowId flow);
    [[nodiscard]] Stream* find(Handle handle);

    asio::io_context& context_;
    Tap& tap_;
    const Clock& clock_;
    TcpLimits limits_;
    TlsContexts tls_;
    Step step_;
    Opened opened_;
    TcpCounters counters_;
    proto::FlowId next_accepted_ = proto::first_accepted_flow;
    std::size_t accepted_ = 0;               // of streams_
    std::unordered_map<proto::FlowId, std::unique_ptr<Listener>> listeners_;
    std::unordered_map<proto::FlowId, std::unique_ptr<Stream>> streams_;
    std::vector<proto::FlowId> to_flush_;
    std::uint64_t serial_ = 0;
    std::vector<char> buffer_, plain_;
};

/// What an errno says, as words that go on in a sentence.
[[nodiscard]] std::string error_text(int error);

}  // namespace gbkit::io
