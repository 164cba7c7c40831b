#include "counters.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/text.hpp"
#include "cli/run.hpp"

namespace gbkit::register_tool {

namespace {

constexpr std::array<std::string_view, 10> names{"devices",    "registered", "refused",    "unanswered", "unregistered",
                                                 "keepalives", "rtt_ms",     "rtt_p90_ms", "rtt_p99_ms", "rtt_max_ms"};

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
    for (const std::string_view name : names)
        if (!name.starts_with("rtt")) summary.set(name, static_cast<std::int64_t>(value(name)));
    round_trips.write_to(summary);
    if (round_trips.count() > 0) summary.set("rtt_histogram_us", round_trips.histogram());
}

}  // namespace gbkit::register_tool
