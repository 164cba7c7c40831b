// QueryObserver: what a story tells, what it remembers at most, and which messages it leaves alone.
#include "proto/observe/query_observer.hpp"

#include <doctest/doctest.h>

#include <fmt/format.h>

#include "base/findings/catalog.hpp"

using namespace gbkit;
using namespace gbkit::proto;
using namespace gbkit::proto::observe;

namespace {

const Endpoint device_at{IpAddress::v4(0xC0A80140), 5060};
const Endpoint platform_at{IpAddress::v4(0xCB007109), 5060};
const std::string device = "34020000001180000007";
const std::string platform = "34020000002000000001";

std::string body(std::string_view root, std::string_view command, int sn, std::string_view more, std::string_view id = device) {
    return fmt::format("<?xml version=\"1.0\"?><{0}><CmdType>{1}</CmdType><SN>{2}</SN><DeviceID>{3}</DeviceID>{4}</{0}>", root, command, sn, id, more);
}

std::string items(int first, int count) {
    std::string out;
    for (int i = first; i < first + count; ++i) out += fmt::format("<Item><DeviceID>3402000000131{:07}</DeviceID><Name>c{}</Name></Item>", i, i);
    return out;
}

class Bench {
public:
    explicit Bench(QueryLimits limits = {})
        : observer({}, {[this](Finding finding) { findings.push_back(std::move(finding)); }, [this](const QueryStory&) { ++over; }}, limits) {}

    Bench& wait(Duration span) { now += span; return *this; }
    void see(const std::string& text, bool from_device, bool again = false, std::uint64_t cut = 0) {
        const auto message = wire::sip::parse(text);
        REQUIRE(message.has_value());
        Packet packet;
        packet.number = ++number;
        packet.time = now;
        packet.source = from_device ? device_at : platform_at;
        packet.destination = from_device ? platform_at : device_at;
        packet.bytes = as_bytes(text);
        packet.cut = cut;
        observer.see({packet, *message, again});
    }
    static std::string request(std::string_view method, bool from_device, int call, const std::string& content, std::string_view more = {}) {
        const auto& [from, to] = from_device ? std::pair(device, platform) : std::pair(platform, device);
        return fmt::format("{} sip:{}@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bK{}\r\nFrom: <sip:{}@1>;tag=1\r\nTo: <sip:{}@1>\r\n"
                           "Call-ID: c{}\r\nCSeq: 1 {}\r\nMax-Forwards: 70\r\nContent-Type: Application/MANSCDP+xml\r\n{}Content-Length: {}\r\n\r\n{}",
                           method, to, call, from, to, call, method, more, content.size(), content);
    }
    static std::string answer(std::string_view method, bool from_device, int call, int status) {
        const auto& [from, to] = from_device ? std::pair(platform, device) : std::pair(device, platform);
        return fmt::format("SIP/2.0 {} x\r\nVia: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bK{}\r\nFrom: <sip:{}@1>;tag=1\r\nTo: <sip:{}@1>;tag=2\r\n"
                           "Call-ID: c{}\r\nCSeq: 1 {}\r\nContent-Length: 0\r\n\r\n", status, call, from, to, call, method);
    }
    /// A query and its 200.
    void ask(int call, std::string_view command, int sn, std::string_view more = {}, std::string_view root = "Query") {
        see(request("MESSAGE", false, call, body(root, command, sn, more)), false);
        wait(milliseconds(4)).see(answer("MESSAGE", true, call, 200), true);
    }
    void part(int call, int sn, int sum, const std::string& listed) {
        see(request("MESSAGE", true, call, body("Response", "Catalog", sn, fmt::format("<SumNum>{}</SumNum><DeviceList>{}</DeviceList>", sum, listed))), true);
        wait(milliseconds(2)).see(answer("MESSAGE", false, call, 200), false);
    }
    [[nodiscard]] bool said(FindingId id) const {
        for (const Finding& finding : findings)
            if (finding.id == id) return true;
        return false;
    }
    [[nodiscard]] const QueryStory& last() const { return *observer.queries().back(); }

    std::vector<Finding> findings;
    std::size_t over = 0;
    QueryObserver observer;
    Time now = from_unix(1'700'000'000);
    std::uint64_t number = 0;
};

}  // namespace

TEST_CASE("a catalog's story: parts, times, items") {
    Bench bench;
    bench.ask(1, "Catalog", 7);
    bench.wait(milliseconds(100)).part(2, 7, 5, items(1, 2));
    bench.wait(seconds(3)).part(3, 7, 5, items(3, 3));
    const QueryStory& story = bench.last();
    CHECK(story.state == QueryStory::State::complete);
    CHECK(story.parts == 2);
    CHECK(story.unique == 5);
    CHECK(story.first_answer() == milliseconds(104));
    CHECK(story.largest_gap == seconds(3) + milliseconds(2));
    CHECK(story.total() == seconds(3) + milliseconds(106));
    CHECK(bench.over == 1);
    CHECK(bench.findings.empty());
}

TEST_CASE("ten seconds decide, not the end of the capture") {
    for (const bool waited : {false, true}) {
        Bench bench;
        bench.ask(1, "Catalog", 7);
        bench.part(2, 7, 5, items(1, 2));
        bench.observer.finish(bench.now + (waited ? seconds(10) : seconds(9)));
        CHECK(bench.said(findings::catalog_incomplete) == waited);
        CHECK(bench.last().state == (waited ? QueryStory::State::incomplete : QueryStory::State::answering));
        CHECK(bench.over == 1);
    }
    for (const bool waited : {false, true}) {
        Bench bench;
        bench.ask(1, "DeviceInfo", 7);
        bench.observer.finish(bench.now + (waited ? seconds(30) : seconds(29)));
        CHECK(bench.said(findings::query_unanswered) == waited);
    }
}

TEST_CASE("a part that cannot be read makes no list incomplete, and a cut one is not called broken") {
    for (const std::uint64_t cut : {0U, 9U}) {
        Bench bench;
        bench.ask(1, "Catalog", 7);
        bench.part(2, 7, 2, items(1, 1));
        const std::string text = Bench::request("MESSAGE", true, 3, body("Response", "Catalog", 7, "<SumNum>2</SumNum><DeviceList><Item><Name>a < b</Name></Item></DeviceList>"));
        bench.see(text, true, false, cut);
        bench.observer.finish(bench.now + minutes(1));
        CHECK(bench.said(findings::xml_broken) == (cut == 0));
        CHECK_FALSE(bench.said(findings::catalog_incomplete));
        CHECK(bench.last().parts == 2);
        CHECK(bench.last().unreadable);
        CHECK(bench.last().state == QueryStory::State::incomplete);
    }
}

TEST_CASE("no password of an item and no text of broken XML is told") {
    Bench bench;
    bench.ask(1, "Catalog", 7);
    bench.part(2, 7, 1, "<Item><DeviceID>1</DeviceID><Password>s3cret&</Password></Item>");
    bench.see(Bench::request("MESSAGE", true, 3, body("Response", "Catalog", 7, "<DeviceList><Item><Password>s3cret<</Password></Item></DeviceList>")), true);
    REQUIRE(bench.findings.size() >= 2);
    for (const Finding& finding : bench.findings) CHECK(message_of(finding, Language::english).find("s3cret") == std::string::npos);
}

TEST_CASE("a control with its bytes in words; one that wants a Response waits for it") {
    Bench bench;
    bench.ask(1, "DeviceControl", 3, "<PTZCmd>A50F01021F0000D6</PTZCmd>", "Control");
    REQUIRE(bench.last().ptz.has_value());
    CHECK(words_of(*bench.last().ptz, Language::english) == "left 31");
    CHECK(bench.last().element == "PTZCmd");
    bench.ask(2, "DeviceControl", 4, "<GuardCmd>SetGuard</GuardCmd>", "Control");
    bench.observer.finish(bench.now + minutes(1));
    REQUIRE(bench.findings.size() == 1);
    CHECK(bench.findings.front().id == findings::query_unanswered);
    CHECK(message_of(bench.findings.front(), Language::english).find("DeviceControl GuardCmd") != std::string::npos);
}

TEST_CASE("notices and subscriptions are counted by who sends them") {
    Bench bench;
    bench.see(Bench::request("SUBSCRIBE", false, 1, body("Query", "MobilePosition", 3, "<Interval>5</Interval>"), "Expires: 600\r\nEvent: presence\r\n"), false);
    bench.wait(milliseconds(5)).see(Bench::answer("SUBSCRIBE", true, 1, 200), true);
    for (int i = 0; i < 3; ++i)
        bench.wait(seconds(5)).see(Bench::request("NOTIFY", true, 1, body("Notify", "MobilePosition", 4 + i, fmt::format("<Time>t</Time><Longitude>120.{}</Longitude><Latitude>30</Latitude>", i))), true);
    bench.see(Bench::request("MESSAGE", true, 9, body("Notify", "Alarm", 9, "<AlarmPriority>1</AlarmPriority><AlarmMethod>5</AlarmMethod>")), true);
    bench.observer.finish(bench.now + hours(1));
    CHECK(bench.findings.empty());
    const QueryStory& story = bench.last();
    CHECK(story.subscription);
    CHECK(story.expires == 600U);
    CHECK(story.status == 200);
    CHECK(story.notifies == 3);
    REQUIRE(bench.observer.notices().size() == 1);
    const NoticeStory& notice = *bench.observer.notices().front();
    CHECK(notice.device == device);
    CHECK(notice.positions == 3);
    CHECK(notice.last_position->longitude == "120.2");
    CHECK(notice.alarms == 1);
    CHECK(notice.last_alarm->method == "5");
}

TEST_CASE("memory is bounded: queries, items and what is listed") {
    Bench bench({.queries = 10, .items = 10, .listed = 5, .listed_in_all = 8, .channels = 10, .devices = 5});
    for (int i = 0; i < 50; ++i) {
        bench.ask(2 * i, "Catalog", i);
        bench.part(2 * i + 1, i, i % 2 == 0 ? 20 : 25, items(i * 20, 20));
    }
    CHECK(bench.observer.queries().size() == 10);
    CHECK(bench.observer.not_followed() == 40);
    std::size_t listed = 0;
    for (const QueryStory* story : bench.observer.queries()) listed += story->listed.size();
    CHECK(listed <= 8);
    CHECK(bench.observer.queries().front()->listed.size() <= 5);
    CHECK(bench.last().items == 20);
    bench.observer.finish(bench.now + minutes(1));
    CHECK(bench.findings.empty());  // what was forgotten is not missing
}

TEST_CASE("resends are no new queries and no new parts; a mirror's copies are no resends") {
    Bench bench;
    const std::string query = Bench::request("MESSAGE", false, 1, body("Query", "Catalog", 7, ""));
    bench.see(query, false);
    for (int i = 0; i < 3; ++i) {
        bench.wait(seconds(1)).see(query, false, true);
        bench.wait(microseconds(30)).see(query, false, true);
    }
    CHECK(bench.last().query.copies == 4);
    bench.see(Bench::answer("MESSAGE", true, 1, 200), true);
    bench.part(2, 7, 2, items(1, 1));
    bench.see(Bench::request("MESSAGE", true, 2, body("Response", "Catalog", 7, "<SumNum>2</SumNum><DeviceList>" + items(1, 1) + "</DeviceList>")), true, true);
    CHECK(bench.last().parts == 1);
    CHECK(bench.last().duplicates == 0);
}

TEST_CASE("a query that was seen once and never answered is not called undelivered") {
    Bench bench;
    bench.see(Bench::request("MESSAGE", true, 5, body("Notify", "Alarm", 1, "")), true);  // the device is heard
    const std::string query = Bench::request("MESSAGE", false, 1, body("Query", "Catalog", 7, ""));
    bench.see(query, false);
    for (int copies = 1; copies <= 5; ++copies) {
        Bench other;
        if (copies > 1) other.see(Bench::request("MESSAGE", true, 5, body("Notify", "Alarm", 1, "")), true);
        for (int i = 0; i < copies; ++i) other.wait(seconds(1)).see(query, false, i > 0);
        other.observer.finish(other.now + minutes(1));
        CAPTURE(copies);
        CHECK(other.said(findings::query_undelivered) == (copies >= 4));
    }
    bench.observer.finish(bench.now + minutes(1));
    CHECK(bench.findings.empty());
    CHECK(bench.last().state == QueryStory::State::asked);
}

TEST_CASE("parts overlap when the answer comes clearly later, not when two interfaces swap packets") {
    for (const bool clear : {false, true}) {
        Bench bench;
        bench.ask(1, "Catalog", 7);
        const auto text = [](int call) { return Bench::request("MESSAGE", true, call, body("Response", "Catalog", 7, "<SumNum>2</SumNum><DeviceList>" + items(call, 1) + "</DeviceList>")); };
        bench.see(text(2), true);
        bench.wait(milliseconds(5)).see(text(3), true);
        bench.wait(clear ? milliseconds(3) : microseconds(300)).see(Bench::answer("MESSAGE", false, 2, 200), false);
        CHECK(bench.said(findings::query_parts_overlap) == clear);
        CHECK(bench.last().overlaps == (clear ? 1 : 0));
    }
}

TEST_CASE("character sets: what is declared against what the bytes are") {
    constexpr std::string_view gb = "\xC9\xE3\xCF\xF1\xBB\xFA", utf8 = "摄像机", gbk = "\x96\x7C\xBB\xFA", cut = "\xC9\xE3\xCF";
    const FindingId nothing{""};
    struct Row {
        std::string_view declared, text;
        FindingId expected;
    };
    using namespace findings;
    const Row rows[] = {{"", "ascii", nothing}, {"", utf8, nothing}, {"", gb, xml_charset_undeclared}, {"", cut, xml_charset_differs},
                        {"UTF-8", "ascii", nothing}, {"utf-8", utf8, nothing}, {"UTF-8", gb, xml_charset_differs}, {"UTF-8", cut, xml_charset_differs},
                        {"GB2312", gb, nothing}, {"gb2312", utf8, xml_charset_differs}, {"GB2312", gbk, xml_beyond_gb2312}, {"GB2312", cut, xml_charset_differs},
                        {"GB18030", gb, nothing}, {"GB18030", gbk, nothing}, {"GBK", gbk, nothing}, {"GB18030", utf8, xml_charset_differs},
                        {"GBK", cut, xml_charset_differs}, {"ISO-8859-1", gb, nothing}};
    for (const Row& row : rows) {
        CAPTURE(row.declared);
        CAPTURE(row.text);
        Bench bench;
        std::string content = body("Notify", "Alarm", 1, fmt::format("<AlarmDescription>{}</AlarmDescription>", row.text));
        if (!row.declared.empty()) content.replace(0, 21, fmt::format("<?xml version=\"1.0\" encoding=\"{}\"?>", row.declared));
        bench.see(Bench::request("MESSAGE", true, 1, content), true);
        CHECK(bench.findings.size() == (row.expected == nothing ? 0 : 1));
        if (row.expected != nothing && !bench.findings.empty()) CHECK(bench.findings.front().id == row.expected);
    }
}

TEST_CASE("who says it matters: a MediaStatus of the device itself, a call of the device, a catalog that names its device") {
    Bench bench;
    bench.see(Bench::request("MESSAGE", true, 1, body("Notify", "Keepalive", 1, "<Status>OK</Status>")), true);
    bench.see(Bench::request("MESSAGE", true, 2, body("Notify", "MediaStatus", 2, "<NotifyType>121</NotifyType>")), true);
    bench.see(Bench::request("INVITE", true, 3, ""), true);  // voice broadcast: the device calls the platform
    bench.see(Bench::answer("INVITE", false, 3, 488), false);
    bench.ask(4, "Catalog", 7);
    bench.part(5, 7, 1, "<Item><DeviceID>" + device + "</DeviceID><Name>n</Name><ParentID>" + platform + "</ParentID></Item>");
    bench.observer.finish(bench.now + minutes(1));
    CHECK(bench.findings.empty());
    CHECK(bench.observer.notices().front()->media_statuses == 1);
}

TEST_CASE("what a catalog page and a device's line need is kept: parents, groups, the maker of DeviceInfo") {
    Bench bench;
    bench.ask(1, "DeviceInfo", 7);
    bench.see(Bench::request("MESSAGE", true, 2, body("Response", "DeviceInfo", 7, "<Result>OK</Result><Manufacturer>Uni</Manufacturer>")), true);
    bench.ask(3, "Catalog", 8);
    bench.part(4, 8, 1, "<Item><DeviceID>1</DeviceID><ParentID>2/3</ParentID><BusinessGroupID>4</BusinessGroupID><Manufacturer>M</Manufacturer></Item>");
    bench.observer.finish(bench.now + minutes(1));
    const std::vector<const QueryStory*> queries = bench.observer.queries();
    REQUIRE(queries.size() == 2);
    CHECK(queries[0]->manufacturer == "Uni");
    CHECK(queries[1]->manufacturer.empty());
    REQUIRE(queries[1]->listed.size() == 1);
    CHECK(queries[1]->listed[0].parent_id == "2/3");
    CHECK(queries[1]->listed[0].business_group_id == "4");
}

TEST_CASE("parents are judged where the catalog is whole") {
    for (const bool announced : {false, true}) {
        Bench bench;
        bench.ask(1, "Catalog", 7);
        const std::string sum = announced ? "<SumNum>1</SumNum>" : "";
        bench.see(Bench::request("MESSAGE", true, 2, body("Response", "Catalog", 7, sum + "<DeviceList><Item><DeviceID>34020000001310000001</DeviceID><ParentID>9</ParentID></Item></DeviceList>")), true);
        bench.observer.finish(bench.now + minutes(1));
        CHECK(bench.said(findings::catalog_parent_unknown) == announced);
    }
}
