#include "judging.hpp"

#include <fmt/format.h>

#include "base/charset.hpp"

namespace gbkit::psdump_tool {

using namespace proto::observe;

MediaOptions media_options(const ViewOptions& view) {
    MediaOptions options;
    options.ssrc = view.ssrc;
    options.expected_ssrc = view.expected_ssrc;
    if (view.seen_from == "device") options.seen_from = SeenFrom::device;
    if (view.seen_from == "platform") options.seen_from = SeenFrom::platform;
    if (view.seen_from == "middle") options.seen_from = SeenFrom::middle;
    return options;
}

std::string nothing_in(const Judging& judging, bool chosen) {
    if (chosen) return "nothing in the input fits --ssrc and --flow";
    for (const Part& part : judging.parts()) {
        const std::string name = part.title == "-" ? "standard input" : printable(part.title);
        if (part.live) return "no RTP came: nothing to judge";
        if (part.what.form == Form::capture) return "no RTP is in the capture: nothing to judge";
        if (part.feed) return name + " holds no RTP: nothing to judge";
        if (part.what.container == wire::codec::Container::unknown || part.what.container == wire::codec::Container::program_stream)
            return name + " holds no program stream: nothing to judge";
        return fmt::format("{} is no program stream but {}", name, wire::codec::name_of(part.what.container));
    }
    return "nothing to judge";
}

bool Part::has_streams() const { return judge ? judge->report().packs > 0 : feed && !feed->sources().empty(); }

Judging::Judging(cli::Output& output, const ViewOptions& view, bool several, ByteSinks bytes)
    : output_(output), view_(view), several_(several), bytes_(std::move(bytes)), lines_(output), begun_(cli::now()) {}

bool Judging::wants_records() const { return output_.json() || !output_.options().records.empty(); }

StreamName Judging::name_of(const Part& part, const Source* source) const { return {source, several_ ? part.title : std::string()}; }

Part& Judging::add(std::string title, Detected what, MediaOptions options, bool times) {
    Part& part = parts_.emplace_back();
    part.title = std::move(title);
    part.what = what;
    if (what.form == Form::program_stream || what.form == Form::other) {
        add_judge(part);
        return part;
    }
    if (what.framing != wire::rtp::Framing::undecided) options.framing = what.framing;
    options.payload = bool(bytes_.payload);
    options.program_stream = bool(bytes_.program_stream) || view_.hex;
    add_feed(part, options, times);
    return part;
}

void Judging::add_feed(Part& part, const MediaOptions& options, bool times) {
    MediaFeed::Sinks sinks;
    sinks.finding = [this](const Finding& finding) { output_.finding(finding); };
    sinks.frame = [this, &part, times](const Source& source, const MediaFrame& seen) { frame(part, &source, seen, times); };
    sinks.map = [this, &part](const Source& source, const MapSeen& seen) { map(part, &source, seen); };
    if (view_.packets) sinks.packet = [this, &part](const Source& source, const PsPacketSeen& seen) { packet(part, &source, seen); };
    if (options.payload) sinks.payload = [this](const Source& source, const PayloadSeen& seen) { bytes_.payload(&source, seen); };
    if (options.program_stream)
        sinks.program_stream = [this](const Source& source, ByteView pack, const MediaFrame* seen) { program_stream(&source, pack, seen); };
    part.feed = std::make_unique<MediaFeed>(options, std::move(sinks));
}

void Judging::add_judge(Part& part) {
    PsJudge::Sinks sinks;
    sinks.finding = [this](const Finding& finding) { output_.finding(finding); };
    sinks.frame = [this, &part](const MediaFrame& seen) { frame(part, nullptr, seen, false); };
    sinks.map = [this, &part](const MapSeen& seen) { map(part, nullptr, seen); };
    if (view_.packets) sinks.packet = [this, &part](const PsPacketSeen& seen) { packet(part, nullptr, seen); };
    if (bytes_.payload) sinks.payload = [this](const PayloadSeen& seen) { bytes_.payload(nullptr, seen); };
    if (bytes_.program_stream || view_.hex)
        sinks.program_stream = [this](ByteView pack, const MediaFrame* seen) { program_stream(nullptr, pack, seen); };
    StreamContext context;
    context.subject = printable(part.title == "-" ? "stdin" : std::string_view(part.title).substr(part.title.rfind('/') + 1));
    context.complete = part.title != "-";
    context.seen_from = media_options(view_).seen_from;
    part.judge = std::make_unique<PsJudge>(std::move(context), std::move(sinks));
}

void Judging::frame(Part& part, const Source* source, const MediaFrame& frame, bool times) {
    const bool video = frame.stream_id >= wire::ps::stream_id::first_video && frame.stream_id <= wire::ps::stream_id::last_video;
    if (video) {
        ++frames_;
        part.timelines.try_emplace(source == nullptr ? 0 : source->number, times).first->second.add(frame);
    }
    if (view_.frames) {
        lines_.frame(source, frame);
        if (wants_records()) output_.write(frame_record(name_of(part, source), frame, begun_));
    }
    if (bytes_.frame) bytes_.frame(source, frame);
}

void Judging::map(const Part& part, const Source* source, const MapSeen& map) {
    if (wants_records()) output_.write(psm_record(name_of(part, source), map, begun_));
}

void Judging::packet(const Part& part, const Source* source, const PsPacketSeen& packet) {
    lines_.packet(source, packet);
    if (wants_records()) output_.write(packet_record(name_of(part, source), packet, begun_));
}

void Judging::program_stream(const Source* source, ByteView pack, const MediaFrame* frame) {
    if (view_.hex) lines_.hex(pack, frame);
    if (bytes_.program_stream) bytes_.program_stream(source, pack, frame);
}

void Judging::finish(Part& part, bool cut) {
    if (part.feed) part.feed->finish(cut);
    if (part.judge) part.judge->finish(cut);
}

Totals Judging::totals() const {
    Totals totals;
    for (const Part& part : parts_) {
        if (part.judge && part.judge->report().packs > 0) totals.add(part.judge->report());
        if (!part.feed) continue;
        for (const Source& source : part.feed->sources()) totals.add(source);
        totals.rtcp_packets += part.feed->counts().rtcp;
    }
    return totals;
}

void Judging::write_records(std::uint64_t files, std::optional<std::uint64_t> bytes_written) {
    const auto streams = [&](const StreamName& name, const StreamReport& report) {
        for (const auto& [id, stream] : report.streams) output_.write(cli::stream_record(name, stream, begun_));
    };
    for (const Part& part : parts_) {
        if (part.judge) streams(name_of(part, nullptr), part.judge->report());
        if (!part.feed) continue;
        for (const Source& source : part.feed->sources()) {
            output_.write(cli::rtp_stream_record(name_of(part, &source), begun_));
            if (source.stream != nullptr) streams(name_of(part, &source), *source.stream);
        }
    }
    Totals totals = this->totals();
    totals.files = files;
    cli::Record summary("summary", cli::now());
    totals.write_to(summary);
    if (bytes_written) summary.set("bytes_written", static_cast<std::int64_t>(*bytes_written));
    output_.write(summary);
}

}  // namespace gbkit::psdump_tool
