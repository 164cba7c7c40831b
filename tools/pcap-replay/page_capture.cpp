// What the capture is and can show: files, time, what they hold, what was left out or carried in tunnels, what the
// capture itself lost; and what is in it besides devices. A line each, when it matters.
#include <algorithm>
#include <set>

#include "base/charset.hpp"
#include "base/findings/capture.hpp"
#include "contents.hpp"
#include "input_facts.hpp"
#include "page.hpp"
#include "page_entry.hpp"
#include "wording.hpp"

namespace gbkit::replay_tool {

namespace {

using proto::observe::OtherFlow;

constexpr std::size_t files_named = 8;
constexpr std::size_t flows_named = 5;
constexpr std::size_t ids_named = 6;

class CapturePage {
public:
    CapturePage(cli::Output& output, const PageFacts& facts, const PageChoice& choice)
        : output_(output), totals_(facts.totals), choice_(choice), say_(output.language()) {}

    void write() {
        files();
        contents();
        carried();
        flaws();
        others();
        streams();
        flows();
        write_contents(output_, totals_.contents, choice_.everything);
    }

private:
    void entry(Bilingual head, std::string_view text) { write_entry(output_, head, text); }

    void files() {
        const std::vector<io::CaptureFile>& all = totals_.facts.files;
        const std::size_t named = choice_.everything ? all.size() : std::min(all.size(), files_named);
        for (std::size_t i = 0; i < named; ++i) {
            const io::CaptureFile& file = all[i];
            std::string text = say_({"{}, {} frames, {}", "{},{} 帧,{}"}, size_text(file.bytes), grouped(file.frames), file.format);
            for (const std::string& type : file.link_types) text += ", " + type;
            output_.line(output_.styled(cli::Style::bold, printable(file.name)) + "  " + text);
        }
        if (named < all.size()) output_.line(say_({"and {} files more: --all", "另有 {} 个文件:--all"}, all.size() - named));
        if (totals_.facts.frames > 0)
            entry({"time", "时间"}, say_({"{} to {} ({})", "{} 至 {}({})"}, to_local_date(totals_.facts.first),
                                         to_local_clock(totals_.facts.last), span_text(totals_.facts.last - totals_.facts.first)));
    }

    void contents() {
        const io::CaptureFacts& facts = totals_.facts;
        std::string text = say_({"{} UDP datagrams, {} TCP segments, {} ICMP", "UDP 数据报 {},TCP 段 {},ICMP {}"}, grouped(facts.udp),
                                grouped(facts.tcp), grouped(facts.icmp));
        text += say_({"; {} SIP messages", ";SIP 报文 {}"}, grouped(totals_.sip.messages));
        if (totals_.sip.retransmissions > 0) text += say_({", {} of them resends", ",其中重发 {}"}, grouped(totals_.sip.retransmissions));
        if (totals_.sip.malformed > 0) text += say_({", {} malformed", ",格式有误 {}"}, grouped(totals_.sip.malformed));
        entry({"holds", "内容"}, text);
        if (const std::string dialled = dialled_text(facts, say_); !dialled.empty()) entry({"dialled", "连接"}, dialled);
        std::string left_out;
        if (facts.outside_window > 0) left_out = say_({"{} frames by --since and --until", "--since/--until 之外 {} 帧"}, grouped(facts.outside_window));
        if (facts.filtered > 0) left_out += (left_out.empty() ? "" : ", ") + say_({"{} frames by --filter", "--filter 滤去 {} 帧"}, grouped(facts.filtered));
        if (!left_out.empty()) entry({"left out", "未看"}, left_out);
        std::vector<std::string> undecoded;
        for (const auto& [name, count] : facts.not_decoded) undecoded.push_back(grouped(count) + ' ' + name);
        if (!undecoded.empty()) entry({"not read", "未解析"}, join(undecoded, ", "));
    }

    /// Tags and tunnels around the packets.
    void carried() {
        std::vector<std::string> around;
        for (const auto& [id, frames] : totals_.facts.vlans) around.push_back(say_({"VLAN {} ({} frames)", "VLAN {}({} 帧)"}, id, grouped(frames)));
        const std::size_t vlans = around.size();
        if (vlans > flows_named && !choice_.everything) {
            around.resize(flows_named);
            around.push_back(say_({"{} VLANs more", "另有 {} 个 VLAN"}, vlans - flows_named));
        }
        for (const auto& [name, frames] : totals_.facts.tunnels) around.push_back(say_({"{} ({} frames)", "{}({} 帧)"}, name, grouped(frames)));
        if (!around.empty()) entry({"inside", "封装"}, join(around, ", "));
    }

    /// What the capture itself does to the picture; what to do about it stands at the end when it is serious.
    void flaws() {
        for (const Finding& finding : output_.findings()) {
            if (!is_about_capture(finding)) continue;
            const bool mirror = finding.id == findings::capture_mirror_copies;
            std::string text = message_of(finding, output_.language());
            if (mirror) text += say_(Bilingual{" With --dedup off each counts.", "加 --dedup off 则都计入。"});
            entry(mirror ? Bilingual{"mirror", "镜像"} : Bilingual{"capture", "抓包"}, printable(text));
        }
        std::size_t one_sided = 0;
        for (const proto::observe::DeviceStory* story : totals_.devices)
            if (story->one_sided()) ++one_sided;
        if (one_sided > 1)
            entry({"one-sided", "单向"}, say_({"only one direction was captured of {} of {} devices: answers may exist all the same",
                                              "{} 台设备(共 {} 台)只抓到一个方向:应答可能存在,只是没有抓到"}, grouped(one_sided), grouped(totals_.devices.size())));
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
        if (const proto::observe::MediaFeedCounts& all = totals_.media; all.sources_dropped > 0)
            entry({"", ""}, say_({"{} earlier RTP sources are forgotten: {} packets, {} lost", "较早的 {} 个 RTP 源已不再保留:{} 包,丢失 {}"}, grouped(all.sources_dropped),
                                 grouped(all.dropped_packets), grouped(all.dropped_lost)));
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
        for (const proto::observe::RtpSource& original : totals_.plays.sources)
            if (source.copy_of != 0 && original.number == source.copy_of)
                text += say_({"; the same packets as {} -> {} (NAT or mirror): judged there", ";与 {} -> {} 的包相同(NAT 或镜像),在那里评判"}, original.source.text(),
                             original.destination.text());
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

    cli::Output& output_;
    const Totals& totals_;
    const PageChoice& choice_;
    Words say_;
};

}  // namespace

bool is_about_capture(const Finding& finding) {
    return finding.id.slug.starts_with("capture-");
}

void write_capture(cli::Output& output, const PageFacts& facts, const PageChoice& choice) { CapturePage(output, facts, choice).write(); }

}  // namespace gbkit::replay_tool
