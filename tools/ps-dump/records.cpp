#include "records.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/charset.hpp"

namespace gbkit::psdump_tool {

using cli::Record;
using namespace proto::observe;

namespace {

std::int64_t number(std::uint64_t value) { return static_cast<std::int64_t>(value); }
double rounded(double value) { return std::round(value * 1000) / 1000; }

void set_name(Record& record, const StreamName& name) {
    if (name.source != nullptr) record.set("source", number(name.source->number)).set("ssrc", digits_of(name.source->ssrc));
    record.set_text("file", printable(name.file));
}

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

std::string digits_of(std::uint32_t ssrc) { return fmt::format("{:010}", ssrc); }
std::string hex_of(std::uint8_t byte) { return to_hex(ByteView(&byte, 1)); }

Record frame_record(const StreamName& name, const MediaFrame& frame, Time otherwise) {
    Record record("frame", time_of(frame.first, otherwise));
    set_name(record, name);
    record.set("stream_id", hex_of(frame.stream_id)).set("number", number(frame.number));
    if (frame.codec != wire::codec::Codec::unknown) record.set_text("codec", name_of(frame.codec));
    if (frame.type != wire::codec::FrameType::unknown) record.set_text("frame_type", name_of(frame.type));
    record.set("offset", number(frame.offset)).set("bytes", number(frame.bytes)).set("pes_packets", number(frame.pes_packets));
    set_stamps(record, frame.pts, frame.dts, frame.scr);
    if (frame.rtp_timestamp) record.set("rtp_timestamp", number(*frame.rtp_timestamp));
    if (frame.packets > 0) record.set("packets", number(frame.packets)).set("last_packet", number(frame.last.packet));
    set_place(record, frame.first);
    if (frame.first.time != Time{}) record.set("arrival_ms", rounded(to_milliseconds(frame.last.time - frame.first.time)));
    if (!frame.lost.empty()) record.set("lost", ranges_of(frame));
    if (frame.damaged) record.set("damaged", true);
    if (frame.depends_on_damage) record.set("depends_on_damage", true);
    return record;
}

Record packet_record(const StreamName& name, const PsPacketSeen& packet, Time otherwise) {
    Record record("packet", time_of(packet.place, otherwise));
    set_name(record, name);
    record.set("stream_id", hex_of(packet.id)).set("offset", number(packet.offset)).set("bytes", number(packet.bytes));
    set_stamps(record, packet.pts, packet.dts, packet.scr);
    set_place(record, packet.place);
    return record;
}

Record psm_record(const StreamName& name, const MapSeen& seen, Time otherwise) {
    const wire::ps::StreamMap& map = seen.map;
    Record record("psm", time_of(seen.place, otherwise));
    set_name(record, name);
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

Record rtp_stream_record(const StreamName& name, Time otherwise) {
    const RtpSource& source = *name.source;
    const RtpStatistics none;
    const RtpStatistics& seen = source.statistics != nullptr ? *source.statistics : none;
    const bool times = seen.last != Time{};
    Record record("rtp_stream", times ? seen.last : otherwise);
    set_name(record, name);
    record.set("ssrc_hex", fmt::format("{:08x}", source.ssrc));
    if (source.source.port != 0) {
        record.set("from", source.source.text()).set("to", source.destination.text());
        record.set("transport", std::string(proto::name_of(source.transport)));
    }
    if (source.framing != wire::rtp::Framing::undecided) record.set_text("framing", wire::rtp::name_of(source.framing));
    cli::Counters types;
    for (const auto& [type, count] : source.payload_types) types.emplace_back(std::to_string(type), count);
    record.set("payload_types", std::move(types));
    record.set_text("container", name_of(source.container));
    record.set("packets", number(seen.packets)).set("bytes", number(seen.bytes)).set("lost", number(seen.lost));
    const double expected = static_cast<double>(std::max<std::uint64_t>(1, seen.expected));
    record.set("loss_ratio", std::round(static_cast<double>(seen.lost) / expected * 1e6) / 1e6);
    record.set("reordered", number(seen.reordered)).set("too_late", number(seen.too_late)).set("duplicates", number(seen.duplicates));
    record.set("restarts", number(seen.restarts));
    if (times) {
        record.set("jitter_ms", rounded(seen.jitter_ms)).set("jitter_max_ms", rounded(seen.jitter_max_ms));
        record.set("duration_ms", rounded(to_milliseconds(seen.last - seen.first)));
    }
    record.set("rtcp_packets", number(source.rtcp_packets)).set("skipped_bytes", number(source.skipped_bytes));
    record.set("source_port_changes", number(source.source_port_changes));
    return record;
}

Record stream_record(const StreamName& name, const ElementaryStream& stream, Time otherwise) {
    Record record("stream", otherwise);
    set_name(record, name);
    record.set("stream_id", hex_of(stream.id));
    if (stream.stream_type) record.set("stream_type", hex_of(*stream.stream_type));
    if (stream.codec != wire::codec::Codec::unknown) {
        record.set_text("codec", name_of(stream.codec));
        record.set("codec_by", std::string(stream.codec_by_content ? "content" : "map"));
    }
    if (stream.format) {
        record.set_text("profile", stream.format->profile).set_text("level", stream.format->level);
        record.set("width", number(stream.format->width)).set("height", number(stream.format->height));
        if (stream.format->frames_per_second) record.set("fps_declared", rounded(*stream.format->frames_per_second));
    }
    if (stream.frames_per_second) record.set("fps", rounded(*stream.frames_per_second));
    if (stream.key_frame_interval_s) record.set("key_frame_interval_s", rounded(*stream.key_frame_interval_s));
    record.set("pes_packets", number(stream.pes_packets)).set("frames", number(stream.frames)).set("key_frames", number(stream.key_frames));
    record.set("damaged_frames", number(stream.damaged_frames)).set("bytes", number(stream.bytes));
    if (stream.largest_frame > 0) record.set("largest_frame", number(stream.largest_frame));
    if (stream.first_pts && stream.last_pts && *stream.last_pts > *stream.first_pts) {
        const double ms = static_cast<double>(*stream.last_pts - *stream.first_pts) / 90;
        record.set("duration_ms", rounded(ms)).set("bit_rate_kbps", rounded(static_cast<double>(stream.bytes) * 8 / ms));
    }
    record.set_text("signature", stream.private_signature);
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

void Totals::write_to(Record& summary) const {
    summary.set("files", number(files)).set("frames", number(frames)).set("bytes", number(bytes)).set("packs", number(packs));
    summary.set("pes_packets", number(pes_packets)).set("key_frames", number(key_frames)).set("damaged_frames", number(damaged));
    summary.set("undecodable_frames", number(undecodable)).set("audio_frames", number(audio_frames));
    summary.set("rtp_packets", number(rtp_packets)).set("rtp_lost", number(rtp_lost)).set("rtcp_packets", number(rtcp_packets));
    summary.set("duration_ms", duration_ms).set("streams", number(streams));
}

}  // namespace gbkit::psdump_tool
