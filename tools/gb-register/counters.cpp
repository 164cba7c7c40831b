#include "counters.hpp"

#include <utility>

namespace gbkit::register_tool {

const std::vector<std::string_view>& counter_names() {
    static const std::vector<std::string_view> names{"devices",    "registered", "refused",    "unanswered", "unregistered",
                                                     "keepalives", "rtt_ms",     "rtt_p90_ms", "rtt_p99_ms", "rtt_max_ms"};
    return names;
}

void Counters::count(const proto::RegistrationReport& report) {
    if (report.state == State::registered) ++registrations_;
    auto found = devices_.find(report.device);
    if (found == devices_.end()) {
        if (devices_.size() >= most_devices) return;
        found = devices_.emplace(report.device, Device{}).first;
    } else {
        --last_[found->second.last];
    }
    Device& device = found->second;
    device.last = report.state;
    ++last_[report.state];
    if (report.state == State::registered && !std::exchange(device.registered, true)) ++registered_;
    if (report.state == State::unregistered && !std::exchange(device.unregistered, true)) ++unregistered_;
    if (report.state == State::registered) ++phase_.registered;
    if (report.state == State::refused) ++phase_.refused;
    if (report.state == State::unanswered) ++phase_.unanswered;
    if (report.state == State::unregistered) ++phase_.unregistered;
    if (report.round_trip <= Duration{0}) return;
    round_trips_.add(report.round_trip);
    phase_.round_trips.add(report.round_trip);
}

void Counters::count(const proto::KeepaliveReport&) {
    ++keepalives_;
    ++phase_.keepalives;
}

std::uint64_t Counters::in_state(State state) const {
    const auto found = last_.find(state);
    return found == last_.end() ? 0 : found->second;
}

double Counters::value(std::string_view counter) const {
    if (counter == "devices") return static_cast<double>(devices_.size());
    if (counter == "registered") return static_cast<double>(registered_);
    if (counter == "refused") return static_cast<double>(in_state(State::refused));
    if (counter == "unanswered") return static_cast<double>(in_state(State::unanswered));
    if (counter == "unregistered") return static_cast<double>(unregistered_);
    if (counter == "keepalives") return static_cast<double>(keepalives_);
    return totals().value(counter);
}

Totals Counters::totals() const {
    return {.devices = devices_.size(),
            .registered = registered_,
            .refused = in_state(State::refused),
            .unanswered = in_state(State::unanswered),
            .unregistered = unregistered_,
            .keepalives = keepalives_,
            .round_trips = round_trips_};
}

Totals Counters::take_phase() { return std::exchange(phase_, Totals{}); }

double Totals::value(std::string_view counter) const {
    if (counter == "devices") return static_cast<double>(devices);
    if (counter == "registered") return static_cast<double>(registered);
    if (counter == "refused") return static_cast<double>(refused);
    if (counter == "unanswered") return static_cast<double>(unanswered);
    if (counter == "unregistered") return static_cast<double>(unregistered);
    if (counter == "keepalives") return static_cast<double>(keepalives);
    if (counter == "rtt_ms") return round_trips.percentile_ms(0.5);
    if (counter == "rtt_p90_ms") return round_trips.percentile_ms(0.9);
    return round_trips.percentile_ms(counter == "rtt_p99_ms" ? 0.99 : 1);
}

void Totals::write_to(cli::Record& summary) const {
    for (const std::string_view name : counter_names())
        if (!name.starts_with("rtt")) summary.set(name, static_cast<std::int64_t>(value(name)));
    round_trips.write_to(summary);
    if (round_trips.count() > 0) summary.set("rtt_histogram_us", round_trips.histogram());
}

}  // namespace gbkit::register_tool
