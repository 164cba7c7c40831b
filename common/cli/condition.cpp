#include "cli/condition.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "base/charset.hpp"
#include "base/text.hpp"
#include "cli/run.hpp"

namespace gbkit::cli {

namespace {

Condition parse_condition(const std::string& option, std::string_view piece, const std::vector<std::string_view>& counters) {
    const auto unreadable = [&] {
        return Failure{ExitCode::usage, fmt::format("{}: cannot read \"{}\"; counters are {}", option, printable(piece),
                                                    join(std::vector<std::string>(counters.begin(), counters.end()), ", "))};
    };
    const std::size_t at = piece.find_first_of("<>=");
    if (at == std::string_view::npos) throw unreadable();
    const std::size_t length = piece.substr(at).starts_with(">=") || piece.substr(at).starts_with("<=") ? 2 : 1;
    Condition condition{std::string(trim(piece.substr(0, at))), std::string(piece.substr(at, length)), 0};
    const std::string_view number = trim(piece.substr(at + length));
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), condition.bound);
    const bool whole = error == std::errc{} && end == number.data() + number.size() && std::isfinite(condition.bound);
    if (!whole || std::find(counters.begin(), counters.end(), condition.counter) == counters.end()) throw unreadable();
    return condition;
}

}  // namespace

std::vector<Condition> parse_conditions(const std::string& option, const std::string& text, const std::vector<std::string_view>& counters) {
    std::vector<Condition> conditions;
    if (text.empty()) return conditions;
    for (const std::string_view piece : split(text, ',')) conditions.push_back(parse_condition(option, trim(piece), counters));
    return conditions;
}

bool holds(const Condition& condition, double value) noexcept {
    if (condition.relation == ">=") return value >= condition.bound;
    if (condition.relation == "<=") return value <= condition.bound;
    if (condition.relation == ">") return value > condition.bound;
    if (condition.relation == "<") return value < condition.bound;
    return value == condition.bound;
}

bool reached(const Condition& condition, double value) noexcept {
    return condition.relation == "=" ? value >= condition.bound : holds(condition, value);
}

bool met_or_said(Output& output, const Condition& condition, double value) {
    if (holds(condition, value)) return true;
    output.talk(fmt::format("expected {}{}{}, it is {}", condition.counter, condition.relation, condition.bound, value));
    return false;
}

}  // namespace gbkit::cli
