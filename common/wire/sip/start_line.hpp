// The first line of a SIP message: Request-Line or Status-Line, RFC 3261 sections 7.1 and 7.2.
#pragma once

#include <string_view>

#include "base/result.hpp"

namespace gbkit::wire::sip {

struct StartLine {
    std::string_view method;   // empty in a response
    std::string_view uri;      // empty in a response
    std::string_view version;  // "SIP/2.0"
    std::string_view reason;   // empty in a request
    int status = 0;            // 0 in a request
};

/// "SIP/" 1*DIGIT "." 1*DIGIT, in any letter case.
[[nodiscard]] bool is_sip_version(std::string_view word) noexcept;

/// `line` has no line end. Spaces around the request's three parts are taken however many there are (whether
/// they are right is grammar). Anything that does not name the protocol SIP is malformed.
[[nodiscard]] Result<StartLine> read_start_line(std::string_view line);

}  // namespace gbkit::wire::sip
