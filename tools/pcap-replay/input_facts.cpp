#include "input_facts.hpp"

#include <map>

#include "base/findings/capture.hpp"
#include "io/capture_findings.hpp"

namespace gbkit::replay_tool {

using namespace proto::observe;
using proto::ConnectionSeen;

namespace {

constexpr std::size_t mappings_named = 4;

std::int64_t number(std::uint64_t value) { return static_cast<std::int64_t>(value); }

/// "192.168.1.64:5060 is 117.136.8.21:40312 outside (#1 to #200)".
std::string mapping_text(const NatMapping& mapping, const Words& say) {
    const std::string frames = mapping.first_frame == mapping.last_frame ? fmt::format("#{}", mapping.first_frame)
                                                                         : say({"#{} to #{}", "#{} 至 #{}"}, mapping.first_frame, mapping.last_frame);
    return say({"{} is {} outside ({})", "{} 在外侧为 {}({})"}, mapping.inside.text(), mapping.outside.text(), frames);
}

std::string mappings_text(const std::vector<NatMapping>& all, Language language) {
    const Words say(language);
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < std::min(all.size(), mappings_named); ++i) parts.push_back(mapping_text(all[i], say));
    if (all.size() > mappings_named) parts.push_back(say({"{} more", "另有 {} 个"}, all.size() - mappings_named));
    return join(parts, "; ");
}

/// What was on one side only, as the rest of a sentence.
std::string one_sided_text(const NatPairs::OneSided& lone, const Words& say) {
    std::string text;
    if (lone.not_let_in > 0)
        text += say({" {} to the outer address did not come in (first #{}).", "发往外侧地址的报文有 {} 条没有进入内侧(首条 #{})。"}, lone.not_let_in, lone.first_not_let_in);
    if (lone.not_let_out > 0)
        text += say({" {} from inside did not go out (first #{}).", "内侧发出的报文有 {} 条没有到达外侧(首条 #{})。"}, lone.not_let_out, lone.first_not_let_out);
    return text;
}

Finding both_sides(const std::vector<NatMapping>& mappings, const NatPairs& pairs) {
    Finding finding{.id = findings::capture_nat_both_sides};
    finding.where = {mappings.front().first_frame, std::nullopt, mappings.front().first};
    finding.observed = mappings_text(mappings, Language::english);
    finding.values = {{"observed_zh", mappings_text(mappings, Language::chinese)},
                      {"count", std::to_string(pairs.paired())},
                      {"lone", one_sided_text(pairs.one_sided(), Words(Language::english))},
                      {"lone_zh", one_sided_text(pairs.one_sided(), Words(Language::chinese))}};
    return finding;
}

Finding proxied(const ProxyHops& hops, Time end) {
    Finding finding{.id = findings::capture_proxy_hops};
    finding.where.time = end;
    std::vector<std::string> hosts;
    for (const IpAddress& host : hops.proxies())
        if (hosts.size() < mappings_named) hosts.push_back(host.text());
    finding.observed = join(hosts, ", ");
    finding.values = {{"count", std::to_string(hops.left_out())}};
    return finding;
}

/// The part of its packets that each source lost, by the subject of its findings.
std::map<std::string, double> losses(const std::vector<RtpSource>& sources) {
    std::map<std::string, double> all;
    for (const RtpSource& source : sources)
        if (source.statistics != nullptr && source.statistics->expected > 0)
            all[source.subject] = static_cast<double>(source.statistics->lost) / static_cast<double>(source.statistics->expected);
    return all;
}

std::string_view name_of(ConnectionSeen::State state) {
    switch (state) {
        case ConnectionSeen::State::dialling: return "dialling";
        case ConnectionSeen::State::open: return "open";
        case ConnectionSeen::State::refused: return "refused";
        case ConnectionSeen::State::closed: return "closed";
        case ConnectionSeen::State::reset: break;
    }
    return "reset";
}

}  // namespace

void hold_doubtful(cli::Output& output, const Options& options) {
    const bool at_once = !options.intake.interface.empty() || options.intake.follow || !options.intake.evidence.empty();
    if (!at_once) output.hold_findings([](const Finding& finding) { return io::rests_on_absence(finding.id); });
}

void judge_input(cli::Output& output, const io::CaptureFacts& facts, const std::vector<RtpSource>& sources, const NatPairs& pairs,
                 const ProxyHops& hops) {
    output.weigh_findings([&facts, lost = losses(sources)](Finding& finding) {
        io::weigh(finding, facts, [&lost](const std::string& subject) {
            const auto found = lost.find(subject);
            return found == lost.end() ? std::nullopt : std::optional(found->second);
        });
    });
    output.release_findings();
    output.weigh_findings({});
    for (const Finding& finding : io::findings_of(facts)) output.finding(finding);
    if (const auto mappings = pairs.mappings(); !mappings.empty()) output.finding(both_sides(mappings, pairs));
    if (hops.left_out() > 0) output.finding(proxied(hops, facts.last));
}

void set_input(cli::Record& summary, const io::CaptureFacts& facts, const NatPairs& pairs, const ProxyHops& hops) {
    if (hops.left_out() > 0) summary.set("proxy_messages", number(hops.left_out()));
    if (facts.tcp_connections > 0) summary.set("tcp_connections", number(facts.tcp_connections));
    if (facts.tcp_refused > 0) summary.set("tcp_refused", number(facts.tcp_refused));
    if (facts.tcp_unanswered > 0) summary.set("tcp_unanswered", number(facts.tcp_unanswered));
    if (facts.tcp_retransmitted_bytes > 0) summary.set("tcp_retransmitted_bytes", number(facts.tcp_retransmitted_bytes));
    if (facts.tcp_conflicts > 0) summary.set("tcp_conflict_bytes", number(facts.tcp_conflicts));
    if (facts.tcp_lost_bytes > 0) summary.set("tcp_lost_bytes", number(facts.tcp_lost_bytes)).set("tcp_lost_segments", number(facts.tcp_lost_segments));
    if (facts.copies_missing > 0) summary.set("copies_missing", number(facts.copies_missing));
    if (const double share = io::lost_share(facts); share > 0) summary.set("capture_loss_percent", share * 100);
    if (pairs.paired() == 0) return;
    const NatPairs::OneSided& lone = pairs.one_sided();
    summary.set("nat_messages", number(pairs.paired())).set("nat_mappings", number(pairs.mappings().size()));
    summary.set("nat_not_let_in", number(lone.not_let_in)).set("nat_not_let_out", number(lone.not_let_out));
}

std::string dialled_text(const io::CaptureFacts& facts, const Words& say) {
    if (facts.tcp_refused + facts.tcp_unanswered == 0) return {};
    std::string text = say({"{} TCP connections", "TCP 连接 {} 个"}, grouped(facts.tcp_connections));
    if (facts.tcp_refused > 0) text += say({", {} refused (RST)", ",被拒绝(RST){}"}, grouped(facts.tcp_refused));
    if (facts.tcp_unanswered > 0) text += say({", {} without an answer", ",无应答 {}"}, grouped(facts.tcp_unanswered));
    return text;
}

void set_connection(cli::Record& record, const DialogStory& dialog) {
    if (!dialog.connection) return;
    const ConnectionSeen& seen = *dialog.connection;
    record.set("dialled_by", std::string(dialog.dialled_by_callee ? "callee" : "caller"));
    record.set("dialled_to", seen.listener.text()).set("connection", std::string(name_of(seen.state)));
    if (seen.syn_frame > 0) record.set("syn_frame", number(seen.syn_frame)).set("syn_copies", number(seen.syn_copies));
}

bool is_connected(const DialogStory& dialog) noexcept {
    return dialog.connection && dialog.connection->state != ConnectionSeen::State::dialling && dialog.connection->state != ConnectionSeen::State::refused;
}

std::string connection_text(const DialogStory& dialog, const Words& say) {
    if (!dialog.connection) return {};
    using State = ConnectionSeen::State;
    const ConnectionSeen& seen = *dialog.connection;
    std::string text = say({"the {} dialled {}", "{}连接 {}"}, say(dialog.dialled_by_callee ? Bilingual{"device", "设备"} : Bilingual{"platform", "平台"}),
                           seen.listener.text());
    if (dialog.ack.seen() && seen.syn_frame > 0 && seen.syn_time >= dialog.ack.time)
        text += say({" after {}", ",ACK 之后 {}"}, span_text(seen.syn_time - dialog.ack.time));
    if (seen.syn_frame > 0) text += fmt::format(" #{}", seen.syn_frame);
    if (seen.state == State::refused) text += say({", refused by RST #{}", ",被 RST 拒绝 #{}"}, seen.frame);
    if (seen.state == State::dialling) text += say({": {} SYN, no answer", ":发出 {} 次 SYN,没有应答"}, seen.syn_copies);
    if (seen.state == State::reset || seen.state == State::closed)
        text += say({", {} by the {} #{}", ",被{1}{0} #{2}"}, say(seen.state == State::reset ? Bilingual{"reset", "复位"} : Bilingual{"closed", "关闭"}),
                    say(seen.ended_by_opener == dialog.dialled_by_callee ? Bilingual{"device", "设备"} : Bilingual{"platform", "平台"}), seen.frame);
    return text;
}

}  // namespace gbkit::replay_tool
