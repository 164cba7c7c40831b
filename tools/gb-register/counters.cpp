#include "counters.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include "base/text.hpp"
#include "cli/run.hpp"

namespace gbkit::register_tool {

namespace {

constexpr std::array<std::string_view, 8> names{"devices",      "registered", "refused", "unanswered",
                                                "unregistered", "keepalives", "rtt_ms",  "rtt_p99_ms"};

[[noreturn]] void unreadable(const std::string& option, std::string_view piece) {
    std::vector<std::string> known(names.begin(), names.end());
    throw cli::Failure{cli::ExitCode::usage,
                       option + ": cannot read \"" + std::string(piece) + "\"; counters are " + join(known, ", ")};
}

Condition parse_condition(const std::string& option, std::string_view piece) {
    const std::size_t at = piece.find_first_of("<>=");
    if (at == std::string_view::npos) unreadable(option, piece);
    const std::size_t length = piece.substr(at).starts_with(">=") || piece.substr(at).starts_with("<=") ? 2 : 1;
    Condition condition{std::string(trim(piece.substr(0, at))), std::string(piece.substr(at, length)), 0};
    const std::string_view number = trim(piece.substr(at + length));
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), condition.bound);
    const bool known = std::find(names.begin(), names.end(), condition.counter) != names.end();
    if (!known || error != std::errc{} || end != number.data() + number.size()) unreadable(option, piece);
    return condition;
}

}  // namespace

std::vector<Condition> parse_conditions(const std::string& option, const std::string& text) {
    std::vector<Condition> conditions;
    if (text.empty()) return conditions;
    for (const std::string_view piece : split(text, ',')) conditions.push_back(parse_condition(option, trim(piece)));
    return conditions;
}

bool holds(const Condition& condition, double value) noexcept {
    if (condition.relation == ">=") return value >= condition.bound;
    if (condition.relation == "<=") return value <= condition.bound;
    if (condition.relation == ">") return value > condition.bound;
    if (condition.relation == "<") return value < condition.bound;
    return value == condition.bound;
}

void Counters::count(const proto::RegistrationReport& report) {
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
    if (report.round_trip > Duration{0} && round_trips_ms_.size() < most_samples)
        round_trips_ms_.push_back(to_milliseconds(report.round_trip));
}

void Counters::count(const proto::KeepaliveReport&) { ++keepalives_; }

double Counters::round_trip_ms(double share) const {
    if (round_trips_ms_.empty()) return 0;
    std::vector<double> sorted = round_trips_ms_;
    const auto rank = static_cast<std::ptrdiff_t>(share * static_cast<double>(sorted.size() - 1));
    std::nth_element(sorted.begin(), sorted.begin() + rank, sorted.end());
    return std::round(sorted[static_cast<std::size_t>(rank)] * 1000) / 1000;
}

double Counters::in_state(State state) const {
    const auto found = last_.find(state);
    return found == last_.end() ? 0.0 : static_cast<double>(found->second);
}

double Counters::value(std::string_view counter) const {
    if (counter == "devices") return static_cast<double>(devices_.size());
    if (counter == "registered") return static_cast<double>(registered_);
    if (counter == "refused") return in_state(State::refused);
    if (counter == "unanswered") return in_state(State::unanswered);
    if (counter == "unregistered") return static_cast<double>(unregistered_);
    if (counter == "keepalives") return static_cast<double>(keepalives_);
    return round_trip_ms(counter == "rtt_ms" ? 0.5 : 0.99);
}

void Counters::write_to(cli::Record& summary) const {
    for (const std::string_view name : names) {
        const bool time = name.starts_with("rtt");
        if (time && !round_trips_ms_.empty()) summary.set(name, value(name));
        if (!time) summary.set(name, static_cast<std::int64_t>(value(name)));
    }
}

}  // namespace gbkit::register_tool
