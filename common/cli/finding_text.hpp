// A finding as a record, and what a page says around it.
#pragma once

#include <cstdint>
#include <string>

#include "base/finding.hpp"
#include "base/vendor.hpp"
#include "cli/record.hpp"

namespace gbkit::cli {

/// The advice; of a finding that is not certain it says that it may help.
[[nodiscard]] std::string careful_advice(const Finding& finding, Language language);
/// Where it was seen: "#119, byte 312 and 21 more"; empty without a place and repeats.
[[nodiscard]] std::string evidence_of(const Finding& finding, std::uint64_t times, Language language);
/// At the finding's own time, or at `otherwise` when it has none. `parties`: whose menus and keys the advice names.
[[nodiscard]] Record finding_record(const Finding& finding, Parties parties, Language language, Time otherwise);

}  // namespace gbkit::cli
