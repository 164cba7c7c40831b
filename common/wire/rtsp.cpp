#include "wire/rtsp.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace gbkit::wire {

namespace {

bool is_upper(char c) noexcept { return c >= 'A' && c <= 'Z'; }
bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

/// RTSP/1.0, HTTP/1.1
bool is_version(std::string_view word, std::string_view protocol) noexcept {
    return word.size() == protocol.size() + 4 && word.starts_with(protocol) && word[protocol.size()] == '/' &&
           is_digit(word[protocol.size() + 1]) && word[protocol.size() + 2] == '.' && is_digit(word[protocol.size() + 3]);
}

bool is_status(std::string_view rest) noexcept {
    return rest.size() >= 3 && is_digit(rest[0]) && is_digit(rest[1]) && is_digit(rest[2]) && (rest.size() == 3 || rest[3] == ' ');
}

/// Methods are upper case words, a few with _ or - (GET_PARAMETER, M-SEARCH); versions stand there in answers.
bool may_be_line(std::string_view start) noexcept {
    constexpr std::size_t longest_method = 24;
    if (start.empty() || !is_upper(start[0])) return start.empty();
    const std::size_t gap = std::min(start.find(' '), start.size());
    if (gap > longest_method) return false;
    const bool method = std::all_of(start.begin(), start.begin() + static_cast<std::ptrdiff_t>(gap),
                                    [](char c) { return is_upper(c) || c == '_' || c == '-' || c == '/' || c == '.' || is_digit(c); });
    return method && std::none_of(start.begin(), start.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\r' && c != '\n' && c != '\t'; });
}

std::string_view first_line(std::string_view head) noexcept { return trim(head.substr(0, head.find('\n'))); }

}  // namespace

bool may_be_first_line(std::string_view head) noexcept {
    const std::string_view reach = head.substr(0, longest_first_line);
    return may_be_line(reach.substr(0, reach.find('\n')));
}

FirstLine first_line_of(std::string_view head) noexcept {
    const std::string_view reach = head.substr(0, longest_first_line);
    const std::size_t end = reach.find('\n');
    if (!may_be_line(reach.substr(0, end))) return FirstLine::none;
    if (end == std::string_view::npos) return head.size() < longest_first_line ? FirstLine::more : FirstLine::none;
    const std::string_view line = first_line(reach);
    const std::size_t gap = line.find(' ');
    if (gap == std::string_view::npos) return FirstLine::none;
    const std::string_view first = line.substr(0, gap), last = line.substr(line.rfind(' ') + 1);
    if (is_status(line.substr(gap + 1))) {
        if (is_version(first, "RTSP")) return FirstLine::rtsp_answer;
        if (is_version(first, "HTTP")) return FirstLine::http_answer;
    }
    if (line.rfind(' ') == gap) return FirstLine::none;
    if (is_version(last, "RTSP")) return FirstLine::rtsp_request;
    return is_version(last, "HTTP") ? FirstLine::http_request : FirstLine::none;
}

std::string_view target_of(std::string_view head) noexcept {
    const FirstLine kind = first_line_of(head);
    if (kind != FirstLine::rtsp_request && kind != FirstLine::http_request) return {};
    const std::string_view line = first_line(head);
    const std::size_t from = line.find(' ') + 1;
    return trim(line.substr(from, line.rfind(' ') - from));
}

std::string_view header_in(std::string_view head, std::string_view name) noexcept {
    for (std::size_t at = head.find('\n'); at != std::string_view::npos;) {
        const std::size_t end = head.find('\n', at + 1);
        if (end == std::string_view::npos) return {};
        const std::string_view line = trim(head.substr(at + 1, end - at - 1));
        if (line.empty()) return {};
        if (istarts_with(line, name) && line.size() > name.size() && line[name.size()] == ':') return trim(line.substr(name.size() + 1));
        at = end;
    }
    return {};
}

bool head_is_whole(std::string_view head) noexcept {
    return head.find("\r\n\r\n") != std::string_view::npos || head.find("\n\n") != std::string_view::npos;
}

bool tunnels_rtsp(std::string_view head) noexcept {
    constexpr std::string_view type = "application/x-rtsp-tunnelled";
    return iequals(header_in(head, "Accept"), type) || iequals(header_in(head, "Content-Type"), type);
}

bool carries_soap(std::string_view head) noexcept { return ifind(header_in(head, "Content-Type"), "soap") != std::string_view::npos; }

}  // namespace gbkit::wire
