// What identifies somebody in any text: addresses, IDs, hosts, user names in URIs, MAC addresses.
//
// One pass from left to right; what is recognised is replaced by its alias, the rest stays. Used for SIP headers, SDP
// lines and XML values; linear in the text.
#pragma once

#include <string>
#include <string_view>

#include "wire/sanitize/aliases.hpp"

namespace gbkit::wire::sanitize {

/// IPv4 and IPv6 literals, MAC addresses, digits of an ID's length, known domains, mobile numbers; behind "sip:", "sips:", "://", "@" and
/// the transport of a Via also host names and user names.
[[nodiscard]] std::string scrub(std::string_view text, Aliases& aliases);
/// IDs only: for texts where 5.4.0.160 is a version.
[[nodiscard]] std::string scrub_ids(std::string_view text, Aliases& aliases);

/// The user of a URI or of credentials: an ID, a number, or a name ("user3").
[[nodiscard]] std::string scrub_user(std::string_view user, Aliases& aliases);
/// A host without its port: an address, a domain of digits, or a name ("host3.example").
[[nodiscard]] std::string scrub_host(std::string_view host, Aliases& aliases);
/// What people called something, in the character set it was written in: "Name 3", or Chinese in UTF-8 or GB18030. What
/// was broken in both stays broken. Names of digits stay digits.
[[nodiscard]] std::string scrub_name(std::string_view name, Aliases& aliases);
/// Every byte above 0x7F becomes '?'.
[[nodiscard]] std::string ascii_only(std::string text);

}  // namespace gbkit::wire::sanitize
