#include "cli/media_records.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/charset.hpp"

namespace gbkit::cli {

using namespace proto::observe;

namespace {

std::int64_t number(std::uint64_t value) { return static_cast<std::int64_t>(value); }

}  // namespace

std::string digits_of(std::uint32_t ssrc) { return fmt::format("{:010}", ssrc); }
std::string hex_of(std::uint8_t byte) { return to_hex(ByteView(&byte, 1)); }
double rounded(double value) { return std::round(value * 1000) / 1000; }

void set_stream_name(Record& record, const StreamName& name) {
    if (name.source != nullptr) record.set("source", number(name.source->number)).set("ssrc", digits_of(name.source->ssrc));
    record.set_text("file", printable(name.file));
}

Record rtp_stream_record(const StreamName& name, Time otherwise, FrameSpan frames) {
    const RtpSource& source = *name.source;
    const RtpStatistics none;
    const RtpStatistics& seen = source.statistics != nullptr ? *source.statistics : none;
    const bool times = seen.last != Time{};
    Record record("rtp_stream", times ? seen.last : otherwise);
    set_stream_name(record, name);
    record.set("ssrc_hex", fmt::format("{:08x}", source.ssrc));
    if (source.source.port != 0) {
        record.set("from", source.source.text()).set("to", source.destination.text());
        record.set("transport", std::string(proto::name_of(source.transport)));
    }
    if (source.framing != wire::rtp::Framing::undecided) record.set_text("framing", wire::rtp::name_of(source.framing));
    Counters types;
    for (const auto& [type, count] : source.payload_types) types.emplace_back(std::to_string(type), count);
    record.set("payload_types", std::move(types));
    record.set_text("container", name_of(source.container));
    record.set("packets", number(seen.packets)).set("bytes", number(seen.bytes)).set("lost", number(seen.lost));
    const double expected = static_cast<double>(std::max<std::uint64_t>(1, seen.expected));
    record.set("loss_ratio", std::round(static_cast<double>(seen.lost) / expected * 1e6) / 1e6);
    record.set("reordered", number(seen.reordered)).set("too_late", number(seen.too_late)).set("duplicates", number(seen.duplicates));
    record.set("restarts", number(seen.restarts));
    if (times) {
        record.set("jitter_ms", rounded(seen.jitter_ms)).set("jitter_max_ms", rounded(seen.jitter_max_ms)).set("jitter_mean_ms", rounded(seen.jitter_mean_ms));
        if (seen.pace > 0) record.set("pace", rounded(seen.pace));
        const double ms = to_milliseconds(seen.last - seen.first);
        record.set("duration_ms", rounded(ms)).set("first", seen.first);
        if (ms > 0) record.set("bit_rate_kbps", rounded(static_cast<double>(seen.bytes) * 8 / ms));
    }
    if (frames.first > 0) record.set("first_frame", number(frames.first)).set("last_frame", number(frames.last));
    record.set("rtcp_packets", number(source.rtcp_packets)).set("skipped_bytes", number(source.skipped_bytes));
    record.set("source_port_changes", number(source.source_port_changes));
    if (source.copy_of != 0) record.set("copy_of", number(source.copy_of));
    return record;
}

Record stream_record(const StreamName& name, const ElementaryStream& stream, Time otherwise) {
    Record record("stream", otherwise);
    set_stream_name(record, name);
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

}  // namespace gbkit::cli
