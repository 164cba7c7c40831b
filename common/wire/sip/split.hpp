// Cuts header values at the places RFC 3261 section 25.1 allows: never inside quotes or angle brackets.
#pragma once

#include <string_view>
#include <vector>

namespace gbkit::wire::sip {

/// The values of a comma list, trimmed; an empty element stays an empty piece.
[[nodiscard]] std::vector<std::string_view> split_values(std::string_view value);

/// The URI of a name-addr or addr-spec as sent: what stands between < and >, or up to the first ';'.
[[nodiscard]] std::string_view addr_spec(std::string_view name_addr) noexcept;
/// Whether it is a name-addr, that is, has angle brackets.
[[nodiscard]] bool has_brackets(std::string_view name_addr) noexcept;
/// What stands before the '<', as sent; empty for an addr-spec.
[[nodiscard]] std::string_view display_name(std::string_view name_addr) noexcept;
/// No quoted-string is left open.
[[nodiscard]] bool quotes_closed(std::string_view value) noexcept;

}  // namespace gbkit::wire::sip
