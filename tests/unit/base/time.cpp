// base/time: RFC 3339, Beijing time, dates of peers, durations.
#include <cstdlib>
#include <ctime>

#include <doctest/doctest.h>

#include "base/time.hpp"

using namespace gbkit;

namespace {

// 2013-09-10T08:01:51.139518Z, the moment in the manual.
const Time moment = from_unix(1378800111, 139'518'000);

struct Zone {
    explicit Zone(const char* name) {
        if (const char* before = std::getenv("TZ")) saved = before;
        setenv("TZ", name, 1);
        tzset();
    }
    ~Zone() {
        if (saved.empty()) unsetenv("TZ");
        else setenv("TZ", saved.c_str(), 1);
        tzset();
    }
    std::string saved;
};

}  // namespace

TEST_CASE("RFC 3339") {
    CHECK(to_rfc3339(moment) == "2013-09-10T08:01:51.139518Z");
    CHECK(to_rfc3339(from_unix(0)) == "1970-01-01T00:00:00.000000Z");
    CHECK(to_rfc3339(from_unix(951782400)) == "2000-02-29T00:00:00.000000Z");
    CHECK(from_rfc3339("2013-09-10T08:01:51.139518Z") == moment);
    CHECK(from_rfc3339("2013-09-10T16:01:51.139518+08:00") == moment);
    CHECK(from_rfc3339("2013-09-10t03:31:51.139518-04:30") == moment);
    CHECK(from_rfc3339("2013-09-10 08:01:51z") == from_unix(1378800111));
    CHECK(from_rfc3339("2013-09-10T08:01:51.123456789999Z") == from_unix(1378800111, 123'456'789));
}

TEST_CASE("what is no RFC 3339") {
    for (const std::string_view bad :
         {"", "2013-09-10", "2013-09-10T08:01:51", "2013-13-10T08:01:51Z", "2013-02-29T00:00:00Z", "2013-09-10T24:01:51Z",
          "2013-09-10T08:60:51Z", "2013-09-10T08:01:51.Z", "2013-09-10T08:01:51+0800", "2013-09-10T08:01:51+08x00",
          "2013-09-10T08:01:51+08:60", "0000-01-01T00:00:00Z", "9999-01-01T00:00:00Z", "2013-09-10T08:01:51Zjunk"}) {
        CAPTURE(bad);
        CHECK_FALSE(from_rfc3339(bad));
    }
}

TEST_CASE("local time with its offset") {
    const Zone zone("Asia/Shanghai");
    CHECK(to_local_clock(moment) == "16:01:51.139");
    CHECK(to_local_date(moment) == "2013-09-10 16:01:51.139 +08:00");
}

TEST_CASE("a zone west of Greenwich, and a moment before 1970") {
    const Zone zone("America/St_Johns");
    CHECK(to_local_date(moment) == "2013-09-10 05:31:51.139 -02:30");
    CHECK(to_local_clock(from_unix(-1, 500'000'000)).substr(6) == "59.500");
}

TEST_CASE("dates of GB/T 28181 are Beijing time, whatever the zone of this machine") {
    const Zone zone("America/New_York");
    CHECK(to_gb_date(moment) == "2013-09-10T16:01:51.139");
    const auto full = parse_date(" 2013-09-10T16:01:51.139 ");
    REQUIRE(full);
    CHECK(full->time == from_unix(1378800111, 139'000'000));
    CHECK(full->form == DateForm::gb);
    const auto coarse = parse_date("2013-09-10T16:01:51");
    REQUIRE(coarse);
    CHECK(coarse->time == from_unix(1378800111));
    CHECK(coarse->form == DateForm::gb_without_milliseconds);
}

TEST_CASE("RFC 1123 dates") {
    const auto date = parse_date("Sat, 13 Nov 2010 23:29:00 GMT");
    REQUIRE(date);
    CHECK(date->form == DateForm::rfc1123);
    CHECK(to_rfc3339(date->time) == "2010-11-13T23:29:00.000000Z");
    for (const std::string_view bad : {"Sat, 13 Xxx 2010 23:29:00 GMT", "Sat, 13 Nov 2010 23:29:00", "Sat, 41 Nov 2010 23:29:00 GMT",
                                       "Sat, 13 Nov 2010 2x:29:00 GMT", "Sat, 13 Nov 2010 23:29:00 CST", "yesterday", ""}) {
        CAPTURE(bad);
        CHECK_FALSE(parse_date(bad));
    }
}

TEST_CASE("durations") {
    CHECK(parse_duration("500ms") == milliseconds(500));
    CHECK(parse_duration("5s") == seconds(5));
    CHECK(parse_duration("1.5") == milliseconds(1500));
    CHECK(parse_duration("2m") == minutes(2));
    CHECK(parse_duration("1h") == hours(1));
    CHECK(parse_duration("1d") == hours(24));
    CHECK(parse_duration("10us") == microseconds(10));
    CHECK(parse_duration("0") == seconds(0));
    for (const std::string_view bad : {"", "s", "-1s", "5x", "5 s", "nan", "inf", "1e300s", "5ss"}) CHECK_FALSE(parse_duration(bad));
}

TEST_CASE("durations are written in the shortest exact form and read back") {
    const std::pair<Duration, std::string_view> rows[] = {{milliseconds(500), "500ms"}, {seconds(5), "5s"}, {seconds(90), "90s"},
                                                          {hours(1), "1h"},  {hours(48), "2d"}, {microseconds(1500), "1500us"},
                                                          {Duration(0), "0s"}};
    for (const auto& [duration, text] : rows) {
        CHECK(format_duration(duration) == text);
        CHECK(parse_duration(text) == duration);
    }
    CHECK(to_milliseconds(microseconds(1500)) == doctest::Approx(1.5));
    CHECK(to_seconds(milliseconds(1500)) == doctest::Approx(1.5));
}
