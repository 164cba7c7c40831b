// The only clock of the kit: wall time that never jumps.
//
// Read once at the start and from then on moved by the monotonic clock, so that timers, round trips and records
// agree with each other although somebody sets the machine's time meanwhile.
#pragma once

#include <chrono>

#include "base/time.hpp"

namespace gbkit::io {

class Clock {
public:
    Clock() : wall_(std::chrono::system_clock::now()), steady_(std::chrono::steady_clock::now()) {}
    [[nodiscard]] Time now() const { return wall_ + (std::chrono::steady_clock::now() - steady_); }
    [[nodiscard]] std::chrono::steady_clock::time_point steady(Time time) const { return steady_ + (time - wall_); }

private:
    Time wall_;
    std::chrono::steady_clock::time_point steady_;
};

}  // namespace gbkit::io
