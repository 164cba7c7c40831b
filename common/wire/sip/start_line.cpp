// Request-Line and Status-Line, RFC 3261 sections 7.1 and 7.2.
#include "wire/sip/start_line.hpp"

#include "base/text.hpp"
#include "wire/sip/chars.hpp"

namespace gbkit::wire::sip {

bool is_sip_version(std::string_view word) noexcept {
    if (!istarts_with(word, "SIP/")) return false;
    const std::string_view number = word.substr(4);
    const std::size_t dot = number.find('.');
    return dot != std::string_view::npos && all_digits(number.substr(0, dot)) && all_digits(number.substr(dot + 1));
}

namespace {

Result<StartLine> read_status_line(std::string_view line) {
    const std::size_t space = line.find(' ');
    if (space == std::string_view::npos) return fail(Errc::malformed, "a status line without a status code", line.size());
    const std::string_view rest = line.substr(space + 1);
    const std::string_view code = rest.substr(0, rest.find(' '));
    if (code.size() != 3 || !all_digits(code) || code[0] == '0')
        return fail(Errc::malformed, "a status code that is not three digits", space + 1);
    StartLine result;
    result.version = line.substr(0, space);
    result.status = static_cast<int>(*to_number(code));
    if (rest.size() > 4) result.reason = rest.substr(4);
    return result;
}

Result<StartLine> read_request_line(std::string_view line) {
    const std::size_t method_end = line.find_first_of(" \t");
    const std::string_view words = line.substr(0, line.find_last_not_of(" \t") + 1);
    const std::size_t last_gap = words.find_last_of(" \t");
    if (method_end == std::string_view::npos || last_gap == std::string_view::npos || !is_sip_version(words.substr(last_gap + 1)))
        return fail(Errc::malformed, "no SIP start line");
    StartLine result;
    result.method = line.substr(0, method_end);
    result.version = words.substr(last_gap + 1);
    if (!is_token(result.method)) return fail(Errc::malformed, "a method that is no token");
    if (last_gap > method_end) result.uri = trim(line.substr(method_end + 1, last_gap - method_end - 1));
    if (result.uri.empty()) return fail(Errc::malformed, "a request line without a request-URI", method_end);
    return result;
}

}  // namespace

Result<StartLine> read_start_line(std::string_view line) {
    if (is_sip_version(line.substr(0, line.find(' ')))) return read_status_line(line);
    return read_request_line(line);
}

}  // namespace gbkit::wire::sip
