#include "page.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "base/charset.hpp"
#include "wire/gb_id.hpp"
#include "wording.hpp"

namespace gbkit::replay_tool {

namespace {

using proto::observe::DeviceStory;
using proto::observe::OtherFlow;

constexpr std::size_t ladders_by_themselves = 8;   // of more devices only those in trouble are drawn
constexpr std::size_t lines_by_themselves = 30;
constexpr std::size_t flows_named = 5;
constexpr std::size_t ids_named = 6;

class Page {
public:
    Page(cli::Output& output, const Totals& totals, const PageChoice& choice)
        : output_(output), totals_(totals), choice_(choice), say_(output.language()) {
        for (const Finding& finding : output.findings())
            if (info_of(finding.id).severity <= Severity::violation) in_trouble_.insert(finding.subject);
    }

    void write() {
        files();
        contents();
        others();
        streams();
        flows();
        devices();
    }

private:
    void entry(Bilingual head, std::string_view text) {
        constexpr std::size_t indent = 10;
        std::string first = output_.styled(cli::Style::dim, pad(say_(head), indent));
        for (const std::string& line : wrap(text, output_.columns() - indent)) {
            output_.line(first + line);
            first = std::string(indent, ' ');
        }
    }

    void files() {
        for (const io::CaptureFile& file : totals_.facts.files) {
            std::string text = say_({"{}, {} frames, {}", "{},{} 帧,{}"}, size_text(file.bytes), grouped(file.frames), file.format);
            for (const std::string& type : file.link_types) text += ", " + type;
            output_.line(output_.styled(cli::Style::bold, printable(file.name)) + "  " + text);
        }
        if (totals_.facts.frames > 0)
            entry({"time", "时间"}, say_({"{} to {} ({})", "{} 至 {}({})"}, to_local_date(totals_.facts.first),
                                         to_local_clock(totals_.facts.last), span_text(totals_.facts.last - totals_.facts.first)));
    }

    /// What the capture can show.
    void contents() {
        const io::CaptureFacts& facts = totals_.facts;
        std::string text = say_({"{} UDP datagrams, {} TCP segments, {} ICMP", "UDP 数据报 {},TCP 段 {},ICMP {}"}, grouped(facts.udp),
                                grouped(facts.tcp), grouped(facts.icmp));
        text += say_({"; {} SIP messages", ";SIP 报文 {}"}, grouped(totals_.sip.messages));
        if (totals_.sip.retransmissions > 0) text += say_({", {} of them resends", ",其中重发 {}"}, grouped(totals_.sip.retransmissions));
        if (totals_.sip.malformed > 0) text += say_({", {} malformed", ",格式有误 {}"}, grouped(totals_.sip.malformed));
        entry({"holds", "内容"}, text);
        std::string left_out;
        if (facts.outside_window > 0) left_out = say_({"{} frames by --since and --until", "--since/--until 之外 {} 帧"}, grouped(facts.outside_window));
        if (facts.filtered > 0) left_out += (left_out.empty() ? "" : ", ") + say_({"{} frames by --filter", "--filter 滤去 {} 帧"}, grouped(facts.filtered));
        if (!left_out.empty()) entry({"left out", "未看"}, left_out);
        std::string undecoded;
        for (const auto& [name, count] : facts.not_decoded) undecoded += fmt::format("{}{} {}", undecoded.empty() ? "" : ", ", grouped(count), name);
        if (!undecoded.empty()) entry({"not read", "未解析"}, undecoded);
    }

    /// What is there and not judged.
    void others() {
        std::vector<std::string> parts;
        for (const auto& [command, count] : totals_.census.commands())
            if (command != "Notify Keepalive") parts.push_back(fmt::format("{}: {}", command, grouped(count)));
        for (const std::string_view method : {"SUBSCRIBE", "NOTIFY", "INFO", "OPTIONS", "other"})
            if (const auto found = totals_.census.requests().find(std::string(method)); found != totals_.census.requests().end())
                parts.push_back(fmt::format("{}: {}", method, grouped(found->second)));
        if (parts.empty()) return;
        entry({"also here", "另有"}, join(parts, ", "));
        if (!totals_.devices.empty()) return;
        std::vector<std::string> ids = totals_.census.ids();
        const std::size_t all = ids.size();
        ids.resize(std::min(all, ids_named));
        entry({"between", "双方"}, join(ids, ", ") + (all > ids_named ? say_({" and {} more", " 等,另有 {} 个"}, all - ids_named) : std::string()));
    }

    /// Sources of RTP that belong to no call of this capture; the others are in their play's chain.
    void streams() {
        std::set<std::uint32_t> called;
        for (const proto::observe::DialogStory* dialog : totals_.plays.dialogs)
            if (dialog->media.packets > 0) called.insert(dialog->media.source_number);
        std::size_t named = 0, more = 0;
        for (const proto::observe::RtpSource& source : totals_.plays.sources) {
            if (called.contains(source.number)) continue;
            if (named == flows_named && !choice_.everything) ++more;
            else entry(named++ == 0 ? Bilingual{"RTP", "RTP"} : Bilingual{"", ""}, stream_text(source));
        }
        if (more > 0) entry({"", ""}, say_({"and {} more RTP sources: --all", "另有 {} 个 RTP 源:--all"}, more));
    }

    std::string stream_text(const proto::observe::RtpSource& source) {
        std::string text = fmt::format("{} -> {} {}, SSRC {:010}", source.source.text(), source.destination.text(), proto::name_of(source.transport), source.ssrc);
        if (source.statistics != nullptr)
            text += say_({", {} packets, {} lost, jitter {:.1f} ms", ",{} 包,丢失 {},抖动 {:.1f} ms"}, grouped(source.statistics->packets),
                         grouped(source.statistics->lost), source.statistics->jitter_ms);
        if (source.stream != nullptr && source.stream->packs > 0)
            for (const auto& [id, stream] : source.stream->streams)
                if (stream.codec != wire::codec::Codec::unknown) {
                    text += fmt::format(", {}", name_of(stream.codec));
                    if (stream.format) text += fmt::format(" {}x{}", stream.format->width, stream.format->height);
                }
        if (source.stream == nullptr && source.container != wire::codec::Container::unknown) text += fmt::format(", {}", name_of(source.container));
        return text;
    }

    std::string flow_text(const OtherFlow& flow) {
        std::string text = say_({"{} -> {}: {} packets, {}", "{} -> {}:{} 包,{}"}, flow.source.text(), flow.destination.text(),
                                grouped(flow.packets), size_text(flow.bytes));
        if (flow.rtp) text += say_({", looks like RTP (payload type {}, SSRC 0x{:08X})", ",像是 RTP(载荷类型 {},SSRC 0x{:08X})"},
                                   flow.payload_type, flow.ssrc);
        return text;
    }

    void flows() {
        const std::vector<OtherFlow> all = totals_.census.other_flows();
        const std::size_t named = choice_.everything ? all.size() : std::min(all.size(), flows_named);
        for (std::size_t i = 0; i < named; ++i) entry(i == 0 ? Bilingual{"not SIP", "非 SIP"} : Bilingual{"", ""}, flow_text(all[i]));
        if (named < all.size()) entry({"", ""}, say_({"and {} more UDP flows: --all", "另有 {} 条 UDP 流:--all"}, all.size() - named));
    }

    [[nodiscard]] bool draws_ladder(const DeviceStory& story) const {
        return choice_.all_ladders || totals_.devices.size() <= ladders_by_themselves || in_trouble_.contains(story.id);
    }

    void devices() {
        if (totals_.devices.empty()) {
            if (totals_.sip.messages > 0 && totals_.plays.dialogs.empty()) output_.line(say_({"No registration and no heartbeat is in this capture.", "抓包中没有注册,也没有心跳。"}));
            return;
        }
        std::size_t drawn = 0;
        std::size_t lines = 0;
        std::map<DeviceStory::State, std::size_t> more;
        for (const DeviceStory* story : totals_.devices) {
            const bool ladder = draws_ladder(*story) && (choice_.all_ladders || drawn < ladders_by_themselves);
            if (ladder) {
                ++drawn;
                output_.line();
                head(*story);
                notes(*story);
                write_ladder(output_, *story);
            } else if (choice_.everything || lines < lines_by_themselves) {
                ++lines;
                head(*story);
            } else {
                ++more[story->state];
            }
        }
        if (!more.empty()) rest(more);
    }

    /// What is not told one by one.
    void rest(const std::map<DeviceStory::State, std::size_t>& more) {
        std::size_t all = 0;
        std::string text;
        for (const auto& [state, count] : more) {
            all += count;
            text += fmt::format("{}{} {}", text.empty() ? "" : ", ", grouped(count), say_(state_name(state)));
        }
        output_.line(say_({"and {} devices more (--all): {}", "另有 {} 台设备(--all):{}"}, grouped(all), text));
    }

    static Bilingual state_name(DeviceStory::State state) {
        switch (state) {
            case DeviceStory::State::registered: return {"registered", "已注册"};
            case DeviceStory::State::refused: return {"refused", "被拒绝"};
            case DeviceStory::State::unanswered: return {"without an answer", "无应答"};
            case DeviceStory::State::unregistered: return {"logged out", "已注销"};
            case DeviceStory::State::trying: return {"still trying", "尚未注册"};
            case DeviceStory::State::unknown: break;
        }
        return {"without a registration in the capture", "抓包中没有注册"};
    }

    void head(const DeviceStory& story) {
        std::string text = output_.styled(cli::Style::bold, story.id);
        if (!story.user_agent.empty()) text += fmt::format("  \"{}\"", story.user_agent);
        text += fmt::format("  {} -> {} {}", story.source.text(), story.platform.text(), proto::name_of(story.transport));
        output_.line(text + "  " + output_.styled(state_style(story), state_text(story)));
    }

    static cli::Style state_style(const DeviceStory& story) {
        switch (story.state) {
            case DeviceStory::State::registered: return cli::Style::good;
            case DeviceStory::State::refused:
            case DeviceStory::State::unanswered: return cli::Style::bad;
            case DeviceStory::State::trying: return cli::Style::warn;
            case DeviceStory::State::unknown:
            case DeviceStory::State::unregistered: break;
        }
        return cli::Style::plain;
    }

    std::string state_text(const DeviceStory& story) {
        switch (story.state) {
            case DeviceStory::State::registered: return say_({"registered, {} s, in {}", "已注册,{} 秒,用时 {}"}, story.granted, span_text(story.round_trip));
            case DeviceStory::State::refused: return say_({"REFUSED: {} {}", "被拒绝:{} {}"}, story.last_status, story.last_reason);
            case DeviceStory::State::unanswered: return std::string(say_({"NO ANSWER", "无应答"}));
            case DeviceStory::State::unregistered: return std::string(say_({"logged out", "已注销"}));
            case DeviceStory::State::trying: return std::string(say_({"not registered when the capture ends", "抓包结束时尚未注册"}));
            case DeviceStory::State::unknown: break;
        }
        return std::string(say_({"its registration is not in the capture", "抓包中没有它的注册"}));
    }

    void notes(const DeviceStory& story) {
        if (!story.platform_id.empty()) {
            std::string text = say_({"platform {}", "平台 {}"}, story.platform_id);
            if (!story.platform_agent.empty()) text += fmt::format(" \"{}\"", story.platform_agent);
            if (const auto id = wire::parse_gb_id(story.id); id && !wire::gb_type_name(id->type).english.empty())
                text += say_({"; the device ID says: {}", ";设备编号类型:{}"}, say_(wire::gb_type_name(id->type)));
            output_.line("  " + text);
        }
        if (!story.via.empty())
            output_.line("  " + say_({"behind NAT: its Via says {}", "在 NAT 之后:Via 写的是 {}"}, story.via));
        if (const auto digest = totals_.last_digest.find(story.id); digest != totals_.last_digest.end()) {
            using Verdict = proto::observe::DigestVerdict;
            if (digest->second == Verdict::match) output_.line("  " + output_.styled(cli::Style::good, say_({"the digest is right for the given password", "摘要与给出的密码相符"})));
            if (digest->second == Verdict::mismatch) output_.line("  " + output_.styled(cli::Style::bad, say_({"the digest does not fit the given password", "摘要与给出的密码不符"})));
        }
        if (story.one_sided())
            output_.line("  " + std::string(story.requests_seen
                                                ? say_({"only the device's packets are in the capture: answers may exist all the same",
                                                        "抓包中只有设备发出的报文:应答可能存在,只是没有抓到"})
                                                : say_({"only the platform's packets are in the capture", "抓包中只有平台发出的报文"})));
        std::string_view place;
        if (story.seen_from == SeenFrom::device) place = say_({"seen from the device", "抓包位置:设备侧"});
        if (story.seen_from == SeenFrom::platform) place = say_({"seen from the platform: what happens beyond its network card is not visible here", "抓包位置:平台侧,网卡之外发生的事看不到"});
        if (story.seen_from == SeenFrom::middle) place = say_({"seen from in between", "抓包位置:中间链路"});
        if (!place.empty()) output_.line("  " + std::string(place));
    }

    cli::Output& output_;
    const Totals& totals_;
    const PageChoice& choice_;
    Words say_;
    std::set<std::string> in_trouble_;
};

}  // namespace

void write_page(cli::Output& output, const Totals& totals, const PageChoice& choice) {
    if (!output.json()) Page(output, totals, choice).write();
}

}  // namespace gbkit::replay_tool
