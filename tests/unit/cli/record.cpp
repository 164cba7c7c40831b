// Records: written in table order, checked against the table, read back, bounded.
#include <chrono>
#include <cmath>
#include <set>
#include <stdexcept>

#include <doctest/doctest.h>

#include "base/charset.hpp"
#include "cli/record.hpp"

using namespace gbkit;
using namespace gbkit::cli;

namespace {

const Time moment = from_unix(1378800111, 139'518'000);
const std::string head = R"({"type":"listening","tool":"t","time":"2013-09-10T08:01:51.139518Z",)";

}  // namespace

TEST_CASE("fields come in table order, whatever the order of set") {
    Record record("listening", moment);
    record.set("port", std::int64_t{5060}).set("address", "::1").set("transport", "UDP");
    CHECK(record.to_json("gb-register") ==
          R"({"type":"listening","tool":"gb-register","time":"2013-09-10T08:01:51.139518Z","transport":"UDP","address":"::1","port":5060})");
    CHECK(validate_line(record.to_json("gb-register")).empty());
    CHECK(record.has("port"));
    CHECK_FALSE(record.has("no_such_field"));
}

TEST_CASE("every kind of value") {
    Record run("run", moment);
    run.set("schema", std::int64_t{1}).set("version", "0").set("argv", std::vector<std::string>{"a", "\"b\""});
    CHECK(run.to_json("t").ends_with(R"("schema":1,"version":"0","argv":["a","\"b\""]})"));
    Record summary("summary", moment);
    summary.set("exit_code", std::int64_t{0}).set("rtt_ms", 1.5).set("findings", Counters{{"b", 2}, {"a", 1}});
    CHECK(summary.to_json("t").ends_with(R"("exit_code":0,"rtt_ms":1.5,"findings":{"b":2,"a":1}})"));
    Record capture("capture", moment);
    capture.set("file", "-").set("first", moment).set("link_types", std::vector<std::string>{});
    CHECK(capture.to_json("t").ends_with(R"("file":"-","link_types":[],"first":"2013-09-10T08:01:51.139518Z"})"));
    Record keepalive("keepalive", moment);
    keepalive.set("device", "1").set("answered", false);
    CHECK(keepalive.to_json("t").ends_with(R"("device":"1","answered":false})"));
    for (const Record& record : {run, summary, capture, keepalive}) CHECK(validate_line(record.to_json("t")).empty());
}

TEST_CASE("the last value of a field counts, an empty text is absent, an infinite number too") {
    Record record("summary", moment);
    record.set("exit_code", std::int64_t{1}).set("exit_code", std::int64_t{2}).set_text("error", "");
    record.set("rtt_ms", std::nan("")).set("rtt_p99_ms", INFINITY).set("duration_s", std::int64_t{3});
    CHECK(record.to_json("t").ends_with(R"("exit_code":2,"duration_s":3})"));
}

TEST_CASE("text is escaped and always UTF-8") {
    Record record("summary", moment);
    const std::string_view device = "\"\\\r\n\t\x01\x7f/摄\xc9\xe3";
    record.set("exit_code", std::int64_t{0}).set("error", std::string(device));
    const std::string json = record.to_json("t");
    CHECK(is_utf8(json));
    CHECK(json.find('\n') == std::string::npos);
    CHECK(validate_line(json).empty());
    record.set("error", std::string("a\"b\\c\x01\x7f"));
    CHECK(record.to_json("t").ends_with(R"("error":"a\"b\\c\u0001\u007f"})"));
    CHECK(read_record(record.to_json("t"))->value("error") == "a\"b\\c\x01\x7f");
}

TEST_CASE("what the table does not allow is a bug") {
    CHECK_THROWS_AS(Record("no_such_type", moment), std::logic_error);
    Record record("listening", moment);
    CHECK_THROWS_AS(record.set("no_such_field", "x"), std::logic_error);
    CHECK_THROWS_AS(record.set("port", "5060"), std::logic_error);
    CHECK_THROWS_AS(record.set("transport", std::int64_t{1}), std::logic_error);
    CHECK_THROWS_AS(record.set("port", std::int64_t{1} << 53), std::logic_error);
    CHECK_NOTHROW(record.set("port", (std::int64_t{1} << 53) - 1));
    CHECK_THROWS_AS((void)record.to_json("t"), std::logic_error);  // transport and address are required
}

TEST_CASE("the tables are well formed") {
    std::set<std::string_view> types;
    for (const RecordSchema& schema : record_schemas()) {
        CAPTURE(schema.type);
        CHECK(types.insert(schema.type).second);
        CHECK(schema.meaning.ends_with("."));
        CHECK(find_schema(schema.type) == &schema);
        std::set<std::string_view> names{"type", "tool", "time"};
        for (const FieldSchema& field : schema.fields) {
            CAPTURE(field.name);
            CHECK(names.insert(field.name).second);
            CHECK(field.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string_view::npos);
            CHECK(field.meaning.ends_with("."));
        }
    }
    for (const std::string_view shared : {"run", "finding", "summary", "sip_message", "listening", "registration", "digest_check"})
        CHECK(types.contains(shared));
}

TEST_CASE("a line that does not fit its table is told why") {
    const auto wrong = [](const std::string& rest) { return validate_line(head + rest); };
    CHECK(wrong(R"("transport":"UDP","address":"::1","port":1})").empty());
    CHECK(wrong(R"("transport":"UDP","port":1,"address":"::1"})") == "a field address out of order");
    CHECK(wrong(R"("transport":"UDP","address":"::1"})") == "no field port");
    CHECK(wrong(R"("transport":"UDP","address":"::1","port":"1"})") == "a field port of another kind");
    CHECK(wrong(R"("transport":"UDP","address":"::1","port":null})") == "a field port of another kind");
    CHECK(wrong(R"("transport":"UDP","address":"::1","port":1.5})") == "a field port of another kind");
    CHECK(wrong(R"("transport":"UDP","address":"::1","port":9007199254740992})") == "a field port of another kind");
    CHECK(wrong(R"("transport":"UDP","address":"::1","port":1,"more":1})") == "a field more that listening does not have");
    CHECK(validate_line(R"({"tool":"t"})") == "no type where it belongs");
    CHECK(validate_line(R"({"type":"x","tool":"t","time":"2013-09-10T08:01:51.139518Z"})") == "a type that is not in the tables: x");
    for (const char* time : {"2013-09-10T08:01:51Z", "2013-09-10T16:01:51.139518+08:00", "2013-09-10T08:01:51.139Z", "now"})
        CHECK(validate_line(std::string(R"({"type":"listening","tool":"t","time":")") + time + "\"}") ==
              "a time that is not RFC 3339 UTC with microseconds");
    for (const char* line : {"", "x", "[]", "1", "{\"a\":1", "{} {}"}) CHECK_FALSE(validate_line(line).empty());
}

TEST_CASE("reading back keeps what it does not know") {
    const auto record = read_record(R"({"type":"new","text":"a\u00e9","number":1.5,"list":["x"],"object":{"k":1},"null":null})");
    REQUIRE(record);
    CHECK(record->type == "new");
    CHECK(record->value("text") == "aé");
    CHECK(record->value("number") == "1.5");
    CHECK(record->value("list") == R"(["x"])");
    CHECK(record->value("object") == R"({"k":1})");
    CHECK(record->value("null") == "null");
    CHECK(record->value("absent").empty());
    CHECK(read_record("{}").error().code == Errc::not_found);
    CHECK(read_record("REGISTER sip:x SIP/2.0").error().code == Errc::malformed);
    CHECK(read_record("[1]").error().code == Errc::malformed);
}

TEST_CASE("lines from outside are bounded in length, depth and members") {
    const auto start = std::chrono::steady_clock::now();
    CHECK(read_record(std::string(record_line_limit + 1, ' ')).error().code == Errc::too_large);
    CHECK(read_record(std::string(1 << 20, '[')).error().code == Errc::too_large);
    CHECK(read_record("{\"a\":" + std::string(1 << 20, '{')).error().code == Errc::too_large);
    std::string many = "{";
    for (int i = 0; i < 100'000; ++i) many += "\"k" + std::to_string(i) + "\":1,";
    CHECK(read_record(many + "\"type\":\"x\"}").error().code == Errc::too_large);
    const std::string brackets_in_text = R"({"type":"x","a":")" + std::string(100, '[') + R"("})";
    CHECK(read_record(brackets_in_text));
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(5));
}
