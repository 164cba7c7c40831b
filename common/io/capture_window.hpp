// --since and --until: the part of a capture somebody wants to look at.
//
//   2026-11-21T06:02:11Z         RFC 3339, with a zone
//   2026-11-21 14:02[:11[.139]]  local time (TZ), as the page writes it
//   14:02[:11[.139]]             local time of the day the capture starts; more than twelve hours before its first
//                                frame means the day after (a capture over midnight)
//   +90s                         after the first frame
#pragma once

#include <optional>
#include <string_view>

#include "base/result.hpp"
#include "base/time.hpp"

namespace gbkit::io {

/// A moment as a person writes it; when it is needs the capture's first frame.
struct Moment {
    enum class Kind { absolute, clock, after_start };
    Kind kind = Kind::absolute;
    Time time{};          // absolute
    Duration duration{};  // clock: since local midnight; after_start: since the first frame
};

[[nodiscard]] Result<Moment> parse_moment(std::string_view text);
[[nodiscard]] Time moment_in(const Moment& moment, Time first);

/// From `since` on and before `until`; the first frame it is asked about is the capture's first.
class CaptureWindow {
public:
    CaptureWindow(std::optional<Moment> since, std::optional<Moment> until) : since_(since), until_(until) {}
    [[nodiscard]] bool holds(Time time) noexcept;
    /// `time` and all that comes later lies behind the window.
    [[nodiscard]] bool over(Time time) noexcept;

private:
    void start(Time first) noexcept;

    std::optional<Moment> since_, until_;
    std::optional<Time> first_;
    Time from_ = Time::min(), to_ = Time::max();
};

}  // namespace gbkit::io
