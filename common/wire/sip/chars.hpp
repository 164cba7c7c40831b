// Character classes of RFC 3261 section 25.1.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

namespace gbkit::wire::sip {

constexpr bool is_alpha(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
constexpr bool is_blank(char c) noexcept { return c == ' ' || c == '\t'; }

/// token, as a table: every character of every header name is looked at.
inline constexpr std::array<bool, 256> token_chars = [] {
    std::array<bool, 256> table{};
    for (std::size_t i = 0; i < 128; ++i) {
        const char c = static_cast<char>(i);
        table[i] = is_alpha(c) || is_digit(c) || std::string_view("-.!%*_+`'~").find(c) != std::string_view::npos;
    }
    return table;
}();

constexpr bool is_token_char(char c) noexcept { return token_chars[static_cast<std::uint8_t>(c)]; }

inline bool is_token(std::string_view text) noexcept {
    return !text.empty() && std::all_of(text.begin(), text.end(), is_token_char);
}

}  // namespace gbkit::wire::sip
