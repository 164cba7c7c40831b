// What the terminal and the environment say: colour, width, language.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/text.hpp"
#include "cli/output.hpp"

namespace gbkit::cli {

[[nodiscard]] bool is_terminal(int descriptor) noexcept;
/// auto, always, never; auto is a terminal that is not dumb, and no NO_COLOR (no-color.org).
[[nodiscard]] bool wants_colour(std::string_view when, int descriptor) noexcept;
/// Columns of the terminal, or 100 where there is none; never under 40.
[[nodiscard]] std::size_t terminal_columns(int descriptor) noexcept;
/// Lines of the terminal, or 24 where there is none.
[[nodiscard]] std::size_t terminal_rows(int descriptor) noexcept;
/// Chinese when LC_ALL, LC_MESSAGES or LANG (the first that is set) starts with zh.
[[nodiscard]] Language language_of_environment() noexcept;
/// The locale's characters are UTF-8: LC_ALL, LC_CTYPE or LANG (the first that is set) says so.
[[nodiscard]] bool shows_unicode() noexcept;
/// The text between the escape sequences of the style (ECMA-48 8.3.117, SGR).
[[nodiscard]] std::string in_style(Style style, std::string_view text);

}  // namespace gbkit::cli
