#include "wire/manscdp_text.hpp"

#include <algorithm>

#include "base/charset.hpp"
#include "base/text.hpp"

namespace gbkit::wire {
namespace {

constexpr std::size_t longest_declaration = 200;
constexpr std::size_t longest_reference = 32;
constexpr std::size_t longest_name = 64;

bool is_ascii(std::string_view bytes) noexcept {
    return std::all_of(bytes.begin(), bytes.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// Two bytes, rows 1 to 87 and cells 1 to 94 (EUC-CN).
bool is_gb2312(std::string_view bytes) noexcept {
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const auto first = static_cast<unsigned char>(bytes[i]);
        if (first < 0x80) continue;
        const auto second = static_cast<unsigned char>(i + 1 < bytes.size() ? bytes[i + 1] : 0);
        if (first < 0xA1 || first > 0xF7 || second < 0xA1 || second > 0xFE) return false;
        ++i;
    }
    return true;
}

std::string declared_of(std::string_view body) {
    const std::string_view head = body.substr(0, longest_declaration);
    const std::size_t start = head.find("<?xml");
    const std::size_t end = head.find("?>", start == std::string_view::npos ? 0 : start);
    if (start == std::string_view::npos || end == std::string_view::npos) return {};
    const std::string_view declaration = head.substr(start, end - start);
    const std::size_t name = ifind(declaration, "encoding");
    const std::size_t open = name == std::string_view::npos ? name : declaration.find_first_of("\"'", name);
    const std::size_t close = open == std::string_view::npos ? open : declaration.find(declaration[open], open + 1);
    if (close == std::string_view::npos) return {};
    return printable(declaration.substr(open + 1, close - open - 1));
}

bool is_name_char(char c) noexcept {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-' || c == '.' || c == ':';
}

/// "&amp;" or "&#38;" or "&#x26;".
bool is_reference(std::string_view text) noexcept {
    std::size_t i = text.size() > 1 && text[1] == '#' ? 2 : 1;
    const std::size_t start = i;
    while (i < text.size() && i < longest_reference && is_name_char(text[i])) ++i;
    return i > start && i < text.size() && text[i] == ';';
}

/// Where a section that starts at `at` and ends with `close` is over.
std::size_t behind(std::string_view body, std::size_t at, std::string_view close) noexcept {
    const std::size_t end = body.find(close, at);
    return end == std::string_view::npos ? body.size() : end + close.size();
}

std::string text_between(std::string_view body, std::string_view name) {
    const std::size_t tag = ifind(body, "<" + std::string(name) + ">");
    if (tag == std::string_view::npos) return {};
    const std::string_view rest = body.substr(tag + name.size() + 2, 128);
    return printable(trim(rest.substr(0, rest.find('<'))));
}

}  // namespace

BodyCharset charset_of(std::string_view body) {
    BodyCharset charset{.declared = declared_of(body)};
    charset.ascii = is_ascii(body);
    if (charset.ascii) {
        charset.utf8 = charset.gb2312 = charset.gb18030 = true;
        return charset;
    }
    charset.utf8 = is_utf8(body);
    charset.gb2312 = is_gb2312(body);
    charset.gb18030 = charset.gb2312 || gb18030_to_utf8(body).has_value();
    return charset;
}

std::optional<std::size_t> find_bare_ampersand(std::string_view body) noexcept {
    if (body.find('&') == std::string_view::npos) return std::nullopt;  // nearly all of them
    for (std::size_t i = 0; i < body.size();) {
        i = body.find_first_of("&<", i);
        if (i == std::string_view::npos) return std::nullopt;
        const std::string_view rest = body.substr(i);
        if (rest.starts_with("<![CDATA[")) i = behind(body, i, "]]>");
        else if (rest.starts_with("<!--")) i = behind(body, i, "-->");
        else if (rest.front() == '&' && !is_reference(rest)) return i;
        else ++i;
    }
    return std::nullopt;
}

std::string_view element_before(std::string_view body, std::size_t offset) noexcept {
    std::size_t end = std::min(offset, body.size());
    while (end > 0) {
        const std::size_t open = body.rfind('<', end - 1);
        if (open == std::string_view::npos) return {};
        std::size_t length = 0;
        while (length < longest_name && open + 1 + length < body.size() && is_name_char(body[open + 1 + length])) ++length;
        const bool whole = open + 1 + length < body.size() && (body[open + 1 + length] == '>' || body[open + 1 + length] == ' ');
        if (length > 0 && whole) return body.substr(open + 1, length);
        end = open;
    }
    return {};
}

Manscdp salvage_manscdp(std::string_view body) {
    Manscdp head;
    for (const std::string_view root : {"Query", "Control", "Notify", "Response"})
        if (head.root.empty() && ifind(body.substr(0, 512), "<" + std::string(root)) != std::string_view::npos) head.root = root;
    const std::string_view start = body.substr(0, 2048);
    head.cmd_type = text_between(start, "CmdType");
    head.sn = text_between(start, "SN");
    head.device_id = text_between(start, "DeviceID");
    head.status = text_between(start, "Status");
    return head;
}

}  // namespace gbkit::wire
