// What the reader has to say about a capture as findings: losses first, so that nobody concludes from what is
// not there.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/finding.hpp"
#include "io/capture.hpp"

namespace gbkit::io {

/// One finding per kind (per file for a cut one), in the order of the catalogue; none for a healthy capture.
[[nodiscard]] std::vector<Finding> findings_of(const CaptureFacts& facts);

/// The share of packets the capture itself lost, 0 to 1, as far as it proves that: TCP acknowledges bytes that were
/// never captured, or one of two copies is missing. Of fewer than 100 segments 100 are taken, so that a single hole
/// excuses little.
[[nodiscard]] double lost_share(const CaptureFacts& facts) noexcept;
/// 0.002 as "0.2 %".
[[nodiscard]] std::string percent_text(double share);

/// The finding says that something did not come. Of a capture that lost frames itself that may be only possible.
[[nodiscard]] bool rests_on_absence(FindingId id) noexcept;

/// The share of packets that the stream a finding is about lost, by the finding's subject; nothing when it is none.
using StreamLoss = std::function<std::optional<double>(const std::string& subject)>;
/// Makes a finding `possible` (and say so) that the capture's own loss explains: a stream that lost no larger share
/// than the capture did, or so few missing messages that chance brings that about once in a thousand.
void weigh(Finding& finding, const CaptureFacts& facts, const StreamLoss& loss_of);

}  // namespace gbkit::io
