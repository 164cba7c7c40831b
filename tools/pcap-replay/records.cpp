#include "records.hpp"

#include <algorithm>

#include "base/charset.hpp"
#include "cli/media_records.hpp"

namespace gbkit::replay_tool {

using cli::Record;
using proto::RegistrationReport;
using proto::observe::Content;
using proto::observe::DeviceStory;

namespace {

std::int64_t number(std::uint64_t value) { return static_cast<std::int64_t>(value); }

std::string_view name_of(RegistrationReport::State state) {
    switch (state) {
        case RegistrationReport::State::trying: return "trying";
        case RegistrationReport::State::challenged: return "challenged";
        case RegistrationReport::State::registered: return "registered";
        case RegistrationReport::State::refused: return "refused";
        case RegistrationReport::State::unanswered: return "unanswered";
        case RegistrationReport::State::unregistered: return "unregistered";
        case RegistrationReport::State::expired: break;
    }
    return "expired";
}

std::string_view name_of(DeviceStory::State state) {
    switch (state) {
        case DeviceStory::State::trying: return "trying";
        case DeviceStory::State::registered: return "registered";
        case DeviceStory::State::refused: return "refused";
        case DeviceStory::State::unanswered: return "unanswered";
        case DeviceStory::State::unregistered: return "unregistered";
        case DeviceStory::State::unknown: break;
    }
    return "unknown";
}

void set_registrations(Record& record, const DeviceStory& story) {
    if (story.last_status > 0) record.set("status", std::int64_t{story.last_status}).set_text("reason", printable(story.last_reason));
    if (story.granted > 0) record.set("expires", std::int64_t{story.granted});
    if (story.round_trip > Duration{}) record.set("rtt_ms", to_milliseconds(story.round_trip));
    record.set("registers", number(story.registers)).set("attempts", number(story.attempts));
    record.set("with_credentials", number(story.with_credentials)).set("challenges", number(story.challenges));
    record.set("accepted", number(story.accepted)).set("refused", number(story.refused)).set("unanswered", number(story.unanswered));
    record.set("resends", number(story.resends));
}

std::int64_t in_state(const Totals& totals, DeviceStory::State state) {
    return std::count_if(totals.devices.begin(), totals.devices.end(),
                         [&](const DeviceStory* story) { return story->state == state; });
}

std::uint64_t lost_of(const std::vector<proto::observe::RtpSource>& sources, const proto::observe::MediaFeedCounts& media) {
    std::uint64_t lost = media.dropped_lost;
    for (const proto::observe::RtpSource& source : sources)
        if (source.statistics != nullptr && source.copy_of == 0) lost += source.statistics->lost;
    return lost;
}

cli::Counters counters(const std::map<std::string, std::uint64_t>& counts) { return {counts.begin(), counts.end()}; }

}  // namespace

Record sip_message_record(const proto::observe::SipSeen& seen, const std::string& device) {
    const wire::sip::Message& message = seen.message;
    Record record("sip_message", seen.packet.time);
    record.set("frame", number(seen.packet.number));
    record.set("source", seen.packet.source.text());
    record.set("destination", seen.packet.destination.text());
    record.set("transport", std::string(proto::name_of(seen.packet.transport)));
    record.set_text("method", printable(message.method()));
    if (message.is_request()) record.set_text("request_uri", printable(message.request_uri()));
    else record.set("status", std::int64_t{message.status()}).set_text("reason", printable(message.reason()));
    record.set_text("call_id", printable(message.call_id));
    if (!message.cseq.method.empty()) record.set("cseq", std::int64_t{message.cseq.number});
    record.set_text("from", printable(message.from.uri.text));
    record.set_text("to", printable(message.to.uri.text));
    const std::string_view agent = message.value("User-Agent");
    record.set_text("user_agent", printable(agent.empty() ? message.value("Server") : agent));
    record.set_text("device", device);
    record.set_text("command", proto::observe::command_of(message));
    if (seen.retransmission) record.set("retransmission", true);
    if (message.defect) record.set("defect", printable(message.defect->what));
    record.set("bytes", number(seen.packet.bytes.size()));
    record.set("raw_base64", to_base64(seen.packet.bytes));
    return record;
}

Record registration_record(const proto::observe::RegistrationSeen& seen) {
    const RegistrationReport& report = seen.report;
    Record record("registration", seen.time);
    record.set("device", report.device).set("state", std::string(name_of(report.state)));
    record.set("peer", report.peer.text());
    record.set("transport", std::string(proto::name_of(seen.transport)));
    if (seen.frame > 0) record.set("frame", number(seen.frame));
    if (report.status > 0) record.set("status", std::int64_t{report.status});
    record.set_text("reason", report.reason);
    if (report.state == RegistrationReport::State::registered) record.set("expires", std::int64_t{report.expires});
    if (report.round_trip > Duration{}) record.set("rtt_ms", to_milliseconds(report.round_trip));
    return record;
}

Record device_record(const DeviceStory& story) {
    Record record("device", story.last);
    record.set("device", story.id).set("state", std::string(name_of(story.state)));
    record.set_text("user_agent", story.user_agent);
    record.set("from", story.source.text()).set("to", story.platform.text());
    record.set("transport", std::string(proto::name_of(story.transport)));
    record.set_text("via", story.via);
    if (story.seen_from != SeenFrom::unknown) record.set("seen_from", std::string(gbkit::name_of(story.seen_from)));
    record.set_text("platform", story.platform_id).set_text("platform_agent", story.platform_agent);
    if (story.first != Time{}) record.set("first", story.first);
    set_registrations(record, story);
    record.set("keepalives", number(story.keepalives)).set("keepalives_answered", number(story.keepalives_answered));
    if (story.keepalive_gap_min) record.set("keepalive_gap_min_s", to_seconds(*story.keepalive_gap_min));
    if (story.keepalive_gap_max) record.set("keepalive_gap_max_s", to_seconds(*story.keepalive_gap_max));
    if (story.one_sided()) record.set("one_sided", true);
    return record;
}

Record conversation_record(const proto::observe::ContentFlow& flow) {
    Record record("conversation", flow.last);
    record.set("content", std::string(slug_of(flow.content)));
    record.set("from", flow.from.text()).set("to", flow.to.text()).set("transport", std::string(proto::name_of(flow.transport)));
    record.set("packets", number(flow.packets)).set("bytes", number(flow.bytes));
    record.set("first", flow.first).set("duration_s", to_seconds(flow.last - flow.first));
    if (flow.first_frame > 0) record.set("first_frame", number(flow.first_frame)).set("last_frame", number(flow.last_frame));
    if (flow.ssrc) record.set("ssrc", cli::digits_of(*flow.ssrc)).set("payload_type", std::int64_t{flow.payload_type});
    record.set_text("name", flow.name).set_text("url", flow.url);
    return record;
}

Record capture_record(const io::CaptureFile& file, const io::CaptureFacts& facts) {
    Record record("capture", facts.first);
    record.set("file", printable(file.name)).set_text("format", file.format);
    record.set("bytes", number(file.bytes)).set("frames", number(file.frames)).set("link_types", file.link_types);
    if (facts.frames > 0 && facts.files.size() == 1) record.set("first", facts.first).set("last", facts.last);
    if (file.cut) record.set("cut", printable(file.cut->what));
    return record;
}

Record summary_record(const Totals& totals) {
    const io::CaptureFacts& facts = totals.facts;
    Record record("summary", facts.last);
    record.set("duration_s", to_seconds(facts.last - facts.first));
    record.set("files", number(facts.files.size())).set("frames", number(facts.frames));
    if (facts.outside_window > 0) record.set("outside_window", number(facts.outside_window));
    if (facts.filtered > 0) record.set("filtered", number(facts.filtered));
    if (facts.not_captured > 0) record.set("not_captured", number(facts.not_captured));
    record.set("udp", number(facts.udp)).set("tcp", number(facts.tcp)).set("icmp", number(facts.icmp));
    record.set("duplicates", number(facts.duplicates)).set("cut_frames", number(facts.cut_frames));
    record.set("fragments", number(facts.fragments)).set("incomplete_datagrams", number(facts.incomplete_datagrams));
    record.set("tcp_gap_bytes", number(facts.tcp_gap_bytes));
    if (!facts.not_decoded.empty()) record.set("not_decoded", counters(facts.not_decoded));
    record.set("messages", number(totals.sip.messages)).set("retransmissions", number(totals.sip.retransmissions));
    record.set("malformed", number(totals.sip.malformed));
    if (!totals.census.requests().empty()) record.set("requests", counters(totals.census.requests()));
    std::uint64_t keepalives = 0;
    std::int64_t registered = 0;
    for (const DeviceStory* story : totals.devices) {
        keepalives += story->keepalives;
        if (story->ever_registered) ++registered;
    }
    record.set("devices", number(totals.devices.size())).set("registered", registered);
    record.set("refused", in_state(totals, DeviceStory::State::refused));
    record.set("unanswered", in_state(totals, DeviceStory::State::unanswered));
    record.set("unregistered", in_state(totals, DeviceStory::State::unregistered));
    record.set("keepalives", number(keepalives));
    record.set("dialogs", number(totals.plays.dialogs.size()));
    record.set("rtp_packets", number(totals.media.rtp - totals.media.copies));
    if (totals.media.copies > 0) record.set("rtp_copies", number(totals.media.copies));
    record.set("rtp_lost", number(lost_of(totals.plays.sources, totals.media)));
    if (totals.media.sources_dropped > 0) record.set("rtp_sources_dropped", number(totals.media.sources_dropped));
    set_contents(record, totals.contents.totals(), false);
    record.set("checks", number(totals.digests.checks)).set("matches", number(totals.digests.matched));
    record.set("mismatches", number(totals.digests.mismatched)).set("unverified", number(totals.digests.unverified));
    return record;
}

void set_contents(Record& summary, const proto::observe::ContentTable::Totals& totals, bool all) {
    cli::Counters flows, bytes;
    for (std::size_t kind = 0; kind < totals.size(); ++kind) {
        const auto content = static_cast<Content>(kind);
        if (totals[kind].flows == 0 || (!all && is_followed(content))) continue;
        flows.emplace_back(slug_of(content), totals[kind].flows);
        bytes.emplace_back(slug_of(content), totals[kind].bytes);
    }
    if (flows.empty()) return;
    summary.set("content", std::move(flows)).set("content_bytes", std::move(bytes));
}

void write_records(cli::Output& output, const Totals& totals) {
    for (const DeviceStory* story : totals.devices) output.write(device_record(*story));
    for (const proto::observe::RtpSource& source : totals.plays.sources) {
        const SourceLife* life = totals.plays.streams.of(source.number);
        const cli::FrameSpan frames = life == nullptr ? cli::FrameSpan{} : cli::FrameSpan{life->first_frame, life->last_frame};
        const cli::StreamName name{&source};
        output.write(cli::rtp_stream_record(name, totals.facts.last, frames));
        if (source.stream == nullptr) continue;
        for (const auto& [id, stream] : source.stream->streams) output.write(cli::stream_record(name, stream, totals.facts.last));
    }
    for (const proto::observe::ContentFlow* flow : totals.contents.flows())
        if (!is_followed(flow->content)) output.write(conversation_record(*flow));
}

}  // namespace gbkit::replay_tool
