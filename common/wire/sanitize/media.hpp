// RTP and RTCP with their headers, and without what they carry.
#pragma once

#include "base/bytes.hpp"
#include "wire/sanitize/aliases.hpp"

namespace gbkit::wire::sanitize {

/// The same number of bytes. RTP keeps its header (the SSRC as Aliases::ssrc says), extension and payload become zeros
/// unless `keep_payload`. RTCP keeps reports; names, reasons and application data become zeros. Anything else: all zeros,
/// but for line ends and zeros that hold a NAT open.
[[nodiscard]] Bytes scrub_media(ByteView packet, bool keep_payload, const Aliases& aliases);

}  // namespace gbkit::wire::sanitize
