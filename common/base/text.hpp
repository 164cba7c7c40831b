// Text as protocols and terminals need it: ASCII case, trimming, splitting, numbers, columns.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gbkit {

/// What people read comes in two languages.
enum class Language { english, chinese };

/// One sentence in both languages; UTF-8.
struct Bilingual {
    std::string_view english;
    std::string_view chinese;
    [[nodiscard]] std::string_view in(Language language) const noexcept {
        return language == Language::chinese ? chinese : english;
    }
};

[[nodiscard]] char ascii_lower(char c) noexcept;
[[nodiscard]] std::string to_lower(std::string_view text);
[[nodiscard]] std::string to_upper(std::string_view text);
/// Equal but for the case of ASCII letters.
[[nodiscard]] bool iequals(std::string_view a, std::string_view b) noexcept;
[[nodiscard]] bool istarts_with(std::string_view text, std::string_view prefix) noexcept;
/// Where `needle` starts in `text`, ASCII case ignored; npos when nowhere.
[[nodiscard]] std::size_t ifind(std::string_view text, std::string_view needle) noexcept;

/// Without spaces and tabs (and CR, LF) at both ends.
[[nodiscard]] std::string_view trim(std::string_view text) noexcept;
/// Pieces between separators; an empty text gives one empty piece.
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);
[[nodiscard]] std::string join(const std::vector<std::string>& pieces, std::string_view separator);
[[nodiscard]] std::string replace_all(std::string text, std::string_view from, std::string_view to);

[[nodiscard]] bool all_digits(std::string_view text) noexcept;  // false for an empty text
/// Decimal digits only, whole text; nothing when it is not a number or over `limit`.
[[nodiscard]] std::optional<std::uint64_t> to_number(std::string_view text, std::uint64_t limit = UINT64_MAX) noexcept;
/// 0-15, or -1 for a character that is no hexadecimal digit.
[[nodiscard]] int hex_value(char c) noexcept;

/// Columns a terminal gives this UTF-8 text: two for wide (Chinese) characters, none for combining ones.
[[nodiscard]] std::size_t display_width(std::string_view utf8) noexcept;
/// Padded with spaces on the right to `columns`; longer text is left whole.
[[nodiscard]] std::string pad(std::string_view utf8, std::size_t columns);
/// At most so many columns of it: a longer text ends with an ellipsis.
[[nodiscard]] std::string cut(std::string_view utf8, std::size_t columns);
/// Broken at spaces (and between wide characters) into lines of at most `columns`.
[[nodiscard]] std::vector<std::string> wrap(std::string_view utf8, std::size_t columns);

}  // namespace gbkit
