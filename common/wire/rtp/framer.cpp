#include "wire/rtp/framer.hpp"

#include <algorithm>
#include <cstring>

#include "wire/rtp/rtcp.hpp"

namespace gbkit::wire::rtp {

namespace {

using Fit = Frame::Fit;

constexpr std::size_t two_packets = 2 * (4 + largest_packet) + 2048;  // the longest look ahead
constexpr std::size_t rtp_head = 12;
constexpr std::size_t bare_window = 2 * largest_packet;               // where a lost border is looked for
constexpr int bare_back = -64, bare_ahead = 3000;            // sequence numbers around the expected one (RFC 3550 A.1)

bool is_ehome(ByteView view) noexcept { return view.size() >= 3 && view[0] == 1 && view[1] == 0 && view[2] >= 1; }

}  // namespace

std::string_view name_of(Framing framing) noexcept {
    switch (framing) {
        case Framing::rfc4571: return "RFC 4571";
        case Framing::interleaved: return "interleaved";
        case Framing::ehome: return "Ehome";
        case Framing::bare: return "bare";
        case Framing::none: return "none";
        case Framing::undecided: break;
    }
    return "undecided";
}

Framer::Framer(Sink sink, Framing given, Limits limits) : sink_(std::move(sink)), limits_(limits), framing_(Framing::undecided) {
    limits_.buffer = std::max(limits_.buffer, two_packets);
    if (given == Framing::none) framing_ = given;
    else if (given != Framing::undecided && given != Framing::ehome) (void)lock(given, 0);
}

void Framer::push(ByteView bytes) {
    while (!bytes.empty() && framing_ != Framing::none) {
        const bool decided = framing_ != Framing::undecided;
        const std::size_t limit = decided ? limits_.buffer : static_cast<std::size_t>(limits_.undecided - looked_);
        if (buffer_.empty() && decided) {
            work(bytes, false);
            buffer_.assign(view_.begin() + static_cast<std::ptrdiff_t>(at_), view_.end());
            base_ += at_;
            bytes = {};
        } else {
            const ByteView piece = bytes.first(std::min(bytes.size(), limit - std::min(limit, buffer_.size())));
            bytes = bytes.subspan(piece.size());
            buffer_.insert(buffer_.end(), piece.begin(), piece.end());
            at_limit_ = !decided && buffer_.size() >= limit;
            work(buffer_, false);
            buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(at_));
            base_ += at_;
        }
        at_ = 0;
    }
    if (framing_ == Framing::none) buffer_ = Bytes();
}

void Framer::gap(std::uint64_t count) {
    if (framing_ == Framing::none) return;
    gap_ = true;
    work(buffer_, true);
    gap_ = false;
    if (framing_ == Framing::undecided) looked_ += buffer_.size();
    else if (!search_) begin_search(at_, at_, 0);
    if (search_) pass_to(offset_of(buffer_.size()));
    base_ += buffer_.size() + count;
    if (search_) {
        search_->at = base_;
        search_->missing += count;
        search_->gap = true;
    }
    buffer_.clear();
    at_ = tried_ = 0;
}

void Framer::finish() {
    if (framing_ == Framing::none) return;
    work(buffer_, true);
    if (search_) {
        pass_to(offset_of(buffer_.size()));
        end_search();
    } else {
        left_ = buffer_.size() - at_;
    }
    if (framing_ == Framing::undecided) framing_ = Framing::none;
    base_ += buffer_.size();
    buffer_.clear();
    at_ = 0;
}

void Framer::work(ByteView view, bool last) {
    view_ = view;
    at_ = 0;
    last_ = last;
    while (framing_ != Framing::none && step()) {}
}

/// One packet, or one place more: false when more bytes are needed.
bool Framer::step() {
    if (framing_ == Framing::undecided) return decide();
    if (framing_ == Framing::bare) return search_ ? step_bare_search() : step_bare();
    return search_ ? step_search() : step_framed();
}

bool Framer::lock(Framing framing, std::size_t at) {
    framing_ = framing;
    if (framing == Framing::interleaved) layout_ = Layout::dollar;
    if (framing == Framing::rfc4571) layout_ = Layout::length;
    at_ = at;
    return true;
}

bool Framer::decide() {
    const bool last = last_ || at_limit_;
    for (std::size_t& at = tried_; at < view_.size(); ++at) {
        const bool vendor = at == 0 && base_ == 0 && is_ehome(view_);
        if (vendor && view_.size() > vendor_header_bytes)
            for (const Layout layout : {Layout::length, Layout::dollar}) {
                const Answer answer = framed_from(view_, vendor_header_bytes, layout, last, known_);
                if (answer == Answer::more) return false;
                layout_ = layout;
                if (answer == Answer::yes) return lock(Framing::ehome, vendor_header_bytes);
            }
        else if (at == 0 && base_ == 0 && view_.size() <= vendor_header_bytes && (vendor || view_.size() < 3) && !last)
            return false;
        const Answer length = framed_from(view_, at, Layout::length, last, known_);
        if (length == Answer::yes) return lock(Framing::rfc4571, at);
        const Answer dollar = length == Answer::more ? length : framed_from(view_, at, Layout::dollar, last, known_);
        if (dollar == Answer::yes) return lock(Framing::interleaved, at);
        if (dollar == Answer::more) return false;
    }
    if (!last) return false;
    if (const auto bare = find_bare(view_, 3)) return lock(Framing::bare, *bare);
    if (const auto bare = find_bare(view_, 2)) return lock(Framing::bare, *bare);
    if (looked_ + view_.size() >= limits_.undecided) framing_ = Framing::none;
    return false;
}

// RFC 4571 and its kin ------------------------------------------------------------------------------------------

/// A packet is good when another one follows it, or nothing.
Answer Framer::packet_follows(const Frame& frame) const noexcept {
    const Frame next = frame_at(view_, frame.end, layout_, known_);
    if (next.fit == Fit::more) return last_ ? Answer::yes : Answer::more;
    if (next.fit != Fit::weak) return next.fit == Fit::strong ? Answer::yes : Answer::no;
    if (!frame.rtcp && next.ssrc == frame.ssrc && !next.rtcp) return Answer::yes;
    // A source not seen before: the packet after it must confirm it.
    const Frame after = frame_at(view_, next.end, layout_, known_);
    if (after.fit == Fit::more) return last_ ? Answer::yes : Answer::more;
    if (after.fit == Fit::strong && holds_known(next)) return Answer::no;
    return after.fit == Fit::strong || (after.fit == Fit::weak && (after.ssrc == next.ssrc || (!frame.rtcp && after.ssrc == frame.ssrc) || next.rtcp)) ? Answer::yes : Answer::no;
}

/// What looks like a new source's packet has known packets inside: it is none, its length led to a border by chance.
bool Framer::holds_known(const Frame& frame) const noexcept {
    for (std::size_t at = frame.packet; at < frame.end; ++at) {
        const Frame inner = frame_at(view_, at, layout_, known_);
        if (inner.start == at && inner.fit == Fit::strong && !inner.rtcp && frame_at(view_, inner.end, layout_, known_).fit == Fit::strong) return true;
    }
    return false;
}

bool Framer::step_framed() {
    const Frame frame = frame_at(view_, at_, layout_, known_);
    if (frame.fit == Fit::more) return false;
    if (frame.fit == Fit::no) {
        begin_search(frame.start, frame.start, 0);
        return true;
    }
    if (frame.end > view_.size()) return false;
    const Answer follows = packet_follows(frame);
    if (follows == Answer::more) return false;
    if (follows == Answer::yes) give(frame);
    else begin_search(frame.start, frame.start + 1, frame.end);
    return true;
}

/// Two packets in a row: of a known source, or of one and the same.
Answer Framer::found_again(const Frame& frame) const {
    if (!frame.fits()) return frame.fit == Fit::more && !last_ ? Answer::more : Answer::no;
    const bool known = frame.fit == Fit::strong && !frame.rtcp;
    if (frame.end > view_.size()) return last_ ? Answer::no : Answer::more;
    const Frame next = frame_at(view_, frame.end, layout_, known_);
    if (next.fit == Fit::more) return !last_ ? Answer::more : known ? Answer::yes : Answer::no;
    if (known) return next.fits() ? Answer::yes : Answer::no;
    if (!frame.rtcp) return follows(frame, next) ? Answer::yes : Answer::no;
    const bool whole = !parse_rtcp(view_.subspan(frame.packet, frame.end - frame.packet)).defect;
    return whole && next.fit == Fit::strong && !next.rtcp ? Answer::yes : Answer::no;
}

bool Framer::step_search() {
    while (index(search_->at) < view_.size()) {
        const std::size_t at = index(search_->at);
        if (search_->pending_end != 0 && search_->at >= search_->pending_end) {
            const std::size_t end = index(search_->pending_end);
            search_.reset();
            give(frame_at(view_, at_, layout_, known_));
            begin_search(end, end, 0);
            continue;
        }
        const Frame frame = frame_at(view_, at, layout_, known_);
        const bool nulls_only = frame.start != at;  // zeros are no sign of anything here
        const Answer found = nulls_only ? Answer::no : found_again(frame);
        if (found == Answer::more) return false;
        if (found == Answer::yes) {
            pass_to(search_->at);
            end_search();
            at_ = at;
            return true;
        }
        ++search_->at;
        if (search_->pending_end == 0) pass_to(search_->at);
    }
    return false;
}

void Framer::give(const Frame& frame) {
    if (!started_) starts_at_ = offset_of(frame.start);
    started_ = true;
    if (!frame.rtcp) known_.learn(frame.ssrc);
    at_ = frame.end;
    sink_.packet({offset_of(frame.packet), view_.subspan(frame.packet, frame.end - frame.packet), frame.channel});
}

void Framer::begin_search(std::size_t from, std::size_t at, std::size_t pending_end) {
    search_.emplace();
    search_->from = offset_of(from);
    search_->at = offset_of(at);
    search_->pending_end = pending_end == 0 ? 0 : offset_of(pending_end);
    at_ = from;
}

/// The bytes from at_ to there belong to no packet.
void Framer::pass_to(std::uint64_t offset) {
    const std::size_t end = index(offset);
    for (std::size_t i = at_; i < end && search_->head_bytes < search_->head.size(); ++i) search_->head[search_->head_bytes++] = view_[i];
    at_ = std::max(at_, end);
}

void Framer::end_search() {
    const std::uint64_t skipped = offset_of(at_) - search_->from - search_->missing;
    FramingBreak broken{.offset = search_->from, .skipped = skipped, .gap = search_->gap, .head = search_->head, .head_bytes = search_->head_bytes};
    search_.reset();
    if (started_ && (broken.skipped > 0 || broken.gap) && sink_.broken) sink_.broken(broken);
}

// Packets back to back ------------------------------------------------------------------------------------------

/// How far ahead the sequence number of the header there is; nothing when no packet of this source begins there.
std::optional<int> Framer::bare_distance(std::size_t at) const noexcept {
    if (at < at_ + rtp_head || view_[at] >> 6 != 2 || (view_[at + 1] & 0x7F) != bare_.payload_type) return std::nullopt;
    return static_cast<std::int16_t>((view_[at + 2] << 8 | view_[at + 3]) - bare_.sequence);
}

/// The border of the packet at at_: where the last packet's size puts it, or at the first header that continues it.
std::optional<std::size_t> Framer::next_bare(bool& wait) {
    const std::uint8_t ssrc[4] = {static_cast<std::uint8_t>(bare_.ssrc >> 24), static_cast<std::uint8_t>(bare_.ssrc >> 16),
                                  static_cast<std::uint8_t>(bare_.ssrc >> 8), static_cast<std::uint8_t>(bare_.ssrc)};
    const std::size_t window = std::min(view_.size(), at_ + largest_packet + rtp_head);
    const std::size_t expected = at_ + bare_.size;
    wait = !last_ && bare_.size > 0 && view_.size() < expected + rtp_head;
    if (wait) return std::nullopt;
    if (bare_.size > 0 && expected + rtp_head <= window && std::memcmp(view_.data() + expected + 8, ssrc, 4) == 0 && bare_distance(expected) == 1)
        return expected;
    std::size_t from = std::max(at_ + rtp_head + 8, index(std::max(bare_.searched, base_)));
    while (from < window) {
        const void* hit = ::memmem(view_.data() + from, window - from, ssrc, 4);
        if (hit == nullptr) break;
        const auto at = static_cast<std::size_t>(static_cast<const std::uint8_t*>(hit) - view_.data()) - 8;
        const auto distance = bare_distance(at);
        if (distance && *distance >= bare_back && *distance <= bare_ahead) return at;
        from = at + 9;
    }
    bare_.searched = offset_of(std::max(from, window - std::min<std::size_t>(window, 3)));
    wait = !last_ && view_.size() < at_ + largest_packet + rtp_head;
    return std::nullopt;
}

bool Framer::step_bare() {
    if (view_.size() - at_ < rtp_head) return false;
    const ByteView here = view_.subspan(at_);
    if (here[0] >> 6 != 2 || is_rtcp_range(here[1])) {
        begin_search(at_, at_, 0);
        return true;
    }
    ByteReader reader(here);
    reader.skip(1);
    bare_.payload_type = reader.u8() & 0x7F;
    bare_.sequence = reader.u16be();
    reader.skip(4);
    bare_.ssrc = reader.u32be();
    bool wait = false;
    if (const auto next = next_bare(wait)) {
        give_bare(*next);
        return true;
    }
    if (wait) return false;
    if (last_ && !gap_ && here.size() <= largest_packet) {
        // Larger than any before: another source may have begun inside.
        const auto other = here.size() > bare_.largest ? find_bare(here.subspan(rtp_head), 2) : std::nullopt;
        give_bare(other ? at_ + rtp_head + *other : view_.size());
        return true;
    }
    begin_search(at_, at_ + rtp_head, at_ + rtp_head);
    return true;
}

void Framer::give_bare(std::size_t end) {
    if (!started_) starts_at_ = offset_of(at_);
    started_ = true;
    const ByteView packet = view_.subspan(at_, end - at_);
    bare_.size = packet.size();
    bare_.searched = 0;
    bare_.largest = std::max(bare_.largest, packet.size());
    const std::uint64_t offset = offset_of(at_);
    at_ = end;
    sink_.packet({offset, packet, 0});
}

/// The next header that has a successor, whatever its source; looked for in windows of one size, whatever the cuts.
bool Framer::step_bare_search() {
    const std::size_t from = index(search_->at);
    if (!last_ && view_.size() < from + bare_window) return false;
    if (from >= view_.size()) return false;
    const ByteView window = view_.subspan(from, std::min(bare_window, view_.size() - from));
    const auto found = find_bare(window, 2);
    if (!found && window.size() <= largest_packet) return false;
    const std::size_t at = from + found.value_or(window.size() - largest_packet);
    // A packet of the usual size before another source's packet is whole.
    if (found && search_->pending_end != 0 && at - at_ <= bare_.largest) {
        search_.reset();
        give_bare(at);
        return true;
    }
    pass_to(offset_of(at));
    search_->at = offset_of(at);
    search_->pending_end = 0;
    if (found) end_search();
    return true;
}

}  // namespace gbkit::wire::rtp
