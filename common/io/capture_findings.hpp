// What the reader has to say about a capture as findings: losses first, so that nobody concludes from what is
// not there.
#pragma once

#include <vector>

#include "base/finding.hpp"
#include "io/capture.hpp"

namespace gbkit::io {

/// One finding per kind (per file for a cut one), in the order of the catalogue; none for a healthy capture.
[[nodiscard]] std::vector<Finding> findings_of(const CaptureFacts& facts);

/// The finding says that something did not come. Of a capture that lost frames itself that is only possible.
[[nodiscard]] bool rests_on_absence(FindingId id) noexcept;

}  // namespace gbkit::io
