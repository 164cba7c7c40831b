#include "wire/tcp_stream.hpp"

#include <algorithm>

namespace gbkit::wire {

namespace {
// Windows beyond this do not occur between cameras and platforms; RFC 7323 allows 1 GiB.
constexpr std::int64_t largest_jump = 64 << 20;
// How many segments a frame may be late in the capture, after its bytes were acknowledged.
constexpr unsigned patience = 3;
// A lost segment was hardly smaller (RFC 9293 section 3.7.1), whatever little was seen.
constexpr std::uint64_t least_segment = 536;
}  // namespace

// From the next byte expected to this sequence number, over the 32-bit wrap.
std::int64_t TcpStream::distance(std::uint32_t sequence) const noexcept {
    return static_cast<std::int32_t>(sequence - (first_sequence_ + static_cast<std::uint32_t>(next_)));
}

void TcpStream::start(std::uint32_t first_sequence) noexcept {
    started_ = true;
    first_sequence_ = first_sequence;
    next_ = acked_ = gap_ = 0;
    end_ = UINT64_MAX;
    waited_ = 0;
    cut_ = 0;
}

void TcpStream::note_data(const TcpSegment& segment) noexcept {
    const std::uint64_t size = segment.payload.size() + segment.cut;
    if (size == 0) return;
    ++counts_.segments;
    largest_ = std::max(largest_, size);
    cut_ += segment.cut;
}

void TcpStream::note_lost(std::uint64_t bytes) noexcept {
    const std::uint64_t cut = std::min(bytes, cut_);
    cut_ -= cut;
    bytes -= cut;
    const std::uint64_t size = std::max(largest_, least_segment);
    counts_.lost_bytes += bytes;
    counts_.lost_segments += (bytes + size - 1) / size;
}

void TcpStream::push(const TcpSegment& segment, std::uint64_t frame, const Sink& sink) {
    if (segment.rst) return;
    const std::uint32_t sequence = segment.sequence + (segment.syn ? 1U : 0U);
    if (segment.syn && started_ && sequence != first_sequence_) {
        finish(sink);
        ++counts_.restarts;
    }
    if (!started_) {
        if (!segment.syn && segment.payload.empty()) return;  // a bare ACK or keep-alive does not say where data starts
        start(sequence);
    }
    std::int64_t jump = distance(sequence);
    if (!segment.syn && (jump > largest_jump || jump < -largest_jump)) {
        if (segment.payload.empty()) return;
        finish(sink);
        ++counts_.restarts;
        start(sequence);
        jump = 0;
    }
    note_data(segment);
    const std::int64_t begin = static_cast<std::int64_t>(next_) + jump;
    const auto size = static_cast<std::int64_t>(segment.payload.size());
    if (segment.fin && begin + size >= static_cast<std::int64_t>(next_))
        end_ = std::min(end_, static_cast<std::uint64_t>(begin + size) + segment.cut);
    const std::int64_t again = std::clamp<std::int64_t>(static_cast<std::int64_t>(next_) - begin, 0, size);
    counts_.retransmitted_bytes += static_cast<std::uint64_t>(again);
    if (again < size)
        take(static_cast<std::uint64_t>(begin + again), segment.payload.subspan(static_cast<std::size_t>(again)), frame, sink);
    give_up_what_must_be(sink);
}

// Takes bytes at or after next_, leaving out what is held already.
void TcpStream::take(std::uint64_t offset, ByteView bytes, std::uint64_t frame, const Sink& sink) {
    while (!bytes.empty()) {
        std::size_t count = drop_known(offset, bytes);
        if (count == 0) {
            const auto later = held_.lower_bound(offset);
            count = later == held_.end() ? bytes.size() : std::min<std::size_t>(bytes.size(), later->first - offset);
            if (offset == next_)
                give(bytes.first(count), frame, sink);
            else
                hold(offset, bytes.first(count), frame);
        }
        offset += count;
        bytes = bytes.subspan(count);
    }
    give_following(sink);
}

// How many of the first bytes are held already; differences are counted.
std::size_t TcpStream::drop_known(std::uint64_t offset, ByteView bytes) {
    auto piece = held_.upper_bound(offset);
    if (piece == held_.begin()) return 0;
    --piece;
    const std::uint64_t into = offset - piece->first;
    if (into >= piece->second.bytes.size()) return 0;
    const std::size_t count = std::min<std::size_t>(bytes.size(), piece->second.bytes.size() - static_cast<std::size_t>(into));
    const auto known = piece->second.bytes.begin() + static_cast<std::ptrdiff_t>(into);
    for (std::size_t i = 0; i < count; ++i)
        if (known[static_cast<std::ptrdiff_t>(i)] != bytes[i]) ++counts_.conflicts;
    counts_.retransmitted_bytes += count;
    return count;
}

void TcpStream::hold(std::uint64_t offset, ByteView bytes, std::uint64_t frame) {
    held_bytes_ += bytes.size();
    held_.emplace(offset, Held{Bytes(bytes.begin(), bytes.end()), frame});
}

void TcpStream::give(ByteView bytes, std::uint64_t frame, const Sink& sink) {
    const TcpPiece piece{next_, gap_, frame, bytes};
    next_ += bytes.size();
    gap_ = 0;
    waited_ = 0;
    sink(piece);
}

void TcpStream::give_following(const Sink& sink) {
    while (!held_.empty() && held_.begin()->first == next_) {
        auto node = held_.extract(held_.begin());
        held_bytes_ -= node.mapped().bytes.size();
        give(node.mapped().bytes, node.mapped().frame, sink);
    }
}

// Of a hole that is not certain only what the receiver acknowledged is missing.
void TcpStream::give_up_hole(const Sink& sink, bool certain) {
    const std::uint64_t hole = held_.begin()->first - next_;
    const std::uint64_t acknowledged = std::min(hole, acked_ > next_ ? acked_ - next_ : 0);
    note_lost(acknowledged);
    counts_.gap_bytes += certain ? hole : acknowledged;
    gap_ += hole;
    next_ += hole;
    give_following(sink);
}

void TcpStream::give_up_what_must_be(const Sink& sink) {
    while (held_bytes_ > limits_.held_bytes || held_.size() > limits_.held_pieces) give_up_hole(sink, true);
    if (held_.empty() || acked_ < held_.begin()->first) return;
    if (++waited_ > patience) give_up_hole(sink, true);
}

void TcpStream::acknowledged(std::uint32_t acknowledgement, const Sink& sink) {
    if (!started_) return;
    const std::int64_t ahead = distance(acknowledgement);
    if (ahead <= 0 || ahead > largest_jump) return;
    acked_ = std::max(acked_, next_ + static_cast<std::uint64_t>(ahead));
    give_up_what_must_be(sink);
}

void TcpStream::release_held(const Sink& sink) {
    while (!held_.empty()) give_up_hole(sink, false);
}

void TcpStream::finish(const Sink& sink) {
    release_held(sink);
    // Acknowledged and never seen; one byte alone may be a FIN that was not captured.
    const std::uint64_t acked = std::min(acked_, end_);
    if (started_ && acked > next_ && (end_ != UINT64_MAX || acked - next_ > 1)) {
        note_lost(acked - next_);
        counts_.gap_bytes += acked - next_;
    }
    started_ = false;
}

}  // namespace gbkit::wire
