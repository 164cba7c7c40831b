// The traits of one message and of one media source (conversation.hpp).
#pragma once

#include "proto/observe/conversation.hpp"

namespace gbkit::proto::observe {

/// Every header that can tell something, the digest parameter by parameter, the body by what it is.
[[nodiscard]] std::vector<Trait> traits_of(const wire::sip::Message& message);
[[nodiscard]] std::vector<Trait> traits_of(const RtpSource& source);
/// A value with its addresses, IDs and numbers named by what they are: "<sip:ID 132@private address:port>".
[[nodiscard]] std::string general(std::string_view value);

}  // namespace gbkit::proto::observe
