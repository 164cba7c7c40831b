#include "base/finding.hpp"

namespace gbkit::findings {
std::vector<FindingInfo> sip_table() { return {}; }
}  // namespace gbkit::findings
