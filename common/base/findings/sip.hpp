// Findings about SIP messages as such (RFC 3261 7, 18.3, 20). Texts: sip.cpp.
#pragma once

#include "base/finding.hpp"

namespace gbkit::findings {

inline constexpr FindingId sip_malformed{"sip-malformed"};              // the grammar refuses it
inline constexpr FindingId sip_too_large{"sip-too-large"};              // over our limits: not read any further
inline constexpr FindingId sip_datagram_cut{"sip-datagram-cut"};        // Content-Length promises more than the datagram holds
inline constexpr FindingId sip_stream_no_length{"sip-stream-no-length"};// TCP without Content-Length
inline constexpr FindingId sip_stream_skipped{"sip-stream-skipped"};    // TCP bytes between messages that are no SIP

}  // namespace gbkit::findings
