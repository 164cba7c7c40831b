// SIP, HTTP and RTSP messages as people have them: pasted from an article, a mail, a platform's log.
//
// One or many; LF or CRLF; with headings, time stamps and log prefixes before lines, indents, quoting "> ",
// double spacing, no blank line between messages, long header lines wrapped, line ends written as \r\n, dots
// of ngrep. The reader looks for start lines, then for header names it knows; a text in which it finds none
// simply gives no messages. Linear in the size; bounds per message below.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace gbkit::wire {

enum class TextProtocol { sip, http, rtsp };

struct PastedHeader {
    std::string name;       // as written
    std::string value;      // trimmed; wrapped lines joined
    std::size_t line = 0;   // from 1
};

/// A bare authentication header becomes a message without start line: a request without method, a response 401
/// (challenges) or 200 (Authentication-Info).
struct PastedMessage {
    TextProtocol protocol = TextProtocol::sip;
    std::string start_line;     // without what stood before it
    std::string method;         // request
    std::string request_uri;    // request
    int status = 0;             // response; 0 for a request
    std::string reason;         // response
    std::vector<PastedHeader> headers;
    std::string body;           // cut to Content-Length when that is shorter
    std::size_t line = 0;       // of the start line, from 1

    [[nodiscard]] bool is_request() const noexcept { return status == 0; }
    /// Value of the first header of that name (compact SIP forms f, t, i, m, l, v known), or empty.
    [[nodiscard]] std::string_view value(std::string_view name) const noexcept;
};

struct PastedLimits {
    std::size_t messages = 100'000;
    std::size_t headers = 200;             // per message; more are left out
    std::size_t header_bytes = 64 * 1024;  // a wrapped value is not joined beyond this
    std::size_t body_bytes = 4 << 20;
};

[[nodiscard]] std::vector<PastedMessage> read_pasted(std::string_view text, const PastedLimits& limits = {});

}  // namespace gbkit::wire
