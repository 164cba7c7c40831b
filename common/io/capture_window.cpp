#include "io/capture_window.hpp"

#include <ctime>

#include "base/text.hpp"

namespace gbkit::io {

namespace {

// "14:02", "14:02:11", "14:02:11.139": the time since midnight.
std::optional<Duration> parse_clock(std::string_view text) {
    const std::size_t dot = std::min(text.find('.'), text.size());
    const auto parts = split(text.substr(0, dot), ':');
    if (parts.size() < 2 || parts.size() > 3 || (dot < text.size() && parts.size() < 3)) return std::nullopt;
    Duration clock{};
    const std::uint64_t limits[] = {23, 59, 60};
    const Duration units[] = {hours{1}, minutes{1}, seconds{1}};
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const auto number = parts[i].size() == 2 ? to_number(parts[i], limits[i]) : std::nullopt;
        if (!number) return std::nullopt;
        clock += units[i] * static_cast<std::int64_t>(*number);
    }
    if (dot == text.size()) return clock;
    const std::string_view digits = text.substr(dot + 1);
    const auto fraction = digits.size() <= 9 ? to_number(digits) : std::nullopt;
    if (!fraction) return std::nullopt;
    auto nanoseconds = static_cast<std::int64_t>(*fraction);
    for (std::size_t i = digits.size(); i < 9; ++i) nanoseconds *= 10;
    return clock + Duration{nanoseconds};
}

std::tm local_of(Time time) noexcept {
    const std::time_t whole = floor<seconds>(time).time_since_epoch().count();
    std::tm local{};
    ::localtime_r(&whole, &local);
    return local;
}

// mktime takes the fields as a person means them, summer time or not.
Time moment_on(std::tm day, Duration clock) noexcept {
    const auto whole = floor<seconds>(clock);
    day.tm_hour = static_cast<int>(whole / hours{1});
    day.tm_min = static_cast<int>(whole % hours{1} / minutes{1});
    day.tm_sec = static_cast<int>((whole % minutes{1}).count());
    day.tm_isdst = -1;
    return from_unix(std::mktime(&day), (clock - whole).count());
}

// "2026-11-21 14:02:11" or with a T, in local time.
std::optional<Time> parse_local(std::string_view text) {
    if (text.size() < 16 || text[4] != '-' || text[7] != '-' || (text[10] != ' ' && text[10] != 'T')) return std::nullopt;
    const auto year = to_number(text.substr(0, 4), 9999), month = to_number(text.substr(5, 2), 12), date = to_number(text.substr(8, 2), 31);
    const auto clock = parse_clock(text.substr(11));
    if (!year || !month || !date || !clock || *month == 0 || *date == 0) return std::nullopt;
    std::tm day{};
    day.tm_year = static_cast<int>(*year) - 1900;
    day.tm_mon = static_cast<int>(*month) - 1;
    day.tm_mday = static_cast<int>(*date);
    return moment_on(day, *clock);
}

}  // namespace

Result<Moment> parse_moment(std::string_view text) {
    if (text.starts_with('+')) {
        const auto after = parse_duration(text.substr(1));
        if (!after) return tl::unexpected(after.error());
        return Moment{Moment::Kind::after_start, {}, *after};
    }
    if (const auto clock = parse_clock(text)) return Moment{Moment::Kind::clock, {}, *clock};
    if (const auto time = from_rfc3339(text)) return Moment{Moment::Kind::absolute, *time, {}};
    if (const auto time = parse_local(text)) return Moment{Moment::Kind::absolute, *time, {}};
    return fail(Errc::malformed, "neither 14:02:11, \"2026-11-21 14:02:11\", 2026-11-21T06:02:11Z nor +90s");
}

Time moment_in(const Moment& moment, Time first) {
    if (moment.kind == Moment::Kind::absolute) return moment.time;
    if (moment.kind == Moment::Kind::after_start) return first + moment.duration;
    std::tm day = local_of(first);
    const Time that_day = moment_on(day, moment.duration);
    if (that_day + hours{12} >= first) return that_day;
    ++day.tm_mday;
    return moment_on(day, moment.duration);
}

void CaptureWindow::start(Time first) noexcept {
    if (first_) return;
    first_ = first;
    if (since_) from_ = moment_in(*since_, first);
    if (until_) to_ = moment_in(*until_, first);
}

bool CaptureWindow::holds(Time time) noexcept {
    start(time);
    return time >= from_ && time < to_;
}

bool CaptureWindow::over(Time time) noexcept {
    start(time);
    return time >= to_;
}

}  // namespace gbkit::io
