// The fast path: SIP goes through its feed (a list needs who, Call-ID, method), RTP is counted by its header, of the rest
// the first bytes are looked at.
#include "list.hpp"

#include <algorithm>

#include "base/charset.hpp"
#include "cli/media_records.hpp"
#include "contents.hpp"
#include "intake.hpp"
#include "proto/observe/content_rtp.hpp"
#include "proto/observe/content_sip.hpp"
#include "proto/observe/sip_feed.hpp"
#include "records.hpp"
#include "wording.hpp"

namespace gbkit::replay_tool {

namespace {

using namespace proto::observe;

std::int64_t number(std::uint64_t value) { return static_cast<std::int64_t>(value); }

/// One line of the list.
struct Line {
    Time first{}, last{};
    std::uint64_t packets = 0, bytes = 0;
    std::string kind, text;
};

class Listing {
public:
    Listing() : rtp_([this](const ContentFlow& flow) { contents_.add_counted(flow); }), contents_(true),
                feed_([this](const SipSeen& seen) { sip_.see(seen); }, [](Finding) {}) {}

    void take(const proto::Packet& packet) {
        if (packet.transport == proto::Transport::udp) return datagram(packet);
        const std::uint64_t messages = feed_.counts().messages;
        feed_.see(packet);
        contents_.see(packet, feed_.counts().messages > messages ? Content::sip : Content::undecided);
    }
    void finish() {
        rtp_.finish();
        contents_.finish();
    }

    [[nodiscard]] std::vector<Line> lines(const Words& say) const;
    void write_records(cli::Output& output, const io::CaptureFacts& facts) const;
    [[nodiscard]] std::uint64_t dropped() const noexcept { return sip_.dropped() + rtp_.dropped().flows + contents_.dropped(); }

private:
    void datagram(const proto::Packet& packet) {
        if (rtp_.see(packet)) return;
        if (wire::rtp::looks_like_rtcp(packet.bytes)) return contents_.see(packet, Content::rtcp);
        const SipFeedCounts before = feed_.counts();
        feed_.see(packet);
        const SipFeedCounts& after = feed_.counts();
        if (after.not_sip > before.not_sip) contents_.see(packet);
        else if (after.malformed > before.malformed && after.messages == before.messages) contents_.see(packet, Content::sip);
    }
    /// Not told by a story: of SIP only datagrams that cannot be read.
    [[nodiscard]] std::vector<const ContentFlow*> others() const {
        std::vector<const ContentFlow*> flows = contents_.flows();
        std::erase_if(flows, [](const ContentFlow* flow) { return flow->content == Content::sip && flow->transport != proto::Transport::udp; });
        return flows;
    }
    [[nodiscard]] ContentTable::Totals totals() const;
    [[nodiscard]] cli::Record summary(const io::CaptureFacts& facts) const;

    ContentSip sip_;
    ContentRtp rtp_;
    ContentTable contents_;
    SipFeed feed_;
};

std::string kind_name(ContentSipStory::Kind kind, const Words& say) {
    switch (kind) {
        case ContentSipStory::Kind::registration: return std::string(say({"registration", "注册"}));
        case ContentSipStory::Kind::call: return std::string(say({"call", "呼叫"}));
        case ContentSipStory::Kind::subscription: return std::string(say({"subscription", "订阅"}));
        case ContentSipStory::Kind::messages: break;
    }
    return std::string(say({"messages", "消息"}));
}

std::string sip_text(const ContentSipStory& story, const Words& say) {
    std::string text = fmt::format("{} {}", kind_name(story.kind, say), story.caller);
    if (!story.callee.empty()) text += (story.kind == ContentSipStory::Kind::messages ? " <-> " : " -> ") + story.callee;
    text += fmt::format("  {} -> {} {}", story.from.text(), story.to.text(), proto::name_of(story.transport));
    for (const auto& [method, count] : story.methods) text += fmt::format("  {} {}", grouped(count), method);
    if (story.status > 0) text += say({"  last answer {}", "  最后应答 {}"}, story.status);
    if (!story.call_id.empty()) text += "  Call-ID " + story.call_id;
    return text;
}

std::string flow_text(const ContentFlow& flow) {
    std::string text = fmt::format("{} {}", ends_of(flow), proto::name_of(flow.transport));
    if (flow.content == Content::rtp && flow.ssrc) text += fmt::format("  SSRC {}, PT {}", cli::digits_of(*flow.ssrc), flow.payload_type);
    return text;
}

std::vector<Line> Listing::lines(const Words& say) const {
    std::vector<Line> lines;
    for (const ContentSipStory* story : sip_.stories())
        lines.push_back({story->first, story->last, story->packets, story->bytes, "SIP", sip_text(*story, say)});
    const auto add = [&](const ContentFlow& flow) {
        lines.push_back({flow.first, flow.last, flow.packets, flow.bytes, std::string(say(title_of(flow.content))), flow_text(flow)});
    };
    for (const ContentFlow* flow : rtp_.flows()) add(*flow);
    for (const ContentFlow* flow : others()) add(*flow);
    return lines;
}

/// By kind; SIP as its stories, not as the TCP connections they came on.
ContentTable::Totals Listing::totals() const {
    ContentTable::Totals totals = contents_.totals();
    ContentTable::Total& sip = totals[static_cast<std::size_t>(Content::sip)];
    ContentTable::Total& rtp = totals[static_cast<std::size_t>(Content::rtp)];
    sip = {};
    for (const ContentSipStory* story : sip_.stories()) {
        ++sip.flows;
        sip.bytes += story->bytes;
    }
    for (const ContentFlow* flow : others()) {
        if (flow->content != Content::sip) continue;
        ++sip.flows;
        sip.bytes += flow->bytes;
    }
    rtp.flows += rtp_.dropped().flows;
    rtp.bytes += rtp_.dropped().bytes;
    for (const ContentFlow* flow : rtp_.flows()) {
        ++rtp.flows;
        rtp.bytes += flow->bytes;
    }
    return totals;
}

cli::Record sip_record(const ContentSipStory& story) {
    cli::Record record("conversation", story.last);
    record.set("content", std::string(slug_of(Content::sip))).set("what", std::string(name_of(story.kind)));
    record.set("from", story.from.text()).set("to", story.to.text()).set("transport", std::string(proto::name_of(story.transport)));
    record.set("packets", number(story.packets)).set("bytes", number(story.bytes));
    record.set("first", story.first).set("duration_s", to_seconds(story.last - story.first));
    record.set("first_frame", number(story.first_frame)).set("last_frame", number(story.last_frame));
    record.set_text("caller", story.caller).set_text("callee", story.callee).set_text("call_id", story.call_id);
    if (!story.methods.empty()) record.set("requests", cli::Counters(story.methods.begin(), story.methods.end()));
    if (story.status > 0) record.set("status", std::int64_t{story.status});
    return record;
}

cli::Record Listing::summary(const io::CaptureFacts& facts) const {
    cli::Record record("summary", facts.last);
    record.set("duration_s", to_seconds(facts.last - facts.first));
    record.set("files", number(facts.files.size())).set("frames", number(facts.frames));
    record.set("udp", number(facts.udp)).set("tcp", number(facts.tcp)).set("icmp", number(facts.icmp));
    record.set("duplicates", number(facts.duplicates)).set("cut_frames", number(facts.cut_frames));
    if (!facts.not_decoded.empty()) record.set("not_decoded", cli::Counters(facts.not_decoded.begin(), facts.not_decoded.end()));
    record.set("messages", number(feed_.counts().messages)).set("retransmissions", number(feed_.counts().retransmissions));
    set_contents(record, totals(), true);
    return record;
}

void Listing::write_records(cli::Output& output, const io::CaptureFacts& facts) const {
    for (const io::CaptureFile& file : facts.files) output.write(capture_record(file, facts));
    for (const ContentSipStory* story : sip_.stories()) output.write(sip_record(*story));
    for (const ContentFlow* flow : rtp_.flows()) output.write(conversation_record(*flow));
    for (const ContentFlow* flow : others()) output.write(conversation_record(*flow));
    output.write(summary(facts));
}

void write_lines(cli::Output& output, std::vector<Line> lines, bool by_bytes, const Words& say) {
    std::stable_sort(lines.begin(), lines.end(), [by_bytes](const Line& a, const Line& b) { return by_bytes ? a.bytes > b.bytes : a.first < b.first; });
    output.line(output.styled(cli::Style::dim, fmt::format("{}  {:>9}  {:>9}  {:>9}  {}", pad(say({"first", "开始"}), 12), say({"lasts", "时长"}),
                                                           say({"packets", "包"}), say({"bytes", "字节"}), say({"conversation", "会话"}))));
    for (const Line& line : lines)
        output.line(fmt::format("{}  {:>9}  {:>9}  {:>9}  {} {}", to_local_clock(line.first), span_text(line.last - line.first), grouped(line.packets),
                                size_text(line.bytes), output.styled(cli::Style::bold, pad(line.kind, 5)), line.text));
}

}  // namespace

cli::ExitCode list(cli::Output& output, const Options& options) {
    if (!options.device.empty() || !options.play.empty() || options.intake.follow || !options.intake.evidence.empty())
        throw cli::Failure{cli::ExitCode::usage, "--list judges nothing and lists everything: --device, --play, --follow and --evidence go without it"};
    Intake intake(output, options);
    Listing listing;
    io::CaptureSink sink;
    sink.packet = [&listing](const proto::Packet& packet) { listing.take(packet); };
    const io::CaptureFacts facts = intake.read(std::move(sink));
    listing.finish();
    if (output.json() || !output.options().records.empty()) listing.write_records(output, facts);
    const Words say(output.language());
    const std::vector<Line> lines = listing.lines(say);
    for (const io::CaptureFile& file : facts.files)
        output.line(output.styled(cli::Style::bold, printable(file.name)) + "  " +
                    say({"{}, {} frames, {}", "{},{} 帧,{}"}, size_text(file.bytes), grouped(file.frames), file.format));
    if (lines.empty()) throw cli::Failure{cli::ExitCode::bad_input, "no conversation is in the capture: nothing to list"};
    const std::string_view many = say(lines.size() == 1 ? Bilingual{"conversation", "个会话"} : Bilingual{"conversations", "个会话"});
    output.line(say({"{} {} from {}", "{} {},自 {} 起"}, grouped(lines.size()), many, to_local_date(facts.first)));
    if (!output.json()) write_lines(output, lines, options.sort == "bytes", say);
    if (listing.dropped() > 0) output.line(say({"{} older ones are only counted: too many at once", "另有 {} 个较早的会话只计数"}, grouped(listing.dropped())));
    return cli::worse(cli::ExitCode::yes, intake.trouble());
}

}  // namespace gbkit::replay_tool
