#include "timeline.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace gbkit::psdump_tool {

namespace {

using proto::observe::MediaFrame;

constexpr std::size_t spans_kept = 2048;
constexpr std::uint64_t stamp_mask = (std::uint64_t{1} << 33) - 1;
constexpr Duration usual_frame = milliseconds(40);

constexpr std::array<std::string_view, 9> blocks{" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
constexpr std::array<std::string_view, 9> letters{" ", ".", ":", "-", "=", "+", "*", "#", "@"};

Duration of_ticks(std::uint64_t ticks) { return Duration(static_cast<std::int64_t>(ticks) * 100'000 / 9); }

}  // namespace

// A stamp that jumps moves the line on by one usual frame: the line shows the stream, the findings show the jump.
Duration Timeline::position_of(const MediaFrame& frame) {
    if (arrivals_) {
        if (!first_) first_ = frame.first.time;
        return std::max(now_, frame.first.time - *first_);
    }
    const std::optional<std::uint64_t> stamp = frame.dts ? frame.dts : frame.pts;
    if (!stamp) return now_;
    const std::uint64_t step = last_stamp_ ? (*stamp - *last_stamp_) & stamp_mask : 0;
    constexpr std::uint64_t longest = 90'000 * 60;
    const bool backwards = step > stamp_mask - longest;   // B frames, audio between video
    if (backwards) return now_;
    last_stamp_ = stamp;
    return now_ + (step > longest ? usual_frame : of_ticks(step));
}

void Timeline::make_room(std::size_t index) {
    while (index >= spans_kept) {
        spans_ = merged(spans_, 2);
        width_ *= 2;
        index /= 2;
    }
    if (spans_.size() <= index) spans_.resize(index + 1);
}

std::vector<Timeline::Span> Timeline::merged(const std::vector<Span>& spans, std::size_t by) {
    std::vector<Span> all((spans.size() + by - 1) / by);
    for (std::size_t i = 0; i < spans.size(); ++i) {
        Span& to = all[i / by];
        to.bytes += spans[i].bytes;
        to.frames = to.frames || spans[i].frames;
        to.key = to.key || spans[i].key;
        to.damaged = to.damaged || spans[i].damaged;
        to.depends = to.depends || spans[i].depends;
    }
    return all;
}

void Timeline::add(const MediaFrame& frame) {
    now_ = position_of(frame);
    make_room(static_cast<std::size_t>(now_ / width_));
    Span& span = spans_[static_cast<std::size_t>(now_ / width_)];
    span.bytes += frame.bytes;
    span.frames = true;
    span.key = span.key || frame.type == wire::codec::FrameType::key;
    span.damaged = span.damaged || frame.damaged;
    span.depends = span.depends || frame.depends_on_damage;
}

Timeline::Rows Timeline::rows(std::size_t columns, bool unicode) const {
    Rows rows;
    if (spans_.empty() || columns == 0) return rows;
    const std::size_t by = (spans_.size() + columns - 1) / columns;
    const std::vector<Span> spans = merged(spans_, by);
    rows.span = width_ * static_cast<std::int64_t>(by);
    for (const Span& span : spans) rows.highest = std::max(rows.highest, span.bytes);
    const auto& heights = unicode ? blocks : letters;
    for (const Span& span : spans) {
        const std::uint64_t level = rows.highest == 0 ? 0 : (span.bytes * 8 + rows.highest - 1) / rows.highest;
        rows.sizes += heights[std::max<std::uint64_t>(level, span.frames ? 1 : 0)];
        rows.marks += span.damaged ? 'x' : span.depends ? '~' : span.key ? 'K' : span.frames ? ' ' : '.';
    }
    return rows;
}

}  // namespace gbkit::psdump_tool
