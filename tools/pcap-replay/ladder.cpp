// One device's ladder:
//
//   14:02:11.004  REGISTER CSeq 1, no Authorization                   -->   #118
//   14:02:11.006  <-- 401 realm="3402000000"  sent to 192.168.1.64:5060     #119
//                 ... 10 more copies until 14:02:42.504                     #140
#include <algorithm>

#include "page.hpp"
#include "wording.hpp"

namespace gbkit::replay_tool {

namespace {

using proto::observe::DeviceStory;
using proto::observe::Step;

constexpr std::size_t most_body_columns = 66, columns_beside = 28;

std::string request_text(const Words& say, const Step& step) {
    std::string text = say({"REGISTER CSeq {}", "REGISTER CSeq {}"}, step.cseq);
    if (step.unregister) text += say({", Expires 0: logs out", ",Expires 0:注销"});
    text += step.credentials ? say({", with Authorization", ",带 Authorization"}) : say({", no Authorization", ",不带 Authorization"});
    return text;
}

std::string answer_text(const Words& say, const Step& step) {
    std::string text = fmt::format("<-- {} {}", step.status, step.reason);
    if (!step.realm.empty()) text += fmt::format(" realm=\"{}\"", step.realm);
    if (step.qop) text += fmt::format(" qop=\"{}\"", *step.qop);
    if (step.expires && step.status < 300 && !step.unregister) text += say({", for {} s", ",有效期 {} 秒"}, *step.expires);
    if (step.elsewhere) text += say({"  sent to {}", "  发往 {}"}, step.destination.text());
    return text;
}

std::string beats_text(const Words& say, const Step& step) {
    std::string text = step.count == 1 ? std::string(say({"1 heartbeat", "1 次心跳"})) : say({"{} heartbeats", "{} 次心跳"}, grouped(step.count));
    if (step.count > 1) text += say({", one every {}", ",间隔 {}"}, span_text((step.last_time - step.time) / static_cast<std::int64_t>(step.count - 1)));
    if (step.answered == step.count) return text + std::string(say({", answered", ",均有应答"}));
    return text + say({", {} of them answered", ",其中 {} 次有应答"}, grouped(step.answered));
}

std::string body_of(const Words& say, const Step& step) {
    switch (step.kind) {
        case Step::Kind::request: return request_text(say, step);
        case Step::Kind::answer: return answer_text(say, step);
        case Step::Kind::keepalive: return beats_text(say, step);
        case Step::Kind::unreachable: break;
    }
    return fmt::format("<-- ICMP {}", step.reason);
}

cli::Style style_of(const Step& step) {
    if (step.kind == Step::Kind::unreachable || step.elsewhere) return cli::Style::bad;
    if (step.kind == Step::Kind::keepalive) return step.answered < step.count ? cli::Style::warn : cli::Style::plain;
    if (step.status >= 200 && step.status < 300) return cli::Style::good;
    if (step.status >= 400 && step.status != 401 && step.status != 407) return cli::Style::bad;
    return cli::Style::plain;
}

void row(cli::Output& output, std::string_view clock, std::string body, std::string_view arrow, std::uint64_t frame, cli::Style style) {
    const std::size_t body_columns = std::min(most_body_columns, std::max(output.columns(), columns_beside) - columns_beside);
    const std::size_t width = display_width(body) + arrow.size();
    std::string text = output.styled(style, body);
    if (width + 1 < body_columns) text += std::string(body_columns - width, ' ');
    else text += ' ';
    text += arrow;
    output.line(fmt::format("  {}  {}   {}", pad(clock, 12), text, output.styled(cli::Style::dim, fmt::format("#{}", frame))));
}

void show(cli::Output& output, const Words& say, const Step& step) {
    row(output, to_local_clock(step.time), body_of(say, step), step.from_device ? "-->" : "   ", step.frame, style_of(step));
    if (step.kind == Step::Kind::keepalive || step.count < 2) return;
    const std::string more = say({"... {} more, the same, until {}", "... 同样的还有 {} 条,直到 {}"}, grouped(step.count - 1), to_local_clock(step.last_time));
    row(output, "", more, "   ", step.last_frame, cli::Style::dim);
}

}  // namespace

void write_ladder(cli::Output& output, const DeviceStory& story) {
    const Words say(output.language());
    for (const Step& step : story.ladder.head()) show(output, say, step);
    if (story.ladder.left_out() > 0)
        output.line(say({"                ... {} rows left out ...", "                ……省略 {} 行……"}, grouped(story.ladder.left_out())));
    for (const Step& step : story.ladder.tail()) show(output, say, step);
}

}  // namespace gbkit::replay_tool
