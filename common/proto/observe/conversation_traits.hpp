// The traits of one message and of one media source (conversation.hpp).
#pragma once

#include "proto/observe/conversation.hpp"

namespace gbkit::proto::observe {

/// Whom a device registers with, the ID itself: it can be compared when both platforms have one domain.
inline constexpr std::string_view server_id_trait = "platform ID";
/// Begins the name of a trait that is a finding.
inline constexpr std::string_view finding_trait = "finding ";

/// Every header that can tell something, the digest parameter by parameter, the body by what it is.
[[nodiscard]] std::vector<Trait> traits_of(const wire::sip::Message& message, const SaidBefore& before = {});
[[nodiscard]] std::vector<Trait> traits_of(const RtpSource& source);
/// A value with its addresses, IDs and numbers named by what they are: "<sip:ID 132@private address:port>".
[[nodiscard]] std::string general(std::string_view value);

}  // namespace gbkit::proto::observe
