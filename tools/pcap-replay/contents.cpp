#include "contents.hpp"

#include <algorithm>

#include "page_entry.hpp"
#include "wording.hpp"

namespace gbkit::replay_tool {

namespace {

using namespace proto::observe;

constexpr bool is_streaming(Content content) noexcept { return content == Content::rtmp || content == Content::rtsp; }

/// "1 RTMP connection A -> B app live, 12 MB"; several are only counted.
std::string streaming_text(Content content, const ContentTable::Total& total, const std::vector<const ContentFlow*>& flows, const Words& say) {
    const auto of_kind = [content](const ContentFlow* flow) { return flow->content == content; };
    const std::string_view title = say(title_of(content));
    const auto only = std::find_if(flows.begin(), flows.end(), of_kind);
    if (total.flows == 1 && only != flows.end())
        return say({"1 {} connection {}, {}", "1 条 {} 连接 {},{}"}, title, ends_of(**only), size_text(total.bytes));
    return say({"{} {} connections, {}", "{} 条 {} 连接,{}"}, grouped(total.flows), title, size_text(total.bytes));
}

}  // namespace

std::string ends_of(const ContentFlow& flow) {
    std::string text = fmt::format("{} -> {}", flow.from.text(), flow.to.text());
    const bool says_more = !flow.name.empty() && flow.name != flow.to.address.text();
    if (says_more) text += (flow.content == Content::rtmp ? " app " : " ") + flow.name;
    return text;
}

void write_contents(cli::Output& output, const ContentTable& contents, bool everything) {
    const Words say(output.language());
    const ContentTable::Totals totals = contents.totals();
    const std::vector<const ContentFlow*> flows = contents.flows();
    std::vector<std::string> parts, kinds;
    std::uint64_t bytes = 0;
    for (std::size_t kind = 0; kind < totals.size(); ++kind) {
        const auto content = static_cast<Content>(kind);
        if (totals[kind].flows == 0 || is_followed(content)) continue;
        if (is_streaming(content)) {
            parts.push_back(streaming_text(content, totals[kind], flows, say));
        } else {
            bytes += totals[kind].bytes;
            kinds.emplace_back(say(title_of(content)));
        }
    }
    if (!kinds.empty()) parts.push_back(say({"not looked into: {} ({})", "未分析:{}({})"}, size_text(bytes), join(kinds, ", ")));
    if (!parts.empty()) write_entry(output, {"also here", "另有"}, join(parts, "; "));
    if (!everything) return;
    for (const ContentFlow* flow : flows)
        if (!is_followed(flow->content) && flow->transport != proto::Transport::udp)
            write_entry(output, {"", ""}, say({"{} {}: {} segments, {}", "{} {}:{} 段,{}"}, say(title_of(flow->content)), ends_of(*flow), grouped(flow->packets), size_text(flow->bytes)));
}

}  // namespace gbkit::replay_tool
