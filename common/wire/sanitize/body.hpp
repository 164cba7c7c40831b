// Bodies of SIP messages without what identifies somebody: MANSCDP XML, SDP, other text.
#pragma once

#include <string>
#include <string_view>

#include "wire/sanitize/aliases.hpp"

namespace gbkit::wire::sanitize {

/// MANSCDP (GB/T 28181 annex A), whole or broken: elements and attributes keep their order and form; names, places,
/// addresses, IDs, serial numbers and passwords get aliases, makers and models stay. The character set stays too.
[[nodiscard]] std::string scrub_xml(std::string_view body, Aliases& aliases);
/// SDP: addresses, IDs, the domain's digits in y=; times, formats and rates stay.
[[nodiscard]] std::string scrub_sdp(std::string_view body, Aliases& aliases);
/// By what it is.
[[nodiscard]] std::string scrub_body(std::string_view body, Aliases& aliases);
/// Ten digits of an SSRC, as in y= and Subject; anything else as scrub().
[[nodiscard]] std::string scrub_ssrc(std::string_view digits, Aliases& aliases);

}  // namespace gbkit::wire::sanitize
