// How long registrations took: exact percentiles of what was kept, and a histogram that can be added to others'.
//
// A bucket is named by its upper bound in microseconds, two significant digits (10, 11, ... 99, 100, 110, ...), so
// that percentiles of merged runs are at most a tenth too high and the histogram stays under 800 entries.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "base/time.hpp"
#include "cli/record.hpp"

namespace gbkit::register_tool {

class RoundTrips {
public:
    void add(Duration round_trip);
    /// Another run's histogram; from then on percentiles come from the buckets.
    void add_bucket(std::uint64_t upper_us, std::uint64_t count);
    /// The exact longest one, where the buckets know its upper bound only.
    void set_slowest_ms(double slowest_ms) noexcept { slowest_ms_ = slowest_ms; }
    [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
    /// In milliseconds; 0 when there is none. share 1 is the slowest.
    [[nodiscard]] double percentile_ms(double share) const;
    [[nodiscard]] cli::Counters histogram() const;
    /// rtt_ms, rtt_p90_ms, rtt_p99_ms, rtt_max_ms; nothing when there was no round trip.
    void write_to(cli::Record& record) const;

    [[nodiscard]] static std::uint64_t bucket_of(std::uint64_t microseconds) noexcept;

private:
    static constexpr std::size_t most_samples = 200'000;

    std::vector<double> samples_ms_;
    std::map<std::uint64_t, std::uint64_t> buckets_;
    std::uint64_t count_ = 0;
    double slowest_ms_ = 0;
};

}  // namespace gbkit::register_tool
