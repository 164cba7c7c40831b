#include "io/capture_writer.hpp"

#include <algorithm>
#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "base/text.hpp"
#include "wire/frame.hpp"
#include "wire/pcapng_writer.hpp"

namespace gbkit::io {

namespace {

constexpr std::size_t flush_bytes = 64 * 1024;
constexpr Duration flush_time = seconds{1};
constexpr std::size_t segment_bytes = 1400;
// Beyond this all are forgotten: each continues as a connection whose start was not seen.
constexpr std::size_t max_connections = 262144;

}  // namespace

CaptureWriter::CaptureWriter(std::string name) : name_(std::move(name)) {
    fd_ = name_ == "-" ? STDOUT_FILENO : ::open(name_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd_ < 0) fail(errno);
    wire::pcapng::append_section(buffer_, "gbkit " GBKIT_VERSION);
    wire::pcapng::append_interface(buffer_, wire::link_type::raw, "socket");
    flush();
}

CaptureWriter::~CaptureWriter() {
    try {
        close();
    } catch (const CaptureError&) {
        // Nobody is left to tell; close() tells those who ask.
    }
}

void CaptureWriter::fail(int error) {
    failed_ = true;
    buffer_.clear();
    std::string why = std::generic_category().message(error);
    if (!why.empty()) why[0] = ascii_lower(why[0]);
    throw CaptureError(fmt::format("cannot write {}: {}", name_ == "-" ? "standard output" : name_, why), true);
}

void CaptureWriter::write_out() {
    std::size_t done = 0;
    while (done < buffer_.size()) {
        const ssize_t count = ::write(fd_, buffer_.data() + done, buffer_.size() - done);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) {
            const int error = errno;
            // Nothing of a torn block stays; in a pipe there is nothing to cut back.
            [[maybe_unused]] const int cut = name_ == "-" ? 0 : ::ftruncate(fd_, static_cast<off_t>(written_));
            fail(error);
        }
        done += static_cast<std::size_t>(count);
    }
    written_ += done;
    buffer_.clear();
}

void CaptureWriter::flush() {
    if (!failed_ && fd_ >= 0) write_out();
}

void CaptureWriter::close() {
    flush();
    const int fd = fd_;
    fd_ = -1;
    if (fd > STDOUT_FILENO && ::close(fd) != 0 && !failed_) fail(errno);
}

// packet_ becomes a block; `cut` bytes after it were on the wire and are not known.
void CaptureWriter::append_block(Time time, std::size_t cut) {
    wire::pcapng::append_packet(buffer_, 0, time, packet_, packet_.size() + cut);
    ++packets_;
    packet_.clear();
    if (buffer_.size() < flush_bytes && time - flushed_ < flush_time && time >= flushed_) return;
    flushed_ = time;
    flush();
}

void CaptureWriter::write(const proto::Packet& packet) {
    if (failed_ || fd_ < 0) return;
    if (packet.transport != proto::Transport::udp) return tcp(packet);
    // No socket sends or receives more than fits; a Packet that claims it is cut to what can be.
    const std::size_t room = wire::max_udp_payload(packet.source, packet.destination);
    const ByteView bytes = packet.bytes.first(std::min(packet.bytes.size(), room));
    const std::size_t cut = std::min<std::size_t>(packet.cut, room - bytes.size());
    wire::append_udp(packet_, packet.source, packet.destination, ++id_, bytes, cut);
    append_block(packet.time, cut);
}

void CaptureWriter::unreachable(const proto::Unreachable& error) {
    if (failed_ || fd_ < 0) return;
    wire::append_unreachable(packet_, error.source, error.destination, ++id_, error.code);
    append_block(error.time, 0);
}

void CaptureWriter::bare(Time time, const Endpoint& from, const Endpoint& to, const wire::TcpFields& fields) {
    wire::append_tcp(packet_, from, to, ++id_, fields, {});
    append_block(time, 0);
}

void CaptureWriter::connection(const proto::ConnectionChange& change) {
    using Kind = proto::ConnectionChange::Kind;
    if (failed_ || fd_ < 0 || change.kind == Kind::opened) return;  // its handshake is written with its first bytes
    if (change.kind == Kind::refused || change.kind == Kind::silent) attempt(change);
    else ending(change);
}

// A SYN, and the RST when one came.
void CaptureWriter::attempt(const proto::ConnectionChange& change) {
    const std::uint32_t initial = 1000U + change.local.port;
    bare(change.time, change.local, change.peer, {initial, 0, true, false, false});
    if (change.kind == proto::ConnectionChange::Kind::refused)
        bare(change.time, change.peer, change.local, {.sequence = 0, .acknowledgement = initial + 1, .ack = true, .rst = true});
}

// FIN of both, the one who closed first; or the RST of the peer. Nothing when no byte was ever seen.
void CaptureWriter::ending(const proto::ConnectionChange& change) {
    using Kind = proto::ConnectionChange::Kind;
    const auto found = connections_.find(pair_of(change.local, change.peer));
    if (found == connections_.end()) return;
    const bool by_us = change.kind == Kind::closed_by_us;
    const Endpoint& first = by_us ? change.local : change.peer;
    const Endpoint& second = by_us ? change.peer : change.local;
    const bool forward = first < second;
    const Direction& there = forward ? found->second.forward : found->second.backward;
    const Direction& back = forward ? found->second.backward : found->second.forward;
    const std::uint32_t sequence = there.initial + static_cast<std::uint32_t>(there.next);
    const std::uint32_t answer = back.initial + static_cast<std::uint32_t>(back.next);
    const bool reset = !by_us && change.kind != Kind::closed_by_peer;
    bare(change.time, first, second, {.sequence = sequence, .acknowledgement = answer, .fin = !reset, .ack = true, .rst = reset});
    if (reset) return;
    bare(change.time, second, first, {.sequence = answer, .acknowledgement = sequence + 1, .fin = true, .ack = true});
    bare(change.time, first, second, {.sequence = sequence + 1, .acknowledgement = answer + 1, .ack = true});
}

// Who speaks first is taken for the client. Sequence numbers are made of the ports and of those before, so that
// two connections between the same ends differ and a run repeats.
void CaptureWriter::handshake(const proto::Packet& packet, Direction& there, Direction& back) {
    const std::uint32_t before = there.initial + back.initial;
    there = {before + 1000 + packet.source.port, 0, false};
    back = {before + 500'000 + packet.destination.port, 0, false};
    bare(packet.time, packet.source, packet.destination, {there.initial - 1, 0, true, false, false});
    bare(packet.time, packet.destination, packet.source, {back.initial - 1, there.initial, true, false, true});
    bare(packet.time, packet.source, packet.destination, {there.initial, back.initial, false, false, true});
}

void CaptureWriter::segment(const proto::Packet& packet, Direction& there, const Direction& back) {
    const bool lost = there.started && packet.gap > 0;
    if (!there.started) {  // what came before its first byte is not a gap: the stream was met there
        there.started = true;
        there.initial -= static_cast<std::uint32_t>(packet.stream_offset - packet.gap);
    }
    const std::uint32_t acknowledged = back.initial + static_cast<std::uint32_t>(back.next);
    there.next = packet.stream_offset;
    for (ByteView rest = packet.bytes; !rest.empty();) {
        const ByteView part = rest.first(std::min(rest.size(), segment_bytes));
        const std::uint32_t sequence = there.initial + static_cast<std::uint32_t>(there.next);
        wire::append_tcp(packet_, packet.source, packet.destination, ++id_, {sequence, acknowledged, false, false, true}, part);
        append_block(packet.time, 0);
        there.next += part.size();
        rest = rest.subspan(part.size());
    }
    if (!lost) return;
    // The bytes arrived and were not captured: only an acknowledgement says so to a reader.
    const std::uint32_t reached = there.initial + static_cast<std::uint32_t>(there.next);
    wire::append_tcp(packet_, packet.destination, packet.source, ++id_, {acknowledged, reached, false, false, true}, {});
    append_block(packet.time, 0);
}

CaptureWriter::Pair CaptureWriter::pair_of(const Endpoint& a, const Endpoint& b) { return a < b ? Pair{a, b} : Pair{b, a}; }

void CaptureWriter::tcp(const proto::Packet& packet) {
    const bool forward = packet.source < packet.destination;
    if (connections_.size() >= max_connections) connections_.clear();
    const auto [found, added] = connections_.try_emplace(pair_of(packet.source, packet.destination));
    Direction& there = forward ? found->second.forward : found->second.backward;
    Direction& back = forward ? found->second.backward : found->second.forward;
    const bool again = packet.stream_offset == 0 && there.next > 0;  // a new connection between the same ends
    if (added || again) handshake(packet, there, back);
    segment(packet, there, back);
}

}  // namespace gbkit::io
