#include "round_trips.hpp"

#include <algorithm>
#include <cmath>
#include <string>

namespace gbkit::register_tool {

namespace {

double rounded(double value) { return std::round(value * 1000) / 1000; }

}  // namespace

std::uint64_t RoundTrips::bucket_of(std::uint64_t microseconds) noexcept {
    std::uint64_t unit = 1;
    while ((microseconds + unit - 1) / unit > 99) unit *= 10;
    return (microseconds + unit - 1) / unit * unit;
}

void RoundTrips::add(Duration round_trip) {
    const double milliseconds_taken = to_milliseconds(round_trip);
    ++count_;
    slowest_ms_ = std::max(slowest_ms_, milliseconds_taken);
    ++buckets_[bucket_of(static_cast<std::uint64_t>(std::ceil(milliseconds_taken * 1000)))];
    if (samples_ms_.size() < most_samples) samples_ms_.push_back(milliseconds_taken);
}

void RoundTrips::add_bucket(std::uint64_t upper_us, std::uint64_t count) {
    if (count == 0) return;
    count_ += count;
    buckets_[bucket_of(upper_us)] += count;
    slowest_ms_ = std::max(slowest_ms_, static_cast<double>(upper_us) / 1000);
}

double RoundTrips::percentile_ms(double share) const {
    if (count_ == 0) return 0;
    if (share >= 1) return rounded(slowest_ms_);
    if (samples_ms_.size() == count_) {
        std::vector<double> sorted = samples_ms_;
        const auto rank = static_cast<std::ptrdiff_t>(share * static_cast<double>(sorted.size() - 1));
        std::nth_element(sorted.begin(), sorted.begin() + rank, sorted.end());
        return rounded(sorted[static_cast<std::size_t>(rank)]);
    }
    const double rank = share * static_cast<double>(count_ - 1);
    double before = 0;
    for (const auto& [upper_us, count] : buckets_) {
        before += static_cast<double>(count);
        if (before > rank) return rounded(static_cast<double>(upper_us) / 1000);
    }
    return rounded(slowest_ms_);
}

cli::Counters RoundTrips::histogram() const {
    cli::Counters all;
    for (const auto& [upper_us, count] : buckets_) all.emplace_back(std::to_string(upper_us), count);
    return all;
}

void RoundTrips::write_to(cli::Record& record) const {
    if (count_ == 0) return;
    record.set("rtt_ms", percentile_ms(0.5)).set("rtt_p90_ms", percentile_ms(0.9));
    record.set("rtt_p99_ms", percentile_ms(0.99)).set("rtt_max_ms", percentile_ms(1));
}

}  // namespace gbkit::register_tool
