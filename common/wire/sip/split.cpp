// Quote- and bracket-aware cuts of header values (RFC 3261 section 25.1).
#include "wire/sip/split.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace gbkit::wire::sip {
namespace {

/// The first of `wanted` at or after `at` that is not in a quoted-string; npos when there is none.
std::size_t find_unquoted(std::string_view text, std::string_view wanted, std::size_t at = 0) noexcept {
    std::size_t first = std::string_view::npos;  // quotes or not
    for (const char c : wanted) first = std::min(first, text.find(c, at));
    if (first <= text.find('"', at)) return first;
    bool quoted = false;
    for (std::size_t i = at; i < text.size(); ++i) {
        if (quoted && text[i] == '\\') ++i;
        else if (text[i] == '"') quoted = !quoted;
        else if (!quoted && wanted.find(text[i]) != std::string_view::npos) return i;
    }
    return std::string_view::npos;
}

}  // namespace

std::vector<std::string_view> split_values(std::string_view value) {
    std::vector<std::string_view> pieces;
    std::size_t begin = 0;
    std::size_t at = 0;
    while (true) {
        at = find_unquoted(value, ",<", at);
        if (at != std::string_view::npos && value[at] == '<') {
            at = value.find('>', at);
            continue;
        }
        pieces.push_back(trim(value.substr(begin, at == std::string_view::npos ? at : at - begin)));
        if (at == std::string_view::npos) return pieces;
        begin = ++at;
    }
}

bool has_brackets(std::string_view name_addr) noexcept {
    const std::size_t at = find_unquoted(name_addr, "<;");
    return at != std::string_view::npos && name_addr[at] == '<';
}

std::string_view display_name(std::string_view name_addr) noexcept {
    return has_brackets(name_addr) ? trim(name_addr.substr(0, find_unquoted(name_addr, "<"))) : std::string_view();
}

bool quotes_closed(std::string_view value) noexcept {
    if (value.find('"') == std::string_view::npos) return true;
    bool quoted = false;
    for (std::size_t i = 0; i < value.size(); ++i) {
        if (quoted && value[i] == '\\') ++i;
        else if (value[i] == '"') quoted = !quoted;
    }
    return !quoted;
}

std::string_view addr_spec(std::string_view name_addr) noexcept {
    if (!has_brackets(name_addr)) return trim(name_addr.substr(0, name_addr.find(';')));
    const std::string_view rest = name_addr.substr(find_unquoted(name_addr, "<") + 1);
    return rest.substr(0, rest.find('>'));
}

}  // namespace gbkit::wire::sip
