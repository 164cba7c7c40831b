// What a person reads of many devices: a line while it goes on, a table at the end.
#pragma once

#include "base/text.hpp"
#include "cli/output.hpp"
#include "counters.hpp"

namespace gbkit::register_tool {

/// Devices beyond this number are counted, not shown one by one.
inline constexpr std::size_t devices_shown = 20;

/// "registered 812 of 1000, refused 3, unanswered 0"
[[nodiscard]] std::string progress_line(const Counters& counters, std::size_t devices, Language language);
void write_totals(cli::Output& output, const Totals& totals, std::uint64_t retransmissions);
/// "storm      10000 registered, 0 refused, 0 unanswered in 12.1 s; p50 1.2 ms, ..."
void write_phase(cli::Output& output, std::string_view name, const Totals& totals, double duration_s);

}  // namespace gbkit::register_tool
