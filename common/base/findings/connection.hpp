// Findings about TCP and TLS connections that do not come about. Texts: connection.cpp.
#pragma once

#include "base/finding.hpp"

namespace gbkit::findings {

inline constexpr FindingId connection_refused{"connection-refused"};            // R21: nothing listens there, or a firewall says no
inline constexpr FindingId connection_no_answer{"connection-no-answer"};        // R21: the attempt meets silence
inline constexpr FindingId connection_untrusted{"connection-untrusted"};        // the peer's certificate does not stand the test
inline constexpr FindingId connection_no_tls{"connection-no-tls"};              // no TLS comes about for another reason

}  // namespace gbkit::findings
