// io/capture_window: moments as people write them, and what lies between two of them.
#include "io/capture_window.hpp"

#include <cstdlib>
#include <ctime>

#include <doctest/doctest.h>

#include "unit/io/capture_runs.hpp"
#include "unit/wire/frames.hpp"

using namespace gbkit;
using namespace gbkit::test;
using namespace gbkit::io;

namespace {

/// Beijing time for one test, whatever the machine has.
struct Beijing {
    Beijing() {
        if (const char* zone = std::getenv("TZ")) before = zone;
        ::setenv("TZ", "Asia/Shanghai", 1);
        ::tzset();
    }
    ~Beijing() {
        if (before) ::setenv("TZ", before->c_str(), 1);
        else ::unsetenv("TZ");
        ::tzset();
    }
    std::optional<std::string> before;
};

Time utc(std::string_view text) { return from_rfc3339(text).value(); }
std::string resolved(std::string_view text, std::string_view first) { return to_rfc3339(moment_in(parse_moment(text).value(), utc(first))); }

std::vector<std::string> bytes_of(const CaptureOptions& options) {
    Pcap capture;
    for (int i = 0; i < 5; ++i) capture.add(at(i * 1'000'000), ethernet(ipv4({.id = static_cast<std::uint32_t>(i + 1)}, udp(1, 2, text(std::string(1, static_cast<char>('a' + i)))))));
    std::vector<std::string> seen;
    for (const KeptPacket& packet : read_bytes(capture.bytes, options).packets) seen.push_back(packet.bytes);
    return seen;
}

using Seen = std::vector<std::string>;

}  // namespace

TEST_CASE("moments in every form") {
    const Beijing zone;
    const std::string_view first = "2026-11-21T06:00:00Z";  // 14:00 there
    CHECK(resolved("2026-11-21T06:02:11Z", first) == "2026-11-21T06:02:11.000000Z");
    CHECK(resolved("2026-11-21T14:02:11+08:00", first) == "2026-11-21T06:02:11.000000Z");
    CHECK(resolved("2026-11-21 14:02:11.5", first) == "2026-11-21T06:02:11.500000Z");
    CHECK(resolved("2026-11-21 14:02", first) == "2026-11-21T06:02:00.000000Z");
    CHECK(resolved("14:02:11.139", first) == "2026-11-21T06:02:11.139000Z");
    CHECK(resolved("14:02", first) == "2026-11-21T06:02:00.000000Z");
    CHECK(resolved("13:02", first) == "2026-11-21T05:02:00.000000Z");
    CHECK(resolved("00:30", first) == "2026-11-21T16:30:00.000000Z");  // the night that follows
    CHECK(resolved("+90s", first) == "2026-11-21T06:01:30.000000Z");
    CHECK(resolved("+1m", first) == "2026-11-21T06:01:00.000000Z");
}

TEST_CASE("what is no moment is refused") {
    for (const std::string_view text : {"", "14", "14:2", "24:00", "14:60", "14:02:61", "14:02.5", "14:02:11.", "tomorrow", "+", "+x", "2026-13-01 10:00",
                                        "2026-11-00 10:00", "2026-11-21", "2026-11-21 14:02x", "-90s", "14:02:11.1234567890"})
        CHECK_MESSAGE(!parse_moment(text), text);
}

TEST_CASE("a window holds what lies in it, from since on and before until") {
    CHECK(bytes_of({}) == Seen{"a", "b", "c", "d", "e"});
    CaptureOptions options;
    options.since = parse_moment("+1s").value();
    CHECK(bytes_of(options) == Seen{"b", "c", "d", "e"});
    options.until = parse_moment("+3s").value();
    CHECK(bytes_of(options) == Seen{"b", "c"});
    options.until = parse_moment("+1s").value();
    CHECK(bytes_of(options).empty());
}

TEST_CASE("a window tells when nothing more can come") {
    CaptureWindow window(std::nullopt, parse_moment("+2s").value());
    CHECK(window.holds(at(0)));
    CHECK_FALSE(window.over(at(1'999'999)));
    CHECK(window.over(at(2'000'000)));
    CHECK(window.holds(at(-5)));  // a frame from before the first: a file's own order
}
