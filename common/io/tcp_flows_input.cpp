// What comes in on the connections: read, decided upon (TLS or not), decrypted, given to the machine. A step of the
// machine may close any flow, so a stream is looked up again after each.
#include <algorithm>

#include "io/tcp_flow.hpp"

namespace gbkit::io {

namespace {

using Kind = proto::ConnectionChange::Kind;

constexpr std::size_t read_bytes = 64 * 1024;
constexpr std::size_t record_bytes = 16 * 1024;  // of plain text in a TLS record (RFC 8446 section 5.1)
constexpr int reads_a_turn = 4;                  // then the others have theirs

}  // namespace

void TcpFlows::wait_for_input(Stream& stream) {
    stream.descriptor.async_wait(asio::posix::stream_descriptor::wait_read, [this, handle = stream.handle](const asio::error_code& error) {
        if (!error) on_input(handle);
    });
}

void TcpFlows::on_input(Handle handle) {
    buffer_.resize(read_bytes);
    for (int i = 0; i < reads_a_turn; ++i) {
        Stream* stream = find(handle);
        if (!stream) return;
        const TcpConnection::Input input = stream->socket.receive(buffer_.data(), buffer_.size());
        if (input.ended) return on_end(*stream, input.error);
        if (input.bytes.empty()) break;
        take(*stream, input.bytes);
    }
    if (Stream* stream = find(handle)) wait_for_input(*stream);
}

void TcpFlows::on_end(Stream& stream, int error) {
    if (stream.phase == Stream::Phase::deciding) {
        erase(stream.handle);
        return;
    }
    if (stream.phase == Stream::Phase::shaking)
        return fail_tls(stream, "the peer closed the connection in the handshake: it may speak no TLS on this port");
    end(stream, error == 0 ? Kind::closed_by_peer : Kind::broken, error == 0 ? "the peer closed the connection" : error_text(error));
}

void TcpFlows::take(Stream& stream, std::string_view bytes) {
    const Handle handle = stream.handle;
    if (stream.phase == Stream::Phase::deciding && !decide(stream, bytes)) return;
    Stream* found = find(handle);
    if (!found) return;
    if (found->tls) take_secured(handle, bytes);
    else give(*found, bytes);
}

void TcpFlows::give(Stream& stream, std::string_view plain) {
    const Endpoint peer = stream.socket.peer(), local = stream.socket.local();
    tap_.received(clock_.now(), stream.transport, peer, local, plain, stream.received);
    stream.received += plain.size();
    step_(proto::Received{stream.handle.flow, peer, plain, local});
}

// The first byte says it. False when the stream is gone.
bool TcpFlows::decide(Stream& stream, std::string_view bytes) {
    const Handle handle = stream.handle;
    if (TlsSession::begins(bytes) || stream.transport == proto::Transport::tls) {
        stream.transport = proto::Transport::tls;
        start_tls(stream);
    } else {
        become_open(stream);
    }
    return find(handle) != nullptr;
}

void TcpFlows::start_tls(Stream& stream) {
    stream.phase = Stream::Phase::shaking;
    stream.tls = std::make_unique<TlsSession>(stream.accepted() ? tls_.server : tls_.client, stream.name);
    stream.socket.queue(stream.tls->output());
    flush(stream);
}

void TcpFlows::take_secured(Handle handle, std::string_view bytes) {
    Stream* stream = find(handle);
    stream->tls->take(bytes);
    stream->socket.queue(stream->tls->output());
    if (stream->phase == Stream::Phase::shaking && stream->tls->open()) become_open(*stream);
    plain_.resize(record_bytes);
    while ((stream = find(handle)) != nullptr) {
        const std::string_view plain = stream->tls->read(plain_.data(), plain_.size());
        if (plain.empty()) break;
        give(*stream, plain);
    }
    if (!stream) return;
    stream->socket.queue(stream->tls->output());  // alerts, answers to key updates
    flush(*stream);
    if (!stream->tls->failure().empty()) return fail_tls(*stream, stream->tls->failure());
    if (stream->tls->closed()) return end(*stream, Kind::closed_by_peer, "the peer closed the connection");
    if (stream->socket.queued() > limits_.send_queue_bytes && stream->phase == Stream::Phase::open) overrun(*stream);
}

// `why` is a copy: the stream goes. Under TLS 1.3 a server that does not like our certificate says so when we think that all is well.
void TcpFlows::fail_tls(Stream& stream, std::string why) {
    const Handle handle = stream.handle;
    const bool known = stream.known(), accepted = stream.accepted();
    if (known && stream.received > 0) return end(stream, Kind::broken, "TLS: " + why);
    ++counters_.insecure;
    tell(stream, stream.tls->distrusts() ? Kind::untrusted : Kind::insecure, why);
    erase(handle);
    if (known) step_(proto::Closed{handle.flow, "TLS: " + why});
    else if (!accepted) step_(proto::Refused{handle.flow, "TLS: " + why, {}});
}

}  // namespace gbkit::io
