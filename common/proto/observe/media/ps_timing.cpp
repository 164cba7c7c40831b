#include "proto/observe/media/ps_timing.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "base/findings/ps.hpp"
#include "base/findings/rtp.hpp"

namespace gbkit::proto::observe {

using wire::codec::FrameType;

namespace {

constexpr std::int64_t second = 90'000;
constexpr std::int64_t longest_gap = second * 7 / 10;    // 13818-1 2.7.1, 2.7.4
constexpr std::int64_t back_limit = -second;             // B-frames without DTS go back less
constexpr std::int64_t forward_limit = 5 * second;
constexpr std::uint32_t standing_frames = 5;
constexpr std::uint32_t without_limit = 25;
constexpr std::uint32_t steady_steps = 6;

std::string seconds_text(std::int64_t ticks) {
    const std::int64_t ms = ticks / 90;
    std::string digits = std::to_string(std::abs(ms) % 1000);
    return (ms < 0 ? "-" : "+") + std::to_string(std::abs(ms) / 1000) + "." + std::string(3 - digits.size(), '0') + digits + " s";
}

/// From just below 2^32 to just above 0.
bool wraps_early(std::uint64_t from, std::uint64_t to) noexcept {
    constexpr std::uint64_t end = std::uint64_t{1} << 32;
    return from < end && from + forward_limit > end && to < static_cast<std::uint64_t>(forward_limit);
}

}  // namespace

void PsTimingRules::packet(const RtpInOrder& packet, bool inside) {
    const std::uint32_t now = packet.packet.timestamp;
    const bool whole = packet.lost_before == 0 && !packet.restarted;
    if (inside && whole && last_timestamp_ && *last_timestamp_ != now) {
        Finding finding = scene_.tell.at(findings::rtp_timestamp_within_frame, scene_.places.newest() ? scene_.places.newest()->begin : 0);
        finding.expected = std::to_string(*last_timestamp_);
        finding.observed = std::to_string(now);
        scene_.tell.tell(std::move(finding));
    }
    last_timestamp_ = now;
}

PsTimingRules::Line& PsTimingRules::line(std::uint8_t id) {
    std::unique_ptr<Line>& slot = lines_[id & 63U];
    if (!slot) slot = std::make_unique<Line>();
    return *slot;
}

void PsTimingRules::frame(const FrameDone& over) {
    Line& at = line(over.stream.id);
    const MediaFrame& frame = over.frame;
    if (!scene_.generic) presence(at, over);
    if (!frame.pts) {
        ++at.between;
        return;
    }
    const std::uint64_t now = frame.dts.value_or(*frame.pts);
    if (!at.started) {
        at.started = true;
        at.between = 0;
        at.unwrapped = at.first = at.last = at.run_first = at.run_last = static_cast<std::int64_t>(now);
    } else {
        const std::int64_t step = clock_step(*at.pts, now);
        if (!scene_.generic) {
            standing(at, over);
            rtp_repeats(at, over);
        }
        bool broken = over.lost_before;
        if (at.still == 0 && !scene_.generic) {
            wrap(at, over, now, step);
            broken = jump(at, over, now, step) || broken;
        }
        advance(at, step, broken || (scene_.generic && (step < back_limit || step > forward_limit)));
    }
    if (is_video_id(over.stream.id) && frame.type == FrameType::key) {
        if (at.last_key && !over.lost_before)
            at.longest_key_interval = std::max(at.longest_key_interval, static_cast<double>(at.unwrapped - *at.last_key) / second);
        at.last_key = at.unwrapped;
    }
    at.pts = now;
    at.scr = frame.scr;
    at.rtp = frame.rtp_timestamp;
    at.arrived = frame.first.time;
    statistics(at, over);
}

/// No PTS at all: players cannot place the stream in time (13818-1 2.7.5).
void PsTimingRules::presence(Line& at, const FrameDone& over) {
    if (over.frame.pts || over.frame.damaged) {
        at.without_pts = 0;
        return;
    }
    if (at.without_pts == 0) {
        at.first_without = scene_.tell.at(findings::ps_pts_missing, over.frame);
        at.first_without->values.emplace_back("id", hex_id(over.stream.id));
    }
    if (++at.without_pts != without_limit) return;
    at.first_without->observed = std::to_string(without_limit);
    scene_.tell.tell(*at.first_without);
}

/// Zero, or the same value for ever.
void PsTimingRules::standing(Line& at, const FrameDone& over) {
    const MediaFrame& frame = over.frame;
    if (frame.dts && *frame.dts == 0 && *frame.pts > static_cast<std::uint64_t>(second) && ++at.dts_zero == 3) {
        Finding finding = scene_.tell.at(findings::ps_timestamps_zero, frame);
        finding.observed = "DTS 0";
        finding.values.emplace_back("id", hex_id(over.stream.id));
        scene_.tell.tell(std::move(finding));
    }
    if (*at.pts != frame.dts.value_or(*frame.pts)) {
        at.still = 0;
        return;
    }
    if (at.still == 0) {
        at.first_still = scene_.tell.at(findings::ps_timestamps_zero, frame);
        at.first_still->observed = "PTS " + std::to_string(*frame.pts);
        at.first_still->values.emplace_back("id", hex_id(over.stream.id));
    }
    if (++at.still == standing_frames) scene_.tell.tell(*at.first_still);
}

/// At 2^33 a clock begins again, about every 26.5 hours; at 2^32 it must not.
void PsTimingRules::wrap(Line& at, const FrameDone& over, std::uint64_t now, std::int64_t step) {
    if (now >= *at.pts) return;
    const bool early = wraps_early(*at.pts, now);
    if (!early && (step <= 0 || step > forward_limit)) return;
    Finding finding = scene_.tell.at(early ? findings::ps_timestamp_wraps_early : findings::ps_timestamp_wrap, over.frame);
    finding.expected = std::to_string(*at.pts);
    finding.observed = std::to_string(now);
    finding.values.emplace_back("id", hex_id(over.stream.id));
    scene_.tell.tell(std::move(finding));
}

bool PsTimingRules::jump(Line& at, const FrameDone& over, std::uint64_t now, std::int64_t step) {
    if (step >= back_limit && step <= forward_limit) {
        if (step > longest_gap) long_gap(at, over, step);
        at.before_jump.reset();
        return false;
    }
    const MediaFrame& frame = over.frame;
    const auto scr_step = at.scr && frame.scr ? std::optional(clock_step(*at.scr, *frame.scr)) : std::nullopt;
    const auto rtp_step = at.rtp && frame.rtp_timestamp ? std::optional(std::int64_t{static_cast<std::int32_t>(*frame.rtp_timestamp - *at.rtp)}) : std::nullopt;
    const auto same = [&](std::int64_t other) { return std::abs(other - step) < second; };
    if (over.lost_before && step > 0 && (!rtp_step || same(*rtp_step))) return true;   // what was lost took that long
    if (wraps_early(*at.pts, now)) return true;
    const bool together = (!scr_step || same(*scr_step)) && (!rtp_step || same(*rtp_step));
    const bool waited = scene_.context.times && same(static_cast<std::int64_t>(to_seconds(frame.first.time - at.arrived) * second));
    if (together && waited) {
        long_gap(at, over, step);
        return true;
    }
    // Back from a single outlier: it was told.
    if (at.before_jump && std::abs(clock_step(*at.before_jump, now)) < forward_limit) {
        at.before_jump.reset();
        return true;
    }
    at.before_jump = at.pts;
    const Certainty certainty = rtp_step || (scr_step && !same(*scr_step)) || step < 0 ? Certainty::certain : Certainty::likely;
    Finding finding = scene_.tell.at(findings::ps_timestamp_jump, frame, certainty);
    finding.expected = seconds_text(at.usual);
    finding.observed = seconds_text(step);
    finding.values.emplace_back("id", hex_id(over.stream.id));
    std::string clocks = "PTS";
    if (scr_step && same(*scr_step)) clocks += ", SCR";
    if (rtp_step && same(*rtp_step)) clocks += ", RTP";
    finding.values.emplace_back("clocks", clocks);
    scene_.tell.tell(std::move(finding));
    return true;
}

/// Plain only in a stream that ran steadily before: a camera set to one frame a second is no fault.
void PsTimingRules::long_gap(const Line& at, const FrameDone& over, std::int64_t step) {
    if (over.lost_before || at.usual_run < steady_steps || at.usual > second / 4 || !is_video_id(over.stream.id)) return;
    Finding finding = scene_.tell.at(findings::ps_gap_too_long, over.frame);
    finding.observed = seconds_text(step);
    finding.expected = seconds_text(at.usual);
    finding.values.emplace_back("id", hex_id(over.stream.id));
    scene_.tell.tell(std::move(finding));
}

void PsTimingRules::rtp_repeats(const Line& at, const FrameDone& over) {
    if (!at.rtp || over.frame.rtp_timestamp != at.rtp || !is_video_id(over.stream.id) || !over.whole_start) return;
    Finding finding = scene_.tell.at(findings::rtp_timestamp_repeats, over.frame);
    finding.observed = std::to_string(*at.rtp);
    scene_.tell.tell(std::move(finding));
}

void PsTimingRules::advance(Line& at, std::int64_t step, bool broken) {
    const bool odd = step < back_limit || step > forward_limit;
    if (step > 0 && !odd) {
        at.usual_run = at.usual > 0 && std::abs(step - at.usual) * 4 <= at.usual ? at.usual_run + 1 : 0;
        if (!broken && (at.usual == 0 || at.usual_run > 0 || step < at.usual * 3)) at.usual = step;
    }
    at.unwrapped += odd && broken && step < 0 ? at.usual : odd && step > 60 * second ? at.usual : step;
    at.last = std::max(at.last, at.unwrapped);
    at.first = std::min(at.first, at.unwrapped);
    if (broken || odd) {
        at.steps += at.run_steps;
        at.span += static_cast<std::uint64_t>(at.run_last - at.run_first);
        at.run_first = at.run_last = at.unwrapped;
        at.run_steps = at.between = 0;
        return;
    }
    at.run_steps += 1 + std::exchange(at.between, 0);
    at.run_first = std::min(at.run_first, at.unwrapped);
    at.run_last = std::max(at.run_last, at.unwrapped);
}

void PsTimingRules::statistics(Line& at, const FrameDone& over) {
    ElementaryStream& stream = over.stream;
    stream.first_pts = static_cast<std::uint64_t>(std::max<std::int64_t>(at.first, 0));
    stream.last_pts = static_cast<std::uint64_t>(std::max<std::int64_t>(at.last, 0));
}

void PsTimingRules::finish() {
    std::int64_t longest = -1;
    for (auto& [id, stream] : scene_.report.streams) {
        if (!is_video_id(id) && !is_audio_id(id)) continue;
        const Line& at = line(id);
        if (!at.started) continue;
        const std::uint64_t steps = at.steps + at.run_steps;
        const std::uint64_t span = at.span + static_cast<std::uint64_t>(at.run_last - at.run_first);
        std::int64_t length = at.last - at.first;
        if (steps > 0 && span > 0) {
            stream.frames_per_second = static_cast<double>(steps) * second / static_cast<double>(span);
            length += static_cast<std::int64_t>(span / steps);
        }
        if (at.longest_key_interval > 0) stream.key_frame_interval_s = at.longest_key_interval;
        longest = std::max(longest, length);
    }
    if (longest >= 0) scene_.report.duration_ms = longest / 90;
}

}  // namespace gbkit::proto::observe
