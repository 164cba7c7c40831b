#include "records.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace gbkit::psdump_tool {

using cli::Record;
using namespace proto::observe;

namespace {

std::int64_t number(std::uint64_t value) { return static_cast<std::int64_t>(value); }

void set_place(Record& record, const RtpPlace& place) {
    if (place.packet > 0) record.set("packet", number(place.packet));
    if (place.frame > 0) record.set("frame", number(place.frame));
}

void set_stamps(Record& record, const std::optional<std::uint64_t>& pts, const std::optional<std::uint64_t>& dts,
                const std::optional<std::uint64_t>& scr) {
    if (pts) record.set("pts", number(*pts));
    if (dts) record.set("dts", number(*dts));
    if (scr) record.set("scr", number(*scr));
}

Time time_of(const RtpPlace& place, Time otherwise) { return place.time == Time{} ? otherwise : place.time; }

std::vector<std::string> ranges_of(const MediaFrame& frame) {
    std::vector<std::string> ranges;
    for (const auto& [first, last] : frame.lost) ranges.push_back(first == last ? fmt::format("{}", first) : fmt::format("{}-{}", first, last));
    return ranges;
}

}  // namespace

Record frame_record(const StreamName& name, const MediaFrame& frame, Time otherwise) {
    Record record("frame", time_of(frame.first, otherwise));
    set_stream_name(record, name);
    record.set("stream_id", hex_of(frame.stream_id)).set("number", number(frame.number));
    if (frame.codec != wire::codec::Codec::unknown) record.set_text("codec", name_of(frame.codec));
    if (frame.type != wire::codec::FrameType::unknown) record.set_text("frame_type", name_of(frame.type));
    record.set("offset", number(frame.offset)).set("bytes", number(frame.bytes)).set("pes_packets", number(frame.pes_packets));
    set_stamps(record, frame.pts, frame.dts, frame.scr);
    if (frame.rtp_timestamp) record.set("rtp_timestamp", number(*frame.rtp_timestamp));
    if (frame.packets > 0) record.set("packets", number(frame.packets)).set("last_packet", number(frame.last.packet));
    set_place(record, frame.first);
    if (frame.first.time != Time{}) record.set("arrival_ms", cli::rounded(to_milliseconds(frame.last.time - frame.first.time)));
    if (!frame.lost.empty()) record.set("lost", ranges_of(frame));
    if (frame.damaged) record.set("damaged", true);
    if (frame.depends_on_damage) record.set("depends_on_damage", true);
    return record;
}

Record packet_record(const StreamName& name, const PsPacketSeen& packet, Time otherwise) {
    Record record("packet", time_of(packet.place, otherwise));
    set_stream_name(record, name);
    record.set("stream_id", hex_of(packet.id)).set("offset", number(packet.offset)).set("bytes", number(packet.bytes));
    set_stamps(record, packet.pts, packet.dts, packet.scr);
    set_place(record, packet.place);
    return record;
}

Record psm_record(const StreamName& name, const MapSeen& seen, Time otherwise) {
    const wire::ps::StreamMap& map = seen.map;
    Record record("psm", time_of(seen.place, otherwise));
    set_stream_name(record, name);
    record.set("offset", number(map.offset));
    set_place(record, seen.place);
    record.set("number", number(seen.number)).set("version", std::int64_t{map.version}).set("current", map.current);
    std::vector<std::string> entries;
    for (const wire::ps::StreamMapEntry& entry : map.entries)
        entries.push_back(fmt::format("{} {} {}", hex_of(entry.id), hex_of(entry.type), name_of(wire::codec::codec_of_stream_type(entry.type))));
    record.set("entries", std::move(entries));
    constexpr std::string_view states[] = {"ok", "swapped", "zero", "bad"};
    record.set("crc", std::string(states[static_cast<std::size_t>(map.crc)]));
    record.set("crc_stored", fmt::format("{:08x}", map.crc_stored)).set("crc_computed", fmt::format("{:08x}", map.crc_computed));
    record.set("raw_base64", to_base64(map.raw));
    return record;
}

void Totals::add(const StreamReport& report) {
    ++program_streams;
    bytes += report.bytes;
    packs += report.packs;
    pes_packets += report.pes_packets;
    frames += report.frames;
    key_frames += report.key_frames;
    damaged += report.damaged_frames;
    undecodable += report.undecodable_frames;
    streams += report.streams.size();
    for (const auto& [id, stream] : report.streams)
        if (id >= wire::ps::stream_id::first_audio && id <= wire::ps::stream_id::last_audio) audio_frames += stream.frames;
    duration_ms = std::max(duration_ms, report.duration_ms.value_or(0));
}

void Totals::add(const RtpSource& source) {
    ++sources;
    if (source.statistics != nullptr) {
        rtp_packets += source.statistics->packets;
        rtp_lost += source.statistics->lost;
    }
    if (source.stream != nullptr) add(*source.stream);
}

namespace {

struct Counter {
    std::string_view name;
    std::int64_t (*value)(const Totals& totals);
};

/// In the order of the summary.
constexpr Counter counters[] = {
    {"files", [](const Totals& totals) { return number(totals.files); }},
    {"frames", [](const Totals& totals) { return number(totals.frames); }},
    {"bytes", [](const Totals& totals) { return number(totals.bytes); }},
    {"packs", [](const Totals& totals) { return number(totals.packs); }},
    {"pes_packets", [](const Totals& totals) { return number(totals.pes_packets); }},
    {"key_frames", [](const Totals& totals) { return number(totals.key_frames); }},
    {"damaged_frames", [](const Totals& totals) { return number(totals.damaged); }},
    {"undecodable_frames", [](const Totals& totals) { return number(totals.undecodable); }},
    {"audio_frames", [](const Totals& totals) { return number(totals.audio_frames); }},
    {"rtp_packets", [](const Totals& totals) { return number(totals.rtp_packets); }},
    {"rtp_lost", [](const Totals& totals) { return number(totals.rtp_lost); }},
    {"rtcp_packets", [](const Totals& totals) { return number(totals.rtcp_packets); }},
    {"duration_ms", [](const Totals& totals) { return totals.duration_ms; }},
    {"streams", [](const Totals& totals) { return number(totals.streams); }},
};

}  // namespace

void Totals::write_to(Record& summary) const {
    for (const Counter& counter : counters) summary.set(counter.name, counter.value(*this));
}

double Totals::value(std::string_view name) const {
    const auto* found = std::find_if(std::begin(counters), std::end(counters), [name](const Counter& counter) { return counter.name == name; });
    return found == std::end(counters) ? 0 : static_cast<double>(found->value(*this));
}

const std::vector<std::string_view>& Totals::names() {
    static const std::vector<std::string_view> all = [] {
        std::vector<std::string_view> listed;
        for (const Counter& counter : counters) listed.push_back(counter.name);
        return listed;
    }();
    return all;
}

}  // namespace gbkit::psdump_tool
