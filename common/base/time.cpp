#include "base/time.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <ctime>

#include <fmt/format.h>

#include "base/text.hpp"

namespace gbkit {

namespace {

using std::chrono::days;
using std::chrono::duration_cast;
using std::chrono::floor;

constexpr hours beijing{8};

struct Civil {
    int year;
    unsigned month, day;
    long hour, minute, second;
    long nanosecond;
};

Civil to_civil(Time time) noexcept {
    const auto day = floor<days>(time);
    const std::chrono::year_month_day date{std::chrono::sys_days{day}};
    const std::chrono::hh_mm_ss<Duration> clock{time - day};
    return {static_cast<int>(date.year()), static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
            clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
            static_cast<long>(clock.subseconds().count())};
}

std::optional<Time> from_civil(const Civil& civil) noexcept {
    const std::chrono::year_month_day date{std::chrono::year{civil.year}, std::chrono::month{civil.month},
                                           std::chrono::day{civil.day}};
    if (!date.ok() || civil.year < 1970 || civil.year > 2261 || civil.hour > 23 || civil.minute > 59 || civil.second > 60)
        return std::nullopt;
    return Time{std::chrono::sys_days{date}.time_since_epoch()} + hours{civil.hour} + minutes{civil.minute} +
           seconds{civil.second} + Duration{civil.nanosecond};
}

// The digits [at, at + count) as a number; -1 when one of them is none.
long digits(std::string_view text, std::size_t at, std::size_t count) noexcept {
    if (at + count > text.size()) return -1;
    const auto value = to_number(text.substr(at, count));
    return value ? static_cast<long>(*value) : -1;
}

struct Stamp {
    Civil civil;
    bool has_fraction;
    std::string_view rest;  // what follows: a zone, or nothing
};

// YYYY-MM-DD?hh:mm:ss[.fraction], where ? is T, t or a space.
std::optional<Stamp> parse_stamp(std::string_view text) noexcept {
    if (text.size() < 19 || text[4] != '-' || text[7] != '-' || text[13] != ':' || text[16] != ':') return std::nullopt;
    if (text[10] != 'T' && text[10] != 't' && text[10] != ' ') return std::nullopt;
    const std::array<long, 6> parts{digits(text, 0, 4),  digits(text, 5, 2),  digits(text, 8, 2),
                                    digits(text, 11, 2), digits(text, 14, 2), digits(text, 17, 2)};
    for (const long part : parts)
        if (part < 0) return std::nullopt;
    Stamp stamp{{static_cast<int>(parts[0]), static_cast<unsigned>(parts[1]), static_cast<unsigned>(parts[2]), parts[3],
                 parts[4], parts[5], 0},
                false,
                text.substr(19)};
    if (stamp.rest.empty() || stamp.rest[0] != '.') return stamp;
    std::size_t end = 1;
    long unit = 100'000'000;
    for (; end < stamp.rest.size() && stamp.rest[end] >= '0' && stamp.rest[end] <= '9'; ++end, unit /= 10)
        stamp.civil.nanosecond += (stamp.rest[end] - '0') * unit;
    if (end == 1) return std::nullopt;
    stamp.has_fraction = true;
    stamp.rest.remove_prefix(end);
    return stamp;
}

constexpr std::array<std::string_view, 12> month_names{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

// RFC 1123 as RFC 3261 section 20.17 wants it: Sat, 13 Nov 2010 23:29:00 GMT
std::optional<Time> parse_rfc1123(std::string_view text) noexcept {
    const std::size_t comma = text.find(", ");
    if (comma == std::string_view::npos) return std::nullopt;
    text.remove_prefix(comma + 2);
    if (text.size() != 24 || text.substr(20) != " GMT") return std::nullopt;
    for (std::size_t month = 0; month < month_names.size(); ++month) {
        if (!iequals(text.substr(3, 3), month_names[month])) continue;
        const Civil civil{static_cast<int>(digits(text, 7, 4)), static_cast<unsigned>(month + 1),
                          static_cast<unsigned>(digits(text, 0, 2)), digits(text, 12, 2), digits(text, 15, 2),
                          digits(text, 18, 2), 0};
        if (civil.hour < 0 || civil.minute < 0 || civil.second < 0) return std::nullopt;
        return from_civil(civil);
    }
    return std::nullopt;
}

std::tm local(Time time) noexcept {
    const std::time_t whole = floor<seconds>(time).time_since_epoch().count();
    std::tm result{};
    localtime_r(&whole, &result);
    return result;
}

long millisecond_of(Time time) noexcept { return static_cast<long>(floor<milliseconds>(time - floor<seconds>(time)).count()); }

}  // namespace

Time from_unix(std::int64_t whole_seconds, std::int64_t nanoseconds) noexcept {
    return Time{seconds{whole_seconds} + Duration{nanoseconds}};
}

double to_seconds(Duration duration) noexcept { return static_cast<double>(duration.count()) / 1e9; }
double to_milliseconds(Duration duration) noexcept { return static_cast<double>(duration.count()) / 1e6; }

std::string to_rfc3339(Time time) {
    const Civil c = to_civil(time);
    std::string text = "0000-00-00T00:00:00.000000Z";
    const auto put = [&text](std::size_t at, std::size_t digits, auto value) {
        for (; digits > 0; --digits, value /= 10) text[at + digits - 1] = static_cast<char>('0' + value % 10);
    };
    put(0, 4, c.year);
    put(5, 2, c.month);
    put(8, 2, c.day);
    put(11, 2, c.hour);
    put(14, 2, c.minute);
    put(17, 2, c.second);
    put(20, 6, c.nanosecond / 1000);
    return text;
}

Result<Time> from_rfc3339(std::string_view text) {
    const auto stamp = parse_stamp(text);
    const auto time = stamp ? from_civil(stamp->civil) : std::nullopt;
    if (!time) return fail(Errc::malformed, "a time that is not RFC 3339");
    if (stamp->rest == "Z" || stamp->rest == "z") return *time;
    const std::string_view zone = stamp->rest;
    const long hour = digits(zone, 1, 2);
    const long minute = digits(zone, 4, 2);
    if (zone.size() != 6 || (zone[0] != '+' && zone[0] != '-') || zone[3] != ':' || hour < 0 || hour > 23 || minute < 0 || minute > 59)
        return fail(Errc::malformed, "a time without a zone", text.size() - zone.size());
    const Duration offset = hours{hour} + minutes{minute};
    return zone[0] == '+' ? *time - offset : *time + offset;
}

std::string to_local_clock(Time time) {
    const std::tm c = local(time);
    return fmt::format("{:02}:{:02}:{:02}.{:03}", c.tm_hour, c.tm_min, c.tm_sec, millisecond_of(time));
}

std::string to_local_date(Time time) {
    const std::tm c = local(time);
    const long offset = c.tm_gmtoff / 60;
    return fmt::format("{:04}-{:02}-{:02} {} {}{:02}:{:02}", c.tm_year + 1900, c.tm_mon + 1, c.tm_mday, to_local_clock(time),
                       offset < 0 ? '-' : '+', std::labs(offset) / 60, std::labs(offset) % 60);
}

std::string to_gb_date(Time time) {
    const Civil c = to_civil(time + beijing);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}", c.year, c.month, c.day, c.hour, c.minute, c.second,
                       c.nanosecond / 1'000'000);
}

std::optional<PeerDate> parse_date(std::string_view value) {
    value = trim(value);
    if (const auto stamp = parse_stamp(value); stamp && stamp->rest.empty()) {
        const auto time = from_civil(stamp->civil);
        if (!time) return std::nullopt;
        return PeerDate{*time - beijing, stamp->has_fraction ? DateForm::gb : DateForm::gb_without_milliseconds};
    }
    if (const auto time = parse_rfc1123(value)) return PeerDate{*time, DateForm::rfc1123};
    return std::nullopt;
}

Result<Duration> parse_duration(std::string_view text) {
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
    constexpr std::array<std::pair<std::string_view, double>, 7> units{
        {{"", 1}, {"us", 1e-6}, {"ms", 1e-3}, {"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}}};
    if (error == std::errc{} && std::isfinite(number) && number >= 0)
        for (const auto& [name, scale] : units)
            if (unit == name && number * scale < 1e9) return Duration{std::llround(number * scale * 1e9)};
    return fail(Errc::malformed, "a duration that is no number with us, ms, s, m, h or d");
}

std::string format_duration(Duration duration) {
    const auto micro = duration_cast<microseconds>(duration).count();
    if (micro != 0 && micro % 86'400'000'000 == 0) return fmt::format("{}d", micro / 86'400'000'000);
    if (micro != 0 && micro % 3'600'000'000 == 0) return fmt::format("{}h", micro / 3'600'000'000);
    if (micro % 1'000'000 == 0) return fmt::format("{}s", micro / 1'000'000);
    if (micro % 1000 == 0) return fmt::format("{}ms", micro / 1000);
    return fmt::format("{}us", micro);
}

}  // namespace gbkit
