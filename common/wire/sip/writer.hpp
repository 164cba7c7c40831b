// Writes a SIP message: the order and spelling of headers are the caller's, GB2312 bytes pass untouched.
//
// A CR, LF or NUL in any value would start a header of its own; such a value is refused (std::logic_error
// is a bug of the caller: text from outside is checked before it gets here).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace gbkit::wire::sip {

class Writer {
public:
    static Writer request(std::string_view method, std::string_view uri);
    static Writer response(int status, std::string_view reason);

    Writer& header(std::string_view name, std::string_view value) &;
    Writer& header(std::string_view name, std::uint64_t value) &;
    // The same on a temporary, so that a whole message is one expression.
    Writer&& header(std::string_view name, std::string_view value) && { return std::move(header(name, value)); }
    Writer&& header(std::string_view name, std::uint64_t value) && { return std::move(header(name, value)); }

    /// Ends the head with Content-Length (spelled so) and appends the body.
    [[nodiscard]] std::string finish(std::string_view body = {}) &&;

private:
    std::string text_;
};

/// RFC 3261 section 21: the default reason phrase of a status, "Unknown" for others.
[[nodiscard]] std::string_view reason_phrase(int status) noexcept;

}  // namespace gbkit::wire::sip
