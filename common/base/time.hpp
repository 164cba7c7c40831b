// Moments, durations and the ways the kit and its peers write them.
//
// There is no clock here. A Time comes from a capture, from the loop, or from a test.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace gbkit {

/// Nanoseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
using Duration = std::chrono::nanoseconds;
using Time = std::chrono::time_point<std::chrono::system_clock, Duration>;

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

[[nodiscard]] Time from_unix(std::int64_t whole_seconds, std::int64_t nanoseconds = 0) noexcept;
[[nodiscard]] double to_seconds(Duration duration) noexcept;
[[nodiscard]] double to_milliseconds(Duration duration) noexcept;

/// RFC 3339 UTC with microseconds: 2013-09-10T08:01:51.139518Z (records).
[[nodiscard]] std::string to_rfc3339(Time time);
[[nodiscard]] Result<Time> from_rfc3339(std::string_view text);
/// Local clock time with milliseconds: 16:01:51.139 (pages). The zone is the process's own (TZ).
[[nodiscard]] std::string to_local_clock(Time time);
/// Local date and clock with the offset: 2013-09-10 16:01:51.139 +08:00.
[[nodiscard]] std::string to_local_date(Time time);

/// GB/T 28181 9.10: YYYY-MM-DDThh:mm:ss.SSS in Beijing time (UTC+8), no zone suffix.
[[nodiscard]] std::string to_gb_date(Time time);

/// How a peer wrote a Date header.
enum class DateForm { gb, gb_without_milliseconds, rfc1123 };
struct PeerDate {
    Time time;      // gb forms read as Beijing time
    DateForm form;
};
[[nodiscard]] std::optional<PeerDate> parse_date(std::string_view value);

/// "500ms", "5s", "2m", "1h", "1d", or a bare number of seconds; a fraction is allowed.
[[nodiscard]] Result<Duration> parse_duration(std::string_view text);
/// The shortest exact form with a unit: 500ms, 5s, 90s, 1h; a finer rest is cut to microseconds.
[[nodiscard]] std::string format_duration(Duration duration);

}  // namespace gbkit
