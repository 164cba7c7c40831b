#include "queries.hpp"

#include <algorithm>
#include <cmath>

#include "wording.hpp"

namespace gbkit::replay_tool {

namespace {

using namespace proto::observe;
using State = QueryStory::State;

constexpr std::size_t lines_by_themselves = 20;

std::int64_t number(std::uint64_t value) { return static_cast<std::int64_t>(value); }
double rounded_ms(Duration span) { return std::round(to_milliseconds(span) * 1000) / 1000; }

std::string_view name_of(State state) {
    switch (state) {
        case State::asked: return "asked";
        case State::accepted: return "accepted";
        case State::answering: return "answering";
        case State::complete: return "complete";
        case State::incomplete: return "incomplete";
        case State::refused: return "refused";
        case State::undelivered: return "undelivered";
        case State::unanswered: break;
    }
    return "unanswered";
}

bool in_trouble(const QueryStory& story) {
    return story.state == State::incomplete || story.state == State::refused || story.state == State::undelivered || story.state == State::unanswered;
}

class QueryPage {
public:
    explicit QueryPage(cli::Output& output) : output_(output), say_(output.language()) {}

    void write(const QueryStories& queries, const NoticeStories& notices, bool everything) {
        if (!queries.empty()) {
            output_.line();
            output_.line(output_.styled(cli::Style::bold, say_(Bilingual{"queries and control", "查询与控制"})));
        }
        QueryStories order = queries;
        std::stable_partition(order.begin(), order.end(), [](const QueryStory* story) { return in_trouble(*story); });
        const std::size_t named = everything ? order.size() : std::min(order.size(), lines_by_themselves);
        for (std::size_t i = 0; i < named; ++i) line(*order[i]);
        if (named < order.size()) output_.line(say_({"  and {} more: --all", "  另有 {} 条:--all"}, order.size() - named));
        const std::size_t told = everything ? notices.size() : std::min(notices.size(), lines_by_themselves);
        for (std::size_t i = 0; i < told; ++i) notice(*notices[i]);
        if (told < notices.size()) output_.line(say_({"  notices of {} more devices: --all", "  另有 {} 台设备的通知:--all"}, notices.size() - told));
    }

private:
    void line(const QueryStory& story) {
        std::string text = fmt::format("  {}  {}", story.device, story.command);
        if (story.ptz) text += fmt::format(" PTZ: {}", words_of(*story.ptz, output_.language()));
        else if (!story.element.empty()) text += ' ' + story.element;
        if (story.target != story.device && !story.target.empty()) text += say_({" of {}", ",对象 {}"}, story.target);
        if (!story.sn.empty()) text += fmt::format(" SN {}", story.sn);
        text += "  " + output_.styled(in_trouble(story) ? cli::Style::bad : cli::Style::plain, outcome(story));
        const std::uint64_t first = story.query.seen() ? story.query.frame : story.first_part.frame;
        const std::uint64_t last = std::max({first, story.accepted.frame, story.last_part.frame});
        output_.line(text + (first == last ? fmt::format("  #{}", first) : fmt::format("  #{} - #{}", first, last)));
    }

    std::string outcome(const QueryStory& story) {
        std::string text;
        if (story.subscription)
            text = say_({"subscription for {} s, {} NOTIFY", "订阅 {} 秒,收到 NOTIFY {} 条"}, story.expires.value_or(0), story.notifies);
        else if (story.parts > 0) text = answers(story);
        else if (story.state == State::unanswered) text = say_({"{} {}, and no Response", "{} {},之后没有 Response"}, story.status, story.reason);
        else if (story.state == State::undelivered) text = say_(Bilingual{"NO ANSWER", "无应答"});
        else if (story.status > 0) text = fmt::format("{} {}", story.status, story.reason);
        else text = say_(Bilingual{"no answer in the capture", "抓包中没有应答"});
        return text;
    }

    std::string answers(const QueryStory& story) {
        std::string text;
        if (story.sum_num || story.items > 0)
            text = story.sum_num ? say_({"{} of {} items", "{}/{} 条"}, story.unique, *story.sum_num) : say_({"{} items", "{} 条"}, story.items);
        const std::string_view comma = say_(Bilingual{", ", ","});
        if (!story.result.empty()) text += std::string(text.empty() ? "" : comma) + story.result;
        text += say_({"{}{} messages", "{}{} 条消息"}, text.empty() ? "" : comma, story.parts);
        if (const auto total = story.total(); total && story.query.seen())
            text += say_({", {} (first after {}, longest gap {})", ",{}(首个应答 {},最大间隔 {})"}, span_text(*total), span_text(*story.first_answer()), span_text(story.largest_gap));
        if (!story.query.seen()) text += say_(Bilingual{"; the query is not in the capture", ";抓包中没有对应的查询"});
        return text;
    }

    void notice(const NoticeStory& story) {
        std::string text = say_({"  {}  says: {} alarms, {} positions, {} ends of files, {} catalog events, {} others",
                                 "  {}  上报:报警 {},位置 {},文件结束 {},目录变更 {},其它 {}"},
                                story.device, story.alarms, story.positions, story.media_statuses, story.catalog_events, story.others);
        if (story.last_position) text += say_({"; last position {} {}", ";最近位置 {} {}"}, story.last_position->longitude, story.last_position->latitude);
        output_.line(text + fmt::format("  #{} - #{}", story.first.frame, story.last.frame));
    }

    cli::Output& output_;
    Words say_;
};

void set_answers(cli::Record& record, const QueryStory& story) {
    if (story.parts == 0) return;
    record.set("first_frame", number(story.first_part.frame)).set("last_frame", number(story.last_part.frame)).set("parts", number(story.parts));
    record.set("largest_part_bytes", number(story.largest_part));
    if (story.sum_num && *story.sum_num <= INT64_MAX >> 10) record.set("sum_num", number(*story.sum_num));
    if (story.sum_num || story.items > 0) record.set("items", number(story.items)).set("unique", number(story.unique));
    if (story.parts > 1) record.set("overlaps", number(story.overlaps)).set("largest_gap_ms", rounded_ms(story.largest_gap));
    if (const auto first = story.first_answer()) record.set("first_answer_ms", rounded_ms(*first));
    if (const auto total = story.total(); total && story.query.seen()) record.set("total_ms", rounded_ms(*total));
}

}  // namespace

void write_queries(cli::Output& output, const QueryStories& queries, const NoticeStories& notices, bool everything) {
    if (!output.json()) QueryPage(output).write(queries, notices, everything);
}

cli::Record query_record(const QueryStory& story, Time end) {
    cli::Record record("query", story.query.seen() ? story.query.time : story.first_part.seen() ? story.first_part.time : end);
    record.set("command", story.command.empty() ? std::string("-") : story.command).set("state", std::string(name_of(story.state)));
    record.set("kind", story.subscription ? std::string("Subscription") : story.root);
    record.set_text("device", story.device).set_text("platform", story.platform).set_text("sn", story.sn);
    record.set_text("target", story.target).set_text("element", story.element);
    if (story.ptz) record.set("ptz", words_of(*story.ptz, Language::english));
    if (story.query.seen()) record.set("frame", number(story.query.frame));
    if (story.status > 0) record.set("status", std::int64_t{story.status}).set_text("reason", story.reason);
    record.set_text("result", story.result);
    set_answers(record, story);
    if (story.subscription) {
        record.set("notifies", number(story.notifies));
        if (story.expires) record.set("expires", std::int64_t{*story.expires});
    }
    return record;
}

cli::Record notices_record(const NoticeStory& story) {
    cli::Record record("notices", story.last.time);
    record.set("device", story.device).set("alarms", number(story.alarms)).set("positions", number(story.positions));
    record.set("media_statuses", number(story.media_statuses)).set("catalog_events", number(story.catalog_events)).set("others", number(story.others));
    record.set("first_frame", number(story.first.frame)).set("last_frame", number(story.last.frame));
    if (story.last_position) record.set_text("longitude", story.last_position->longitude).set_text("latitude", story.last_position->latitude);
    return record;
}

}  // namespace gbkit::replay_tool
