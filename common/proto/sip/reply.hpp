// Answers to a request: what a response copies (RFC 3261 section 8.2.6.2) and where it goes (18.2.2, RFC 3581).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/endpoint.hpp"
#include "wire/sip/message.hpp"

namespace gbkit::proto::sip {

using HeaderLines = std::vector<std::pair<std::string_view, std::string>>;

/// May this text stand in a header? Not with a CR, LF or NUL in it.
[[nodiscard]] bool is_header_text(std::string_view text) noexcept;

/// The response to `request`, which came from `source`: every Via (received and rport filled into the topmost),
/// From, To with `to_tag` when it has none, Call-ID, CSeq, then `extra`, then `body`. Nothing when the request
/// lacks one of them and so cannot be answered.
[[nodiscard]] std::optional<std::string> make_reply(const wire::sip::Message& request, const Endpoint& source, int status,
                                                    std::string_view reason, std::string_view to_tag,
                                                    const HeaderLines& extra = {}, std::string_view body = {});

/// Where the response to a datagram goes. With rport: where it came from. Without: the source address at the
/// Via port, as RFC 3261 says, unless a NAT is in between (the Via address is not the source): a device behind
/// it hears only what comes back the way it sent.
[[nodiscard]] Endpoint reply_address(const wire::sip::Message& request, const Endpoint& source);

/// The ACK of a 300-699 answer to `invite`, section 17.1.1.3.
[[nodiscard]] std::optional<std::string> make_ack(const wire::sip::Message& invite, const wire::sip::Message& response);

}  // namespace gbkit::proto::sip
