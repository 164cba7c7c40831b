#include "io/tcp_flows.hpp"

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include <poll.h>
#include <unistd.h>

#include <asio/post.hpp>

#include "base/text.hpp"
#include "io/tcp_flow.hpp"

namespace gbkit::io {

namespace {

using Kind = proto::ConnectionChange::Kind;

constexpr int callers_a_turn = 64;
constexpr auto rest_time = std::chrono::milliseconds(200);  // when the system has no descriptor left

}  // namespace

std::string error_text(int error) {
    std::string text = std::generic_category().message(error);
    if (!text.empty()) text[0] = ascii_lower(text[0]);
    return text;
}

TcpFlows::TcpFlows(asio::io_context& context, Tap& tap, const Clock& clock, TcpLimits limits, TlsContexts tls, Step step, Opened opened)
    : context_(context), tap_(tap), clock_(clock), limits_(limits), tls_(std::move(tls)), step_(std::move(step)), opened_(std::move(opened)) {}
TcpFlows::~TcpFlows() = default;

TcpFlows::Stream* TcpFlows::find(proto::FlowId flow) {
    const auto found = streams_.find(flow);
    return found == streams_.end() ? nullptr : found->second.get();
}

TcpFlows::Stream* TcpFlows::find(Handle handle) {
    Stream* stream = find(handle.flow);
    return stream != nullptr && stream->handle.serial == handle.serial ? stream : nullptr;
}

bool TcpFlows::erase(Handle handle) {
    const Stream* stream = find(handle);
    if (stream == nullptr) return false;
    if (stream->accepted()) --accepted_;
    streams_.erase(handle.flow);
    return true;
}

void TcpFlows::tell(const Stream& stream, Kind kind, const std::string& why) {
    tap_.connection({.kind = kind,
                     .number = 0,
                     .time = clock_.now(),
                     .transport = stream.transport,
                     .local = stream.socket.local(),
                     .peer = stream.socket.peer(),
                     .accepted = stream.accepted(),
                     .why = why});
}

void TcpFlows::open(const proto::Open& open) {
    if (!open.peer) return add_listener(open);
    if (open.transport == proto::Transport::tls && !tls_.client) throw std::logic_error("a TLS flow without a TLS context");
    if (const Stream* before = find(open.flow)) hang_up(before->handle);
    auto& stream = streams_[open.flow] = std::make_unique<Stream>(Handle{open.flow, ++serial_}, context_, open.local, *open.peer);
    stream->transport = open.transport;
    stream->name = open.name;
    if (stream->socket.descriptor() >= 0) return wait_for_connect(*stream);
    asio::post(context_, [this, handle = stream->handle] {
        if (Stream* found = find(handle)) refuse(*found, found->socket.connected());
    });
}

void TcpFlows::start_patience(Stream& stream) {
    stream.patience = std::make_unique<asio::steady_timer>(context_, limits_.connect_patience);
    stream.patience->async_wait([this, handle = stream.handle](const asio::error_code& error) {
        Stream* found = error ? nullptr : find(handle);
        if (found && !found->known()) on_impatience(*found);
    });
}

void TcpFlows::on_impatience(Stream& stream) {
    switch (stream.phase) {
        case Stream::Phase::connecting: return refuse(stream, ETIMEDOUT);
        case Stream::Phase::shaking: return fail_tls(stream, "no TLS handshake within the time: the peer may speak no TLS on this port");
        default: erase(stream.handle);  // said nothing at all
    }
}

void TcpFlows::wait_for_connect(Stream& stream) {
    start_patience(stream);
    stream.descriptor.async_wait(asio::posix::stream_descriptor::wait_write, [this, handle = stream.handle](const asio::error_code& error) {
        Stream* found = error ? nullptr : find(handle);
        if (found) on_connected(*found);
    });
}

void TcpFlows::on_connected(Stream& stream) {
    if (const int error = stream.socket.connected(); error != 0) return refuse(stream, error);
    wait_for_input(stream);
    if (stream.transport == proto::Transport::tls) return start_tls(stream);
    become_open(stream);
}

void TcpFlows::become_open(Stream& stream) {
    stream.phase = Stream::Phase::open;
    stream.patience.reset();
    ++counters_.opened;
    if (stream.tls) ++counters_.secured;
    const proto::Opened opened{stream.handle.flow, stream.socket.local(), stream.socket.peer(), stream.listener, stream.transport};
    tell(stream, Kind::opened, "");
    if (!stream.accepted()) opened_(opened);
    step_(opened);
}

void TcpFlows::refuse(Stream& stream, int error) {
    if (error == ETIMEDOUT) tell(stream, Kind::silent, error_text(error));
    else if (error == ECONNREFUSED || error == ECONNRESET || error == EHOSTUNREACH || error == ENETUNREACH) tell(stream, Kind::refused, error_text(error));
    const proto::FlowId flow = stream.handle.flow;
    erase(stream.handle);
    step_(proto::Refused{flow, error_text(error), {}});
}

void TcpFlows::add_listener(const proto::Open& open) {
    if (open.transport == proto::Transport::tls && !tls_.server) throw std::logic_error("a TLS listener without a TLS context");
    auto listener = std::make_unique<Listener>(open, context_);
    const proto::Opened opened{open.flow, listener->socket.local(), {}, {}, open.transport};
    wait_for_caller(*listener);
    listeners_[open.flow] = std::move(listener);
    opened_(opened);
    step_(opened);
}

void TcpFlows::wait_for_caller(Listener& listener) {
    listener.descriptor.async_wait(asio::posix::stream_descriptor::wait_read, [this, id = listener.id](const asio::error_code& error) {
        const auto found = error ? listeners_.end() : listeners_.find(id);
        if (found != listeners_.end()) accept_batch(*found->second);
    });
}

void TcpFlows::accept_batch(Listener& listener) {
    for (int i = 0; i < callers_a_turn; ++i) {
        const TcpListener::Accepted accepted = listener.socket.accept();
        if (accepted.error != 0) return rest(listener);
        if (accepted.descriptor < 0) break;
        add_accepted(listener, accepted);
    }
    wait_for_caller(listener);
}

// Whoever calls now waits in the system's queue until a connection has gone; to ask at once again would be a busy loop.
void TcpFlows::rest(Listener& listener) {
    listener.timer.expires_after(rest_time);
    listener.timer.async_wait([this, id = listener.id](const asio::error_code& error) {
        const auto found = error ? listeners_.end() : listeners_.find(id);
        if (found != listeners_.end()) wait_for_caller(*found->second);
    });
}

// Half-open ones count: the limit is one of descriptors and memory.
void TcpFlows::add_accepted(Listener& listener, const TcpListener::Accepted& accepted) {
    if (accepted_ >= limits_.accepted) {
        ++counters_.turned_away;
        ::close(accepted.descriptor);
        return;
    }
    while (streams_.contains(next_accepted_)) next_accepted_ = std::max(next_accepted_ + 1, proto::first_accepted_flow);
    const proto::FlowId id = std::exchange(next_accepted_, std::max(next_accepted_ + 1, proto::first_accepted_flow));
    auto& stream = streams_[id] = std::make_unique<Stream>(Handle{id, ++serial_}, context_, accepted.descriptor, accepted.peer);
    ++accepted_;
    stream->listener = listener.id;
    stream->transport = listener.transport;
    wait_for_input(*stream);
    if (!tls_.server) return become_open(*stream);
    stream->phase = Stream::Phase::deciding;
    start_patience(*stream);
}

bool TcpFlows::send(proto::Send& send) {
    Stream* stream = find(send.flow);
    if (!stream) return false;
    if (stream->phase != Stream::Phase::open || send.bytes.empty()) return true;
    if (stream->socket.queued() + send.bytes.size() > limits_.send_queue_bytes) {
        overrun(*stream);
        return true;
    }
    tap_.sent(clock_.now(), stream->transport, stream->socket.local(), stream->socket.peer(), send.bytes, stream->sent);
    stream->sent += send.bytes.size();
    if (stream->tls) {
        stream->tls->write(send.bytes);
        stream->socket.queue(stream->tls->output());
    } else {
        stream->socket.queue(send.bytes);
    }
    if (!std::exchange(stream->to_flush, true)) to_flush_.push_back(send.flow);
    return true;
}

void TcpFlows::overrun(Stream& stream) {
    ++counters_.overrun;
    stream.phase = Stream::Phase::overrun;  // nothing more is queued
    asio::post(context_, [this, handle = stream.handle] {
        if (Stream* found = find(handle)) end(*found, Kind::closed_by_us, "the peer does not read what it is sent");
    });
}

void TcpFlows::flush() {
    for (const proto::FlowId flow : std::exchange(to_flush_, {}))
        if (Stream* stream = find(flow)) {
            stream->to_flush = false;
            flush(*stream);
        }
}

void TcpFlows::flush(Stream& stream) {
    if (stream.waits_for_room) return;
    // A broken connection also ends its input, and with the reason: that tells it, after what still came.
    if (stream.socket.flush() != 0 || stream.socket.queued() == 0) return;
    stream.waits_for_room = true;
    stream.descriptor.async_wait(asio::posix::stream_descriptor::wait_write, [this, handle = stream.handle](const asio::error_code& error) {
        Stream* found = error ? nullptr : find(handle);
        if (!found) return;
        found->waits_for_room = false;
        flush(*found);
    });
}

namespace {

// Says goodbye where TLS asks for it; what the system does not take at once is not waited for.
void say_goodbye(TlsSession* tls, TcpConnection& socket) {
    if (tls == nullptr) return;
    tls->shut();
    socket.queue(tls->output());
    (void)socket.flush();
}

}  // namespace

bool TcpFlows::close(proto::FlowId flow) {
    const Stream* stream = find(flow);
    if (!stream && !listeners_.contains(flow)) return false;
    // Posted: the flow may be the one whose input is being taken in.
    asio::post(context_, [this, handle = stream ? stream->handle : Handle{flow, 0}] {
        if (handle.serial == 0) listeners_.erase(handle.flow);
        else hang_up(handle);
    });
    return true;
}

void TcpFlows::hang_up(Handle handle) {
    Stream* stream = find(handle);
    if (!stream) return;
    say_goodbye(stream->tls.get(), stream->socket);
    if (stream->known()) tell(*stream, Kind::closed_by_us, "");
    erase(handle);
}

void TcpFlows::end(Stream& stream, Kind kind, const std::string& why) {
    tell(stream, kind, why);
    const proto::FlowId flow = stream.handle.flow;
    erase(stream.handle);
    step_(proto::Closed{flow, why});
}

void TcpFlows::drain() {
    int patience_ms = 1000;  // for all of them together
    for (auto& [id, stream] : streams_) {
        if (!stream->known()) continue;
        say_goodbye(stream->tls.get(), stream->socket);
        while (stream->socket.queued() != 0 && stream->socket.flush() == 0 && stream->socket.queued() != 0 && patience_ms > 0) {
            pollfd room{stream->socket.descriptor(), POLLOUT, 0};
            poll(&room, 1, 50);
            patience_ms -= 50;
        }
        tell(*stream, Kind::closed_by_us, "");
    }
}

}  // namespace gbkit::io
