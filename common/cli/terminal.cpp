#include "cli/terminal.hpp"

#include <algorithm>
#include <cstdlib>

#include <sys/ioctl.h>
#include <unistd.h>

#include <fmt/format.h>

namespace gbkit::cli {

namespace {

std::string_view environment(const char* name) noexcept {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string_view{} : value;
}

}  // namespace

bool is_terminal(int descriptor) noexcept { return ::isatty(descriptor) == 1; }

bool wants_colour(std::string_view when, int descriptor) noexcept {
    if (when != "auto") return when == "always";
    return is_terminal(descriptor) && environment("NO_COLOR").empty() && environment("TERM") != "dumb";
}

std::size_t terminal_columns(int descriptor) noexcept {
    constexpr std::size_t otherwise = 100;
    constexpr std::size_t least = 40;
    winsize size{};
    if (::ioctl(descriptor, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return otherwise;
    return std::max<std::size_t>(size.ws_col, least);
}

std::size_t terminal_rows(int descriptor) noexcept {
    winsize size{};
    return ::ioctl(descriptor, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 ? std::size_t{24} : size.ws_row;
}

Language language_of_environment() noexcept {
    for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"})
        if (const auto value = environment(name); !value.empty()) return value.starts_with("zh") ? Language::chinese : Language::english;
    return Language::english;
}

bool shows_unicode() noexcept {
    for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"})
        if (const auto value = environment(name); !value.empty()) return ifind(value, "utf-8") != std::string_view::npos || ifind(value, "utf8") != std::string_view::npos;
    return false;
}

std::string in_style(Style style, std::string_view text) {
    std::string_view code;
    switch (style) {
        case Style::plain: return std::string(text);
        case Style::bold: code = "1"; break;
        case Style::dim: code = "2"; break;
        case Style::good: code = "32"; break;
        case Style::bad: code = "1;31"; break;
        case Style::warn: code = "33"; break;
    }
    return fmt::format("\x1b[{}m{}\x1b[0m", code, text);
}

}  // namespace gbkit::cli
