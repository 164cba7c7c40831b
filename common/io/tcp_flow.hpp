// A listener and a connection as TcpFlows holds them; for its own sources only.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "io/tcp_flows.hpp"
#include "io/tls_session.hpp"

#include <asio/posix/stream_descriptor.hpp>
#include <asio/steady_timer.hpp>

namespace gbkit::io {

struct TcpFlows::Listener {
    Listener(const proto::Open& open, asio::io_context& context)
        : id(open.flow), transport(open.transport), socket(open.local), descriptor(context, socket.descriptor()), timer(context) {}
    ~Listener() { descriptor.release(); }  // the socket closes it
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    proto::FlowId id;
    proto::Transport transport;  // TLS: nothing else is taken
    TcpListener socket;
    asio::posix::stream_descriptor descriptor;
    asio::steady_timer timer;
};

//   connecting ---> [shaking] ---> open ---> overrun         we called
//   [deciding] ---> [shaking] ---> open ---> overrun         accepted; deciding: is it TLS or not?
struct TcpFlows::Stream {
    enum class Phase : std::uint8_t { connecting, deciding, shaking, open, overrun };

    template <class... Arguments>
    Stream(Handle which, asio::io_context& context, Arguments&&... arguments)
        : handle(which), socket(std::forward<Arguments>(arguments)...), descriptor(context) {
        if (socket.descriptor() >= 0) descriptor.assign(socket.descriptor());
    }
    ~Stream() {
        if (descriptor.is_open()) descriptor.release();
    }
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;

    [[nodiscard]] bool accepted() const noexcept { return listener.has_value(); }
    [[nodiscard]] bool known() const noexcept { return phase >= Phase::open; }  // to the machine

    Handle handle;
    TcpConnection socket;
    asio::posix::stream_descriptor descriptor;
    proto::Transport transport = proto::Transport::tcp;
    std::optional<proto::FlowId> listener{};
    std::string name{};                              // what the peer's certificate must say; empty: the usual one
    std::unique_ptr<TlsSession> tls{};
    std::unique_ptr<asio::steady_timer> patience{};  // until it is open
    std::uint64_t received = 0, sent = 0;            // plain bytes: the next ones' place in the stream
    Phase phase = Phase::connecting;
    bool waits_for_room = false;
    bool to_flush = false;
};

}  // namespace gbkit::io
