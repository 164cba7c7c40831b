#include "wire/sanitize/message.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "wire/sanitize/body.hpp"
#include "wire/sanitize/text.hpp"

namespace gbkit::wire::sanitize {

namespace {

bool names_people(std::string_view name) {
    return sip::same_header(name, "From") || sip::same_header(name, "To") || sip::same_header(name, "Contact") || iequals(name, "Reply-To") ||
           iequals(name, "P-Asserted-Identity") || iequals(name, "P-Preferred-Identity");
}

// The display name before the '<' (RFC 3261 section 25.1), quoted or not, and the rest.
std::string scrub_address(std::string_view value, Aliases& aliases) {
    const std::size_t bracket = value.find('<');
    const std::string_view display = trim(value.substr(0, bracket == std::string_view::npos ? 0 : bracket));
    if (display.empty()) return ascii_only(scrub(value, aliases));
    const bool quoted = display.size() >= 2 && display.front() == '"' && display.back() == '"';
    const std::string name = scrub_name(quoted ? display.substr(1, display.size() - 2) : display, aliases);
    return (quoted ? '"' + name + '"' : name) + std::string(display.data() + display.size(), value.data() + bracket) +
           ascii_only(scrub(value.substr(bracket), aliases));
}

// Sender:stream,receiver:stream (GB/T 28181 annex): the stream may be an SSRC.
std::string scrub_subject(std::string_view value, Aliases& aliases) {
    std::string out;
    for (std::size_t at = 0; at < value.size();) {
        const std::size_t end = std::min(value.find_first_of(":,", at), value.size());
        const std::string_view word = value.substr(at, end - at);
        const bool stream = at > 0 && value[at - 1] == ':';
        out += stream ? scrub_ssrc(word, aliases) : scrub(word, aliases);
        if (end < value.size()) out += value[end];
        at = end + 1;
    }
    return ascii_only(std::move(out));
}

// 399 host "text" (RFC 3261 section 20.43): the host stands between the first two spaces.
std::string scrub_warning(std::string_view value, Aliases& aliases) {
    if (value.empty()) return {};
    const std::size_t start = std::min(value.find(' '), value.size() - 1) + 1;
    const std::size_t end = std::min(value.find_first_of(" :", start), value.size());
    return std::string(value.substr(0, start)) + scrub_host(value.substr(start, end - start), aliases) + ascii_only(scrub(value.substr(end), aliases));
}

}  // namespace

std::string Messages::value(const sip::HeaderField& field, std::string_view value, std::int64_t longer) {
    const std::string_view name = field.name;
    if (Credentials::is_credential(name)) return credentials_.names(name, field.value);   // folds are spaces there
    if (sip::same_header(name, "Content-Length")) {
        const auto length = to_number(trim(value), 1U << 30);
        return length ? std::to_string(std::max<std::int64_t>(static_cast<std::int64_t>(*length) + (*length == 0 ? 0 : longer), 0)) : std::string(value);
    }
    if (names_people(name)) return scrub_address(value, aliases_);
    if (iequals(name, "User-Agent") || iequals(name, "Server")) return ascii_only(scrub_ids(value, aliases_));
    if (iequals(name, "Organization") || ifind(name, "name") != std::string_view::npos) return scrub_name(value, aliases_);
    if (iequals(name, "Warning")) return scrub_warning(value, aliases_);
    if (sip::same_header(name, "Subject")) return scrub_subject(value, aliases_);
    return ascii_only(scrub(value, aliases_));
}

// The name, the colon and the white space as they are; the value; the line end. A fold keeps its place in the value.
std::string Messages::header(const sip::HeaderField& field, std::string_view raw, std::int64_t longer) {
    const std::size_t colon = raw.find(':');
    if (colon == std::string_view::npos) return ascii_only(scrub(raw, aliases_));
    const std::size_t start = std::min(raw.find_first_not_of(" \t", colon + 1), raw.size());
    const std::size_t last = raw.find_last_not_of(" \t\r\n");
    const std::size_t end = last == std::string_view::npos || last < start ? start : last + 1;
    return std::string(raw.substr(0, start)) + value(field, raw.substr(start, end - start), longer) + std::string(raw.substr(end));
}

std::string Messages::scrub_message(std::string_view bytes) {
    aliases_.learn(bytes);
    const auto message = sip::parse(bytes);
    if (!message || message->headers().empty() || message->bytes_after_head() > bytes.size()) return without_responses(ascii_only(scrub(bytes, aliases_)));
    const std::size_t head = bytes.size() - message->bytes_after_head();
    const std::size_t body_bytes = message->body().size();
    const std::string body = scrub_body(bytes.substr(head, body_bytes), aliases_);
    const std::int64_t longer = static_cast<std::int64_t>(body.size()) - static_cast<std::int64_t>(body_bytes);
    const std::size_t first = message->headers().front().offset;
    std::string out = ascii_only(scrub(bytes.substr(0, first), aliases_));
    std::size_t at = first;
    for (const sip::HeaderField& field : message->headers()) {
        out += bytes.substr(at, field.offset - at);
        out += header(field, bytes.substr(field.offset, field.length), longer);
        at = field.offset + field.length;
    }
    out += bytes.substr(at, head - at);
    out += body;
    out += scrub_body(bytes.substr(head + body_bytes), aliases_);
    credentials_.sign(*message, out);
    return out;
}

}  // namespace gbkit::wire::sanitize
