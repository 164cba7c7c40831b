#include "proto/observe/media/rtp_receiver.hpp"

#include <algorithm>
#include <cmath>

namespace gbkit::proto::observe {

namespace {

constexpr int far = 3000;                          // MAX_DROPOUT
constexpr std::size_t edge_packets = 4;            // so near the first or last packet no other one is proved missing
constexpr std::size_t run_begins_after = 3;        // packets that continue a jump
constexpr std::uint64_t remembered = 4096;         // numbers
constexpr Duration longest_step = seconds(5);      // a clock that jumps is no jitter
constexpr double enough_for_pace_ms = 1000;

std::uint16_t short_of(std::uint64_t number) noexcept { return static_cast<std::uint16_t>(number); }

}  // namespace

RtpReceiver::RtpReceiver(Sink sink, Window window) : sink_(std::move(sink)), window_(window) {}

void RtpReceiver::start(std::uint16_t sequence) {
    // Room below for packets that come late.
    next_ = ((highest_ >> 16) + 2) << 16 | sequence;
    highest_ = begin_ = next_;
    seen_.fill(0);
}

// Between two clocks no step of the timestamps means anything.
void RtpReceiver::set_clock(std::uint32_t ticks_a_second) noexcept {
    const double ticks_per_ms = ticks_a_second / 1000.0;
    if (ticks_per_ms != transit_.ticks_per_ms) transit_.known = false;
    transit_.ticks_per_ms = ticks_per_ms;
}

void RtpReceiver::see(const wire::rtp::Packet& packet, const RtpPlace& place) {
    if (!started_) {
        start(packet.sequence);
        started_ = true;
        statistics_.first = place.time;
    }
    const int distance = static_cast<std::int16_t>(packet.sequence - short_of(next_));
    if (distance >= far || distance <= -far) {
        jump(packet, place);
        return;
    }
    if (!jumped_.empty()) {
        statistics_.strays += jumped_.size();
        jumped_.clear();
    }
    accept(next_ + static_cast<std::uint64_t>(static_cast<std::int64_t>(distance)), packet, place);
}

void RtpReceiver::accept(std::uint64_t number, const wire::rtp::Packet& packet, const RtpPlace& place) {
    if (was_seen(number)) {
        ++statistics_.duplicates;
        return;
    }
    const bool overtaken = number < highest_;
    mark_seen(number);
    ++statistics_.packets;
    statistics_.bytes += packet.payload.size();
    measure(packet, place);
    if (number < next_) {
        ++statistics_.too_late;
        return;
    }
    if (overtaken) ++statistics_.reordered;
    if (held_.empty() && (number == next_ || window_.packets == 0)) {
        give(number, packet, place);
        return;
    }
    hold(number, packet, place);
    release(place.time, false);
}

bool RtpReceiver::was_seen(std::uint64_t number) const noexcept {
    return number <= highest_ && highest_ - number < remembered && (seen_[number / 64 % seen_.size()] >> (number % 64) & 1) != 0;
}

void RtpReceiver::mark_seen(std::uint64_t number) noexcept {
    if (number > highest_) {
        for (std::uint64_t passed = highest_ + 1; passed < number; ++passed) seen_[passed / 64 % seen_.size()] &= ~(std::uint64_t{1} << (passed % 64));
        highest_ = number;
    } else if (highest_ - number >= remembered) {
        return;
    }
    seen_[number / 64 % seen_.size()] |= std::uint64_t{1} << (number % 64);
}

void RtpReceiver::hold(std::uint64_t number, const wire::rtp::Packet& packet, const RtpPlace& place) {
    const auto later = [number](const Held& held) { return held.number < number; };
    const auto position = std::find_if(held_.rbegin(), held_.rend(), later).base();
    Held& held = *held_.insert(position, Held{number, packet, {}, place});
    held.bytes.assign(packet.payload.begin(), packet.payload.end());
    held.packet.payload = held.bytes;
    held_bytes_ += held.bytes.size();
}

void RtpReceiver::release(Time now, bool all) {
    while (!held_.empty()) {
        const bool full = held_.size() > window_.packets || held_bytes_ > window_.bytes;
        if (held_.front().number != next_ && !full && !all && now - held_.front().place.time < window_.time) return;
        const Held held = std::move(held_.front());
        held_.pop_front();
        held_bytes_ -= held.bytes.size();
        give(held.number, held.packet, held.place);
    }
}

/// The packet of that number; all before it that did not come is lost.
void RtpReceiver::give(std::uint64_t number, const wire::rtp::Packet& packet, const RtpPlace& place) {
    const auto missing = static_cast<std::uint32_t>(number - next_);
    if (missing > 0 || place.cut > 0) {
        if (owed_ == 0) first_owed_ = short_of(next_);
        owed_ += missing;
        // What overtook them may have come before the capture began, and they themselves after its end.
        const bool at_an_edge = number - begin_ <= edge_packets || (ended_ && held_.size() < edge_packets);
        if (place.after_gap || place.cut > 0 || at_an_edge) capture_owed_ = true;
        (place.after_gap ? statistics_.not_captured : statistics_.lost) += missing;
        if (!place.after_gap) statistics_.largest_gap = std::max(statistics_.largest_gap, missing);
    }
    statistics_.expected += missing + 1;
    next_ = number + 1;
    if (place.cut > 0) {
        ++owed_;
        ++statistics_.not_captured;
        return;
    }
    RtpInOrder in_order{.packet = packet, .place = place};
    in_order.lost_before = owed_;
    in_order.first_lost = first_owed_;
    in_order.restarted = restarted_;
    in_order.capture_lost = capture_owed_;
    owed_ = 0;
    first_owed_ = 0;
    restarted_ = capture_owed_ = false;
    sink_(in_order);
}

void RtpReceiver::jump(const wire::rtp::Packet& packet, const RtpPlace& place) {
    if (!jumped_.empty() && static_cast<std::uint16_t>(jumped_.back().packet.sequence + 1) != packet.sequence) {
        statistics_.strays += jumped_.size();
        jumped_.clear();
    }
    Held& held = jumped_.emplace_back(Held{0, packet, Bytes(packet.payload.begin(), packet.payload.end()), place});
    held.packet.payload = held.bytes;
    if (jumped_.size() >= run_begins_after) restart();
}

void RtpReceiver::restart() {
    release({}, true);
    std::vector<Held> run;
    run.swap(jumped_);
    ++statistics_.restarts;
    restarted_ = true;
    transit_.known = false;
    start(run.front().packet.sequence);
    for (const Held& held : run) accept(next_, held.packet, held.place);
}

void RtpReceiver::finish() {
    ended_ = true;
    release({}, true);
    statistics_.strays += jumped_.size();
    jumped_.clear();
}

void RtpReceiver::measure(const wire::rtp::Packet& packet, const RtpPlace& place) {
    statistics_.last = place.time;
    if (place.time == Time{}) return;
    const Duration step = place.time - transit_.arrival;
    const double ticks = static_cast<std::int32_t>(packet.timestamp - transit_.timestamp);
    const double difference = std::abs(to_milliseconds(step) - ticks / transit_.ticks_per_ms);
    const bool usable = transit_.known && difference < to_milliseconds(longest_step);
    transit_.known = true;
    transit_.arrival = place.time;
    transit_.timestamp = packet.timestamp;
    if (!usable) return;
    transit_.jitter += (difference - transit_.jitter) / 16;
    transit_.sum += transit_.jitter;
    ++transit_.count;
    statistics_.jitter_ms = transit_.jitter;
    statistics_.jitter_max_ms = std::max(statistics_.jitter_max_ms, statistics_.jitter_ms);
    statistics_.jitter_mean_ms = transit_.sum / static_cast<double>(transit_.count);
    transit_.media_ms += ticks / transit_.ticks_per_ms;
    transit_.arrival_ms += to_milliseconds(step);
    if (transit_.arrival_ms > enough_for_pace_ms) statistics_.pace = transit_.media_ms / transit_.arrival_ms;
}

}  // namespace gbkit::proto::observe
