// Root causes as pages tell them: the same cause on many devices is one entry.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/finding.hpp"

namespace gbkit::cli {

/// One cause with the subjects it holds for; the first finding speaks for all.
struct Cause {
    Finding finding;
    std::vector<std::string> others{};   // further subjects, in order of time
};

/// Those that no other finding about the same subject implies, one entry an id and certainty; ordered by severity,
/// certainty, how many share it, time.
[[nodiscard]] std::vector<Cause> causes_of(std::span<const Finding> findings);

/// An error or a violation, however certain: not a habit, not a note.
[[nodiscard]] bool is_trouble(const Finding& finding);

}  // namespace gbkit::cli
