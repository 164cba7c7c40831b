#include "streams.hpp"

#include "cli/media_records.hpp"

namespace gbkit::replay_tool {

using namespace proto::observe;

namespace {

constexpr std::size_t most_sources = 8'192;

std::int64_t second_of(Time time) { return std::chrono::floor<seconds>(time).time_since_epoch().count(); }
std::int64_t number(std::uint64_t value) { return static_cast<std::int64_t>(value); }

}  // namespace

Streams::Entry& Streams::entry_of(std::uint32_t number) {
    const auto known = sources_.find(number);
    if (known != sources_.end()) return known->second;
    if (sources_.size() >= most_sources) {
        const auto oldest = sources_.begin();
        if (records_ && oldest->second.interval.packets > 0) give(oldest->first, oldest->second.interval);
        sources_.erase(oldest);
    }
    return sources_[number];
}

void Streams::rtp(const RtpSource& source, const RtpInOrder& packet) {
    Entry& entry = entry_of(source.number);
    const Time time = packet.place.time;
    if (!entry.life.first_packet) {
        entry.life.first_packet = time;
        entry.life.first_frame = packet.place.frame;
    }
    entry.life.last_packet = time;
    entry.life.last_frame = packet.place.frame;
    if (!records_) return;
    Interval& interval = entry.interval;
    const std::int64_t second = second_of(time);
    if (interval.packets > 0 && second > interval.second) {
        give(source.number, interval);
        interval = {};
    }
    if (interval.packets == 0) interval.second = second;
    ++interval.packets;
    interval.bytes += packet.packet.payload.size();
    interval.lost += packet.lost_before;
    interval.ssrc = source.ssrc;
    if (source.statistics != nullptr) interval.jitter_ms = source.statistics->jitter_ms;
}

void Streams::frame(const RtpSource& source, const MediaFrame& frame) {
    if (frame.type != wire::codec::FrameType::key || frame.damaged) return;
    SourceLife& life = entry_of(source.number).life;
    if (life.first_key_frame) return;
    life.first_key_frame = frame.last.time;
    life.first_key_frame_number = frame.first.frame;
}

void Streams::finish() {
    if (!records_) return;
    for (const auto& [source, entry] : sources_)
        if (entry.interval.packets > 0) give(source, entry.interval);
}

const SourceLife* Streams::of(std::uint32_t source_number) const {
    const auto found = sources_.find(source_number);
    return found == sources_.end() ? nullptr : &found->second.life;
}

void Streams::give(std::uint32_t source, const Interval& interval) const {
    cli::Record record("rtp_interval", from_unix(interval.second));
    record.set("source", number(source)).set("ssrc", cli::digits_of(interval.ssrc));
    record.set("packets", number(interval.packets)).set("bytes", number(interval.bytes)).set("lost", number(interval.lost));
    record.set("jitter_ms", cli::rounded(interval.jitter_ms));
    records_(record);
}

}  // namespace gbkit::replay_tool
