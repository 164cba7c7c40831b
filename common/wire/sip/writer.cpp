// Writes a SIP message (RFC 3261 section 7): CRLF line ends, Content-Length last, the body as given.
#include "wire/sip/writer.hpp"

#include <algorithm>
#include <stdexcept>

namespace gbkit::wire::sip {
namespace {

constexpr std::size_t usual_bytes = 512;

std::string_view checked(std::string_view value) {
    const auto breaks = [](char c) { return c == '\r' || c == '\n' || c == '\0'; };
    if (std::any_of(value.begin(), value.end(), breaks)) throw std::logic_error("a line end or NUL in a SIP header");
    return value;
}

}  // namespace

Writer Writer::request(std::string_view method, std::string_view uri) {
    Writer writer;
    writer.text_.reserve(usual_bytes);
    writer.text_.append(checked(method)).append(" ").append(checked(uri)).append(" SIP/2.0\r\n");
    return writer;
}

Writer Writer::response(int status, std::string_view reason) {
    if (status < 100 || status > 999) throw std::logic_error("a SIP status that is not three digits");
    Writer writer;
    writer.text_.reserve(usual_bytes);
    writer.text_.append("SIP/2.0 ").append(std::to_string(status)).append(" ").append(checked(reason)).append("\r\n");
    return writer;
}

Writer& Writer::header(std::string_view name, std::string_view value) & {
    text_.append(checked(name)).append(": ").append(checked(value)).append("\r\n");
    return *this;
}

Writer& Writer::header(std::string_view name, std::uint64_t value) & { return header(name, std::string_view(std::to_string(value))); }

std::string Writer::finish(std::string_view body) && {
    header("Content-Length", static_cast<std::uint64_t>(body.size()));
    text_.append("\r\n").append(body);
    return std::move(text_);
}

}  // namespace gbkit::wire::sip
