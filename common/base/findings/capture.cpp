#include "base/finding.hpp"

namespace gbkit::findings {
std::vector<FindingInfo> capture_table() { return {}; }
}  // namespace gbkit::findings
