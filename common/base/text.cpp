#include "base/text.hpp"

#include <algorithm>
#include <charconv>

namespace gbkit {

char ascii_lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string to_lower(std::string_view text) {
    std::string lower(text);
    std::transform(lower.begin(), lower.end(), lower.begin(), ascii_lower);
    return lower;
}

std::string to_upper(std::string_view text) {
    std::string upper(text);
    for (char& c : upper)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return upper;
}

bool iequals(std::string_view a, std::string_view b) noexcept { return a.size() == b.size() && istarts_with(a, b); }

bool istarts_with(std::string_view text, std::string_view prefix) noexcept {
    return text.size() >= prefix.size() &&
           std::equal(prefix.begin(), prefix.end(), text.begin(),
                      [](char x, char y) { return ascii_lower(x) == ascii_lower(y); });
}

std::size_t ifind(std::string_view text, std::string_view needle) noexcept {
    const auto found = std::search(text.begin(), text.end(), needle.begin(), needle.end(),
                                   [](char x, char y) { return ascii_lower(x) == ascii_lower(y); });
    return found == text.end() && !needle.empty() ? std::string_view::npos : static_cast<std::size_t>(found - text.begin());
}

std::string_view trim(std::string_view text) noexcept {
    const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
    while (!text.empty() && blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && blank(text.back())) text.remove_suffix(1);
    return text.empty() ? std::string_view() : text;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> pieces;
    for (std::size_t start = 0;;) {
        const std::size_t end = text.find(separator, start);
        pieces.push_back(text.substr(start, end == std::string_view::npos ? end : end - start));
        if (end == std::string_view::npos) return pieces;
        start = end + 1;
    }
}

std::string join(const std::vector<std::string>& pieces, std::string_view separator) {
    std::string joined;
    for (const std::string& piece : pieces) {
        if (&piece != &pieces.front()) joined += separator;
        joined += piece;
    }
    return joined;
}

std::string replace_all(std::string text, std::string_view from, std::string_view to) {
    if (from.empty()) return text;
    std::string replaced;
    std::size_t start = 0;
    for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, start)) {
        replaced.append(text, start, at - start).append(to);
        start = at + from.size();
    }
    return start == 0 ? text : replaced.append(text, start);
}

bool all_digits(std::string_view text) noexcept {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<std::uint64_t> to_number(std::string_view text, std::uint64_t limit) noexcept {
    if (!all_digits(text)) return std::nullopt;
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || value > limit) return std::nullopt;
    return value;
}

int hex_value(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    const char lower = ascii_lower(c);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

namespace {

// One UTF-8 sequence: its code point and length. A broken byte counts as one character of its own.
struct Decoded {
    char32_t point;
    std::size_t length;
};

Decoded decode(std::string_view text) noexcept {
    const auto lead = static_cast<unsigned char>(text[0]);
    const std::size_t length = lead < 0x80 ? 1 : lead >> 5 == 6 ? 2 : lead >> 4 == 14 ? 3 : lead >> 3 == 30 ? 4 : 0;
    if (length <= 1 || length > text.size()) return {lead, 1};
    char32_t point = lead & (0x7FU >> length);
    for (std::size_t i = 1; i < length; ++i) point = point << 6 | (static_cast<unsigned char>(text[i]) & 0x3FU);
    return {point, length};
}

// East Asian Width W and F (Unicode 15, blocks that occur in names and in our own text).
std::size_t columns_of(char32_t point) noexcept {
    if ((point >= 0x300 && point <= 0x36F) || point == 0x200B || point == 0xFEFF) return 0;
    const bool wide = (point >= 0x1100 && point <= 0x115F) || (point >= 0x2E80 && point <= 0xA4CF && point != 0x303F) ||
                      (point >= 0xAC00 && point <= 0xD7A3) || (point >= 0xF900 && point <= 0xFAFF) ||
                      (point >= 0xFE30 && point <= 0xFE6F) || (point >= 0xFF00 && point <= 0xFF60) ||
                      (point >= 0xFFE0 && point <= 0xFFE6) || (point >= 0x1F300 && point <= 0x1FAFF) ||
                      (point >= 0x20000 && point <= 0x3FFFD);
    return wide ? 2 : 1;
}

}  // namespace

std::size_t display_width(std::string_view utf8) noexcept {
    std::size_t width = 0;
    while (!utf8.empty()) {
        const Decoded character = decode(utf8);
        width += columns_of(character.point);
        utf8.remove_prefix(character.length);
    }
    return width;
}

std::string pad(std::string_view utf8, std::size_t columns) {
    std::string padded(utf8);
    const std::size_t width = display_width(utf8);
    if (width < columns) padded.append(columns - width, ' ');
    return padded;
}

std::string cut(std::string_view utf8, std::size_t columns) {
    if (display_width(utf8) <= columns) return std::string(utf8);
    std::size_t width = 0, length = 0;
    while (length < utf8.size()) {
        const Decoded character = decode(utf8.substr(length));
        width += columns_of(character.point);
        if (width + 1 > columns) break;
        length += character.length;
    }
    return columns == 0 ? std::string() : std::string(utf8.substr(0, length)) + "\u2026";
}

namespace {

// Punctuation that must not start a line: comma, full stop, pause mark, semicolon, colon, exclamation and question
// mark, closing brackets and quotes of Chinese text.
bool closes(char32_t point) noexcept {
    constexpr std::u32string_view marks = U"\uFF0C\u3002\u3001\uFF1B\uFF1A\uFF01\uFF1F\uFF09\u3011\u300B\u300D\u300F\u201D\u2019";
    return marks.find(point) != std::u32string_view::npos;
}

// The longest head of `text` that may stand on one line without breaking a word, or one wide character with
// the marks that belong behind it.
std::size_t unbreakable(std::string_view text) noexcept {
    const Decoded first = decode(text);
    if (text[0] == ' ') return first.length;
    bool in_word = columns_of(first.point) != 2;
    std::size_t length = first.length;
    while (length < text.size() && text[length] != ' ') {
        const Decoded next = decode(text.substr(length));
        in_word = in_word && columns_of(next.point) != 2;
        if (!in_word && !closes(next.point)) break;
        length += next.length;
    }
    return length;
}

}  // namespace

std::vector<std::string> wrap(std::string_view utf8, std::size_t columns) {
    std::vector<std::string> lines;
    std::string line;
    std::size_t width = 0;
    while (!utf8.empty()) {
        const std::string_view piece = utf8.substr(0, unbreakable(utf8));
        const std::size_t piece_width = display_width(piece);
        if (width + piece_width > columns && !line.empty()) {
            lines.emplace_back(trim(line));
            line.clear();
            width = 0;
        }
        if (!(line.empty() && piece == " ")) {
            line += piece;
            width += piece_width;
        }
        utf8.remove_prefix(piece.size());
    }
    if (!line.empty()) lines.emplace_back(trim(line));
    return lines;
}

}  // namespace gbkit
