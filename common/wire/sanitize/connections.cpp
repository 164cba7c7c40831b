#include "wire/sanitize/connections.hpp"

#include <algorithm>

#include "wire/checksum.hpp"

namespace gbkit::wire::sanitize {

namespace {

// Options that speak of sequence numbers or of who knows what become "no operation": kept are end, no operation, segment
// size, window scale, "selective acknowledgements permitted" and time stamps (RFC 9293 3.1, RFC 7323, RFC 2018).
void clean_options(Bytes& segment, std::size_t end) {
    for (std::size_t at = 20; at < end && segment[at] != 0;) {
        const std::uint8_t kind = segment[at];
        const std::size_t length = kind == 1 ? 1 : at + 1 < end ? segment[at + 1] : 0;
        const bool whole = length >= (kind == 1 ? 1U : 2U) && at + length <= end;
        const bool kept = kind == 1 || kind == 2 || kind == 3 || kind == 4 || kind == 8;
        if (!whole) return std::fill(segment.begin() + static_cast<std::ptrdiff_t>(at), segment.begin() + static_cast<std::ptrdiff_t>(end), std::uint8_t{0});
        if (!kept) std::fill_n(segment.begin() + static_cast<std::ptrdiff_t>(at), length, std::uint8_t{1});
        at += length;
    }
}

}  // namespace

bool Connections::Ticket::ready() const noexcept {
    const Course &mine = own->course, &theirs = other->course;
    const bool sent = payload == 0 || mine.knows(mine.offset_of(sequence) + static_cast<std::int64_t>(payload));
    return sent && (!ack || theirs.knows(theirs.offset_of(acknowledgement)));
}

Bytes Connections::Ticket::segment(ByteView original) const {
    Bytes out(original.begin(), original.end() - static_cast<std::ptrdiff_t>(payload));
    clean_options(out, out.size());
    const Course& mine = own->course;
    if (!syn) store32be(out, 4, mine.sequence(sequence));
    if (ack) store32be(out, 8, other->course.sequence(acknowledgement));
    if (payload == 0) return out;
    const std::int64_t begin = mine.offset_of(sequence + (syn ? 1U : 0U));
    const Bytes content = mine.bytes(begin, begin + static_cast<std::int64_t>(payload));
    out.insert(out.end(), content.begin(), content.end());
    return out;
}

std::unique_ptr<Stream> Connections::stream_into(Course& course) {
    return std::make_unique<Stream>(messages_, aliases_, keep_media_, [this, &course](Stream::Span span) {
        course.add(span.old_bytes, std::move(span.bytes), span.missing, std::min(Course::kept_bytes, kept_bytes / (connections_.size() + 1)));
    });
}

std::shared_ptr<Connections::Run> Connections::fresh_run() {
    auto run = std::make_shared<Run>();
    run->stream = stream_into(run->course);
    return run;
}

std::size_t Connections::held_by(const Sides& sides) noexcept {
    std::size_t held = 0;
    for (const Side& side : sides) held += side.order.held_bytes() + side.run->stream->held_bytes();
    return held;
}

// Those silent longest give out what they hold; their streams go on from there.
void Connections::relieve() {
    for (auto connection = connections_.rbegin(); connection != connections_.rend() && held_ > max_held / 2; ++connection) {
        held_ -= held_by(connection->sides);
        for (Side& side : connection->sides) {
            side.order.release_held([&](const TcpPiece& piece) { take(side, piece); });
            side.run->stream->finish();
            count(*side.run->stream);
            side.run->stream = stream_into(side.run->course);
        }
    }
}

void Connections::count(const Stream& stream) {
    messages_seen_ += stream.messages_seen();
    packets_seen_ += stream.packets_seen();
}

Connections::Sides& Connections::sides_of(const Flow& flow) {
    if (const auto found = index_.find(flow); found != index_.end()) {
        connections_.splice(connections_.begin(), connections_, found->second);
        return connections_.front().sides;
    }
    if (connections_.size() >= max_connections) {
        held_ -= held_by(connections_.back().sides);
        for (Side& side : connections_.back().sides) end(side);
        index_.erase(connections_.back().flow);
        connections_.pop_back();
    }
    connections_.emplace_front().flow = flow;
    index_.emplace(flow, connections_.begin());
    for (Side& side : connections_.front().sides) side.run = fresh_run();
    return connections_.front().sides;
}

void Connections::end_run(Side& side) {
    side.run->stream->finish();
    side.run->course.close();
    count(*side.run->stream);
}

void Connections::renew(Side& side) {
    end_run(side);
    side.run = fresh_run();
    side.read = 0;
}

void Connections::end(Side& side) {
    side.order.finish([&](const TcpPiece& piece) { take(side, piece); });
    end_run(side);
}

void Connections::take(Side& side, const TcpPiece& piece) {
    side.read = piece.offset + piece.bytes.size();
    side.run->course.received(side.read);
    side.run->stream->push(piece.bytes, piece.gap);
}

// As wire/tcp_stream tells it: a direction begins with its SYN or its first data, and anew with another SYN or a jump.
void Connections::order(Side& side, const TcpSegment& segment, std::uint64_t frame) {
    const bool data = !segment.payload.empty() && !segment.rst;
    const std::uint32_t first = segment.sequence + (segment.syn ? 1U : 0U);
    const bool another = segment.syn && side.run->course.has_begun() && side.run->course.first_sequence() != first;
    if (another) side.order.finish([&](const TcpPiece& piece) { take(side, piece); });
    if (another) renew(side);
    if (!side.run->course.has_begun() && (segment.syn || data)) side.run->course.begin(first);
    side.order.push(segment, frame, [&](const TcpPiece& piece) {
        if (piece.offset < side.read) {   // the jump: its first piece is the segment's own
            renew(side);
            side.run->course.begin(segment.sequence);
        }
        take(side, piece);
    });
    Course& course = side.run->course;
    if (data) course.received(static_cast<std::uint64_t>(std::max<std::int64_t>(course.offset_of(first) + static_cast<std::int64_t>(segment.payload.size()), 0)));
}

Connections::Ticket Connections::push(const Endpoint& source, const Endpoint& destination, const TcpSegment& segment, std::uint64_t frame) {
    Ticket ticket;
    const std::size_t from = source < destination ? 0 : 1;
    Sides& sides = sides_of(from == 0 ? Flow{source, destination} : Flow{destination, source});
    Side &side = sides[from], &other = sides[1 - from];
    const std::size_t before = held_by(sides);
    if (segment.ack && !segment.rst) other.order.acknowledged(segment.acknowledgement, [&](const TcpPiece& piece) { take(other, piece); });
    order(side, segment, frame);
    held_ = held_ + held_by(sides) - before;
    if (held_ > max_held) relieve();
    ticket.own = side.run;
    ticket.other = other.run;
    ticket.sequence = segment.sequence;
    ticket.acknowledgement = segment.acknowledgement;
    ticket.ack = segment.ack;
    ticket.syn = segment.syn;
    ticket.payload = segment.payload.size();
    return ticket;
}

void Connections::finish() {
    for (Connection& connection : connections_)
        for (Side& side : connection.sides) end(side);
    connections_.clear();
    index_.clear();
    held_ = 0;
}

}  // namespace gbkit::wire::sanitize
