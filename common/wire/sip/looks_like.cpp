// Content detection by the start line (RFC 3261 sections 7.1 and 7.2).
#include "wire/sip/looks_like.hpp"

#include "base/text.hpp"
#include "wire/sip/chars.hpp"
#include "wire/sip/start_line.hpp"

namespace gbkit::wire::sip {
namespace {

constexpr std::size_t reach = 4096;

}  // namespace

bool looks_like_sip(std::string_view bytes) noexcept {
    bytes = bytes.substr(0, reach);
    const std::size_t start = bytes.find_first_not_of("\r\n");
    if (start == std::string_view::npos) return false;
    const std::string_view line = trim(bytes.substr(start, bytes.find('\n', start) - start));
    const std::size_t first_gap = line.find(' ');
    if (first_gap == std::string_view::npos) return false;
    if (is_sip_version(line.substr(0, first_gap))) return is_digit(line[first_gap + 1]);
    return is_token(line.substr(0, first_gap)) && line.rfind(' ') > first_gap && is_sip_version(line.substr(line.rfind(' ') + 1));
}

}  // namespace gbkit::wire::sip
