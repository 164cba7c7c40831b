#include "wire/rtp/framing.hpp"

#include <algorithm>
#include <vector>

#include "wire/rtp/rtcp.hpp"

namespace gbkit::wire::rtp {

namespace {

using Fit = Frame::Fit;

constexpr std::size_t rtp_head = 12;
constexpr std::size_t rtcp_head = 8;
constexpr std::size_t most_nulls = 64;       // null packets in a row (RFC 4571 section 2)
constexpr std::size_t chain_packets = 8;     // looked at, at most, to decide
constexpr std::uint16_t near_sequence = 16;

std::uint16_t u16(ByteView view, std::size_t at) noexcept { return static_cast<std::uint16_t>(view[at] << 8 | view[at + 1]); }
std::uint32_t u32(ByteView view, std::size_t at) noexcept { return std::uint32_t{u16(view, at)} << 16 | u16(view, at + 2); }

/// The head of the packet at frame.packet; its length is known.
Fit judge_head(Frame& frame, ByteView view, const KnownSources& known) noexcept {
    const std::size_t length = frame.end - frame.packet;
    const ByteView packet = view.subspan(std::min(frame.packet, view.size()));
    if (length < rtcp_head) return Fit::no;
    if (!packet.empty() && packet[0] >> 6 != 2) return Fit::no;
    if (packet.size() < 4) return Fit::more;
    frame.rtcp = looks_like_rtcp(packet);
    if (frame.rtcp) return (u16(packet, 2) + std::size_t{1}) * 4 <= length ? Fit::strong : Fit::weak;
    if (length < rtp_head) return Fit::no;
    if (packet.size() < rtp_head) return Fit::more;
    frame.payload_type = packet[1] & 0x7F;
    frame.sequence = u16(packet, 2);
    frame.ssrc = u32(packet, 8);
    if (known.contains(frame.ssrc)) return Fit::strong;
    return is_rtcp_range(packet[1]) ? Fit::no : Fit::weak;
}

}  // namespace

bool KnownSources::contains(std::uint32_t ssrc) const noexcept {
    const auto end = ssrcs_.begin() + static_cast<std::ptrdiff_t>(count_);
    return std::find(ssrcs_.begin(), end, ssrc) != end;
}

void KnownSources::learn(std::uint32_t ssrc) noexcept {
    if (contains(ssrc)) return;
    ssrcs_[next_] = ssrc;
    next_ = (next_ + 1) % ssrcs_.size();
    count_ = std::min(count_ + 1, ssrcs_.size());
}

Frame frame_at(ByteView view, std::size_t at, Layout layout, const KnownSources& known) noexcept {
    const std::size_t head = head_bytes_of(layout);
    Frame frame{.start = at};
    for (std::size_t nulls = 0; nulls <= most_nulls; ++nulls) {
        if (layout == Layout::dollar && frame.start < view.size() && view[frame.start] != '$') return frame;
        if (view.size() - std::min(view.size(), frame.start) < head) {
            frame.fit = Fit::more;
            return frame;
        }
        frame.packet = frame.start + head;
        frame.end = frame.packet + u16(view, frame.packet - 2);
        if (frame.end == frame.packet) {
            frame.start = frame.packet;
            continue;
        }
        if (layout == Layout::dollar) frame.channel = view[frame.start + 1];
        frame.fit = judge_head(frame, view, known);
        return frame;
    }
    return frame;
}

bool follows(const Frame& earlier, const Frame& later) noexcept {
    if (earlier.rtcp || later.rtcp || earlier.ssrc != later.ssrc || earlier.payload_type != later.payload_type) return false;
    const auto step = static_cast<std::uint16_t>(later.sequence - earlier.sequence);
    return step >= 1 && step <= near_sequence;
}

Answer framed_from(ByteView view, std::size_t at, Layout layout, bool last, KnownSources& sources) noexcept {
    std::array<Frame, chain_packets> chain;
    const auto yes = [&](std::size_t packets) {
        for (std::size_t i = 0; i < packets; ++i)
            if (!chain[i].rtcp) sources.learn(chain[i].ssrc);
        return Answer::yes;
    };
    std::size_t count = 0;
    bool related = false;
    for (std::size_t next = at; count < chain.size();) {
        Frame& frame = chain[count] = frame_at(view, next, layout, KnownSources());
        if (frame.fit == Fit::no) return Answer::no;
        if (frame.fit == Fit::more || frame.end > view.size()) {
            if (!last) return Answer::more;
            const bool all_there_is = at == 0 && count > 0 && next == view.size();
            return related || all_there_is ? yes(count) : Answer::no;
        }
        const ByteView packet = view.subspan(frame.packet, frame.end - frame.packet);
        if (frame.rtcp ? parse_rtcp(packet).defect.has_value() : !looks_like_rtp(packet)) return Answer::no;
        // In the middle of a stream any bytes may lead to a border by chance: there the first packet must have a relative.
        for (std::size_t i = 0; i < (at == 0 ? count : std::min<std::size_t>(count, 1)); ++i) related = related || follows(chain[i], frame);
        next = frame.end;
        if (++count >= 3 && related) return yes(count);
    }
    return Answer::no;
}

std::optional<std::size_t> find_bare(ByteView view, std::size_t run) {
    struct Place {
        std::uint32_t ssrc = 0;
        std::uint16_t sequence = 0;
        std::uint8_t payload_type = 0;
        std::size_t at = 0, first = 0, count = 0;
    };
    constexpr unsigned table_bits = 14;
    std::vector<Place> table(std::size_t{1} << table_bits);
    for (std::size_t at = 0; at + rtp_head <= view.size(); ++at) {
        if (view[at] >> 6 != 2 || is_rtcp_range(view[at + 1])) continue;
        Place here{.ssrc = u32(view, at + 8), .sequence = u16(view, at + 2), .payload_type = static_cast<std::uint8_t>(view[at + 1] & 0x7F),
                   .at = at, .first = at, .count = 1};
        Place& before = table[here.ssrc * 2654435761U >> (32 - table_bits)];
        const bool next = before.count > 0 && before.ssrc == here.ssrc && before.payload_type == here.payload_type &&
                          static_cast<std::uint16_t>(before.sequence + 1) == here.sequence && at - before.at >= rtp_head &&
                          at - before.at <= largest_packet;
        if (next) {
            here.first = before.first;
            here.count = before.count + 1;
        }
        if (here.count >= run) return here.first;
        before = here;
    }
    return std::nullopt;
}

}  // namespace gbkit::wire::rtp
