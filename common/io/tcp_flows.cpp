#include "io/tcp_flows.hpp"

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include <poll.h>
#include <unistd.h>

#include <asio/posix/stream_descriptor.hpp>
#include <asio/post.hpp>
#include <asio/steady_timer.hpp>

namespace gbkit::io {

namespace {

constexpr std::size_t read_bytes = 64 * 1024;
constexpr int reads_a_turn = 4;      // then the others have theirs
constexpr int callers_a_turn = 64;
constexpr auto rest_time = std::chrono::milliseconds(200);  // when the system has no descriptor left

}  // namespace

struct TcpFlows::Listener {
    Listener(proto::FlowId flow, asio::io_context& context, const Endpoint& local)
        : id(flow), socket(local), descriptor(context, socket.descriptor()), timer(context) {}
    ~Listener() { descriptor.release(); }  // the socket closes it
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    proto::FlowId id;
    TcpListener socket;
    asio::posix::stream_descriptor descriptor;
    asio::steady_timer timer;
};

struct TcpFlows::Stream {
    template <class... Arguments>
    Stream(proto::FlowId flow, asio::io_context& context, Arguments&&... arguments)
        : id(flow), socket(std::forward<Arguments>(arguments)...), descriptor(context) {
        if (socket.descriptor() >= 0) descriptor.assign(socket.descriptor());
    }
    ~Stream() {
        if (descriptor.is_open()) descriptor.release();
    }
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;

    proto::FlowId id;
    TcpConnection socket;
    asio::posix::stream_descriptor descriptor;
    std::unique_ptr<asio::steady_timer> patience{};  // while it connects
    std::uint64_t received = 0, sent = 0;            // bytes: the next ones' place in the stream
    bool open = false;                               // connected
    bool waits_for_room = false;
    bool to_flush = false;
};

std::string error_text(int error) {
    std::string text = std::generic_category().message(error);
    if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z') text[0] = static_cast<char>(text[0] - 'A' + 'a');
    return text;
}

TcpFlows::TcpFlows(asio::io_context& context, Tap& tap, const Clock& clock, TcpLimits limits, Step step, Opened opened)
    : context_(context), tap_(tap), clock_(clock), limits_(limits), step_(std::move(step)), opened_(std::move(opened)) {}
TcpFlows::~TcpFlows() = default;

TcpFlows::Stream* TcpFlows::find(proto::FlowId flow) {
    const auto found = streams_.find(flow);
    return found == streams_.end() ? nullptr : found->second.get();
}

void TcpFlows::open(const proto::Open& open) {
    if (!open.peer) return add_listener(open);
    auto& stream = streams_[open.flow] = std::make_unique<Stream>(open.flow, context_, open.local, *open.peer);
    if (stream->socket.descriptor() < 0) {
        const int error = stream->socket.connected();
        return asio::post(context_, [this, id = open.flow, error] { refuse(id, error); });
    }
    wait_for_connect(*stream);
}

void TcpFlows::wait_for_connect(Stream& stream) {
    stream.patience = std::make_unique<asio::steady_timer>(context_, limits_.connect_patience);
    stream.patience->async_wait([this, id = stream.id](const asio::error_code& error) {
        const Stream* found = error ? nullptr : find(id);
        if (found && !found->open) refuse(id, ETIMEDOUT);
    });
    stream.descriptor.async_wait(asio::posix::stream_descriptor::wait_write, [this, id = stream.id](const asio::error_code& error) {
        Stream* found = error ? nullptr : find(id);
        if (found) on_connected(*found);
    });
}

void TcpFlows::on_connected(Stream& stream) {
    if (const int error = stream.socket.connected(); error != 0) return refuse(stream.id, error);
    stream.open = true;
    stream.patience.reset();
    ++counters_.opened;
    const proto::Opened opened{stream.id, stream.socket.local(), stream.socket.peer(), {}};
    wait_for_input(stream);
    opened_(opened);
    step_(opened);
}

void TcpFlows::refuse(proto::FlowId flow, int error) {
    if (streams_.erase(flow) != 0) step_(proto::Refused{flow, error_text(error), {}});
}

void TcpFlows::add_listener(const proto::Open& open) {
    auto listener = std::make_unique<Listener>(open.flow, context_, open.local);
    const proto::Opened opened{open.flow, listener->socket.local(), {}, {}};
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

void TcpFlows::add_accepted(Listener& listener, const TcpListener::Accepted& accepted) {
    if (accepted_ >= limits_.accepted) {
        ++counters_.turned_away;
        ::close(accepted.descriptor);
        return;
    }
    while (streams_.contains(next_accepted_)) next_accepted_ = std::max(next_accepted_ + 1, proto::first_accepted_flow);
    const proto::FlowId id = std::exchange(next_accepted_, std::max(next_accepted_ + 1, proto::first_accepted_flow));
    auto& stream = streams_[id] = std::make_unique<Stream>(id, context_, accepted.descriptor, accepted.peer);
    stream->open = true;
    ++accepted_;
    ++counters_.opened;
    const proto::Opened opened{id, stream->socket.local(), accepted.peer, listener.id};
    wait_for_input(*stream);
    step_(opened);
}

void TcpFlows::wait_for_input(Stream& stream) {
    stream.descriptor.async_wait(asio::posix::stream_descriptor::wait_read, [this, id = stream.id](const asio::error_code& error) {
        if (!error) on_input(id);
    });
}

// Looked up again after each step: the machine may have closed the flow meanwhile.
void TcpFlows::on_input(proto::FlowId flow) {
    buffer_.resize(read_bytes);
    for (int i = 0; i < reads_a_turn; ++i) {
        Stream* stream = find(flow);
        if (!stream) return;
        const TcpConnection::Input input = stream->socket.receive(buffer_.data(), buffer_.size());
        if (input.ended) return end(flow, input.error == 0 ? "the peer closed the connection" : error_text(input.error));
        if (input.bytes.empty()) break;
        const Endpoint peer = stream->socket.peer(), local = stream->socket.local();
        tap_.received(clock_.now(), proto::Transport::tcp, peer, local, input.bytes, stream->received);
        stream->received += input.bytes.size();
        step_(proto::Received{flow, peer, input.bytes, local});
    }
    if (Stream* stream = find(flow)) wait_for_input(*stream);
}

bool TcpFlows::send(proto::Send& send) {
    Stream* stream = find(send.flow);
    if (!stream) return false;
    if (!stream->open || send.bytes.empty()) return true;
    if (stream->socket.queued() + send.bytes.size() > limits_.send_queue_bytes) {
        ++counters_.overrun;
        asio::post(context_, [this, id = send.flow] { end(id, "the peer does not read what it is sent"); });
        stream->open = false;  // nothing more is queued
        return true;
    }
    tap_.sent(clock_.now(), proto::Transport::tcp, stream->socket.local(), stream->socket.peer(), send.bytes, stream->sent);
    stream->sent += send.bytes.size();
    stream->socket.queue(send.bytes);
    if (!std::exchange(stream->to_flush, true)) to_flush_.push_back(send.flow);
    return true;
}

void TcpFlows::flush() {
    for (const proto::FlowId flow : std::exchange(to_flush_, {}))
        if (Stream* stream = find(flow)) {
            stream->to_flush = false;
            if (!stream->waits_for_room) flush(*stream);
        }
}

void TcpFlows::flush(Stream& stream) {
    // A broken connection also ends its input, and with the reason: that tells it, after what still came.
    if (stream.socket.flush() != 0 || stream.socket.queued() == 0) return;
    stream.waits_for_room = true;
    stream.descriptor.async_wait(asio::posix::stream_descriptor::wait_write, [this, id = stream.id](const asio::error_code& error) {
        Stream* found = error ? nullptr : find(id);
        if (!found) return;
        found->waits_for_room = false;
        flush(*found);
    });
}

bool TcpFlows::close(proto::FlowId flow) {
    if (!find(flow) && !listeners_.contains(flow)) return false;
    // Posted: the flow may be the one whose input is being taken in.
    asio::post(context_, [this, flow] {
        listeners_.erase(flow);
        if (streams_.erase(flow) != 0 && flow >= proto::first_accepted_flow) --accepted_;
    });
    return true;
}

void TcpFlows::end(proto::FlowId flow, const std::string& why) {
    if (streams_.erase(flow) == 0) return;
    if (flow >= proto::first_accepted_flow) --accepted_;
    step_(proto::Closed{flow, why});
}

void TcpFlows::drain() {
    int patience_ms = 1000;  // for all of them together
    for (auto& [id, stream] : streams_)
        while (stream->open && stream->socket.queued() != 0 && stream->socket.flush() == 0 && stream->socket.queued() != 0 && patience_ms > 0) {
            pollfd room{stream->socket.descriptor(), POLLOUT, 0};
            poll(&room, 1, 50);
            patience_ms -= 50;
        }
}

}  // namespace gbkit::io
