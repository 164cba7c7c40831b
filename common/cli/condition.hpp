// Conditions on the counters of a summary, as --until and --expect take them: "registered>=100,refused=0".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/output.hpp"

namespace gbkit::cli {

/// "registered>=100"
struct Condition {
    std::string counter;
    std::string relation;  // >= <= > < =
    double bound = 0;
};

/// One condition, or several with commas. `counters`: the names there are. Throws cli::Failure (usage) naming `option`
/// when the text cannot be read.
[[nodiscard]] std::vector<Condition> parse_conditions(const std::string& option, const std::string& text, const std::vector<std::string_view>& counters);
[[nodiscard]] bool holds(const Condition& condition, double value) noexcept;
/// As --until means it: a counter that goes up has come as far as "=" says when it is there or beyond.
[[nodiscard]] bool reached(const Condition& condition, double value) noexcept;
/// Whether the condition holds; talk says so when not.
[[nodiscard]] bool met_or_said(Output& output, const Condition& condition, double value);

}  // namespace gbkit::cli
