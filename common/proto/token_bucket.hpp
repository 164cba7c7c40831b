// So many a second, evenly: tokens come at a rate, each start takes one.
//
// The bucket starts with one token and holds what comes in 20 ms, so that a late timer loses no rate and a pause
// earns no burst. Waiting is for at least a millisecond: at high rates what comes in that time starts together.
#pragma once

#include <algorithm>

#include "base/time.hpp"

namespace gbkit::proto {

class TokenBucket {
public:
    /// Per second; 0 means no limit.
    explicit TokenBucket(double rate) : rate_(rate), depth_(std::max(1.0, rate / 50)) {}

    [[nodiscard]] bool limits() const noexcept { return rate_ > 0; }
    /// Takes a token if there is one.
    bool take(Time now) {
        if (!limits()) return true;
        fill(now);
        if (tokens_ < 1 - rounding) return false;
        tokens_ = std::max(0.0, tokens_ - 1);
        return true;
    }
    /// After take() said no: when it is worth asking again.
    [[nodiscard]] Time next(Time now) const {
        const double seconds_to_wait = std::max(0.001, (1 - tokens_) / rate_);
        return now + Duration{static_cast<Duration::rep>(seconds_to_wait * 1e9) + 1};
    }

private:
    static constexpr double rounding = 1e-6;

    // A clock that goes back costs nothing and gives nothing.
    void fill(Time now) {
        if (started_ && now > last_) tokens_ = std::min(depth_, tokens_ + to_seconds(now - last_) * rate_);
        started_ = true;
        last_ = now;
    }

    double rate_;
    double depth_;
    double tokens_ = 1;
    Time last_{};
    bool started_ = false;
};

}  // namespace gbkit::proto
