#include "wire/sanitize/body.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

#include "base/text.hpp"
#include "wire/sanitize/text.hpp"

namespace gbkit::wire::sanitize {

namespace {

enum class Meaning { text, name, secret, coordinate, serial, kept };

bool one_of(std::string_view tag, std::initializer_list<std::string_view> names) {
    return std::any_of(names.begin(), names.end(), [&](std::string_view name) { return iequals(tag, name); });
}

bool holds(std::string_view tag, std::string_view part) { return ifind(tag, part) != std::string_view::npos; }

Meaning meaning_of(std::string_view tag) {
    if (holds(tag, "password") || holds(tag, "passwd") || iequals(tag, "pwd") || holds(tag, "secret")) return Meaning::secret;
    if (iequals(tag, "Longitude") || iequals(tag, "Latitude")) return Meaning::coordinate;
    if (holds(tag, "serial") || iequals(tag, "MAC") || iequals(tag, "CertNum") || iequals(tag, "MACAddress") || iequals(tag, "IMEI")) return Meaning::serial;
    if (one_of(tag, {"Manufacturer", "Model", "Firmware", "DeviceType", "SoftwareVersion", "HardwareVersion", "Version", "CmdType", "PTZCmd", "SN",
                     "StartTime", "EndTime", "DeviceTime", "Time", "AlarmTime"}))
        return Meaning::kept;
    const bool named = tag.size() >= 4 && iequals(tag.substr(tag.size() - 4), "Name");
    if (named || one_of(tag, {"Owner", "Address", "Place", "Contact", "Remark", "Description", "AlarmDescription", "FilePath"})) return Meaning::name;
    return Meaning::text;
}

// Another place on the same side of the equator and of the 90th degree, with as many decimals. Nothing and 0 stay.
std::string place(std::string_view text, Aliases& aliases) {
    const std::string copy(text);
    char* end = nullptr;
    const double value = std::strtod(copy.c_str(), &end);
    if (end != copy.c_str() + copy.size() || !std::isfinite(value)) return ascii_only(scrub(text, aliases));
    if (value == 0) return copy;
    std::string alias = value < 0 ? "-" : "";
    if (std::fabs(value) > 180) return alias + aliases.number(copy.substr(copy.find_first_of("0123456789"), copy.find('.')));
    const std::uint64_t n = aliases.ordinal("place", text);
    alias += std::to_string((std::fabs(value) > 90 ? 110 : 30) + n / 10'000 % 40);
    const std::size_t dot = copy.find('.');
    if (dot == std::string::npos) return alias;
    std::string decimals = std::to_string(10'000 + n % 10'000).substr(1);
    decimals.resize(copy.size() - dot - 1, '0');
    return alias + '.' + decimals;
}

std::string serial(std::string_view text, Aliases& aliases) {
    if (is_id_length(text.size()) && all_digits(text)) return aliases.id(text);
    std::string number = std::to_string(aliases.ordinal("serial number", text));
    return "S" + (number.size() + 1 < text.size() ? std::string(text.size() - number.size() - 1, '0') : std::string()) + number;
}

bool is_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::string value_of(std::string_view tag, std::string_view text, Aliases& aliases) {
    switch (meaning_of(tag)) {
        case Meaning::secret: return "******";
        case Meaning::coordinate: return place(text, aliases);
        case Meaning::serial: return serial(text, aliases);
        case Meaning::kept: return scrub_ids(text, aliases);
        case Meaning::name: return scrub_name(text, aliases);
        case Meaning::text: break;
    }
    const bool an_id = holds(tag, "ID") || iequals(tag, "CivilCode");
    if (an_id && all_digits(text) && (text.size() >= 9 || iequals(tag, "CivilCode"))) return aliases.id(text);
    return is_ascii(text) ? scrub(text, aliases) : scrub_name(text, aliases);
}

// The value with the white space around it.
void append_value(std::string& out, std::string_view tag, std::string_view text, Aliases& aliases) {
    const std::string_view core = trim(text);
    if (core.empty()) {
        out += text;
        return;
    }
    const auto start = static_cast<std::size_t>(core.data() - text.data());
    out += text.substr(0, start);
    out += value_of(tag, core, aliases);
    out += text.substr(start + core.size());
}

std::string_view name_at(std::string_view text) {
    const std::size_t end = text.find_first_of(" \t\r\n=/>\"'<");
    return text.substr(0, end == std::string_view::npos ? text.size() : end);
}

// What stands between < and >: the values of attributes get aliases.
void append_tag(std::string& out, std::string_view tag, Aliases& aliases) {
    std::string_view attribute;
    for (std::size_t at = 0; at < tag.size();) {
        const char c = tag[at];
        if (c == '"' || c == '\'') {
            const std::size_t end = std::min(tag.find(c, at + 1), tag.size());
            out += c;
            append_value(out, attribute, tag.substr(at + 1, end - at - 1), aliases);
            if (end < tag.size()) out += c;
            at = end + 1;
            continue;
        }
        const std::string_view word = name_at(tag.substr(at));
        if (!word.empty()) attribute = word;
        const std::size_t length = std::max<std::size_t>(word.size(), 1);
        out += ascii_only(std::string(tag.substr(at, length)));
        at += length;
    }
}

// Behind the '>' that ends a tag, quotes respected; npos when nothing does.
std::size_t end_of_tag(std::string_view body, std::size_t at) {
    char quote = 0;
    for (; at < body.size(); ++at) {
        const char c = body[at];
        if (quote != 0) quote = c == quote ? char{0} : quote;
        else if (c == '"' || c == '\'') quote = c;
        else if (c == '>') return at + 1;
    }
    return std::string_view::npos;
}

// o=user id version IN IP4 address: the user may be somebody's name.
std::string scrub_origin(std::string_view line, Aliases& aliases) {
    const std::size_t end = std::min(line.find(' '), line.size());
    const std::string_view user = line.substr(2, end - 2);
    return std::string(line.substr(0, 2)) + (user == "-" ? std::string(user) : scrub_user(user, aliases)) + ascii_only(scrub(line.substr(end), aliases));
}

}  // namespace

std::string scrub_ssrc(std::string_view digits, Aliases& aliases) {
    const auto ssrc = digits.size() == 10 ? to_number(digits, UINT32_MAX) : std::nullopt;
    if (!ssrc) return scrub(digits, aliases);
    const std::string alias = std::to_string(aliases.ssrc(static_cast<std::uint32_t>(*ssrc)));
    return std::string(10 - alias.size(), '0') + alias;
}

std::string scrub_xml(std::string_view body, Aliases& aliases) {
    std::string out;
    std::string_view element;
    for (std::size_t at = 0; at < body.size();) {
        if (body[at] != '<') {
            const std::size_t end = std::min(body.find('<', at), body.size());
            append_value(out, element, body.substr(at, end - at), aliases);
            at = end;
            continue;
        }
        const std::string_view rest = body.substr(at);
        const bool data = rest.starts_with("<![CDATA["), comment = rest.starts_with("<!--");
        std::size_t end = data ? rest.find("]]>") : comment ? rest.find("-->") : end_of_tag(rest, 1);
        if (end == std::string_view::npos) {   // broken: nothing behind it can be told apart
            out += ascii_only(scrub(rest, aliases));
            break;
        }
        if (data) {
            out += "<![CDATA[";
            append_value(out, element, rest.substr(9, end - 9), aliases);
            out += "]]>";
            end += 3;
        } else if (comment) {
            out += "<!---->";
            end += 3;
        } else {
            const std::string_view tag = rest.substr(1, end - 2);
            element = tag.starts_with('/') || tag.ends_with('/') ? std::string_view() : name_at(tag);
            out += '<';
            if (tag.starts_with('?')) out += tag;
            else append_tag(out, tag, aliases);
            out += '>';
        }
        at += end;
    }
    return out;
}

std::string scrub_sdp(std::string_view body, Aliases& aliases) {
    std::string out;
    for (std::size_t at = 0; at < body.size();) {
        const std::size_t end = std::min(body.find('\n', at), body.size() - 1) + 1;
        const std::string_view line = body.substr(at, end - at);
        const std::string_view text = line.substr(0, line.find_last_not_of("\r\n") + 1);
        const char type = text.size() > 1 && text[1] == '=' ? ascii_lower(text[0]) : '\0';
        if (type == 'y') out += std::string(text.substr(0, 2)) + scrub_ssrc(text.substr(2), aliases);
        else if (type == 't' || type == 'm' || type == 'f' || type == 'v' || type == 'b') out += scrub_ids(text, aliases);
        else if (type == 'i' || type == 'e' || type == 'p') out += std::string(text.substr(0, 2)) + scrub_name(trim(text.substr(2)), aliases);
        else if (type == 'o') out += scrub_origin(text, aliases);
        else out += ascii_only(scrub(text, aliases));
        out += line.substr(text.size());
        at = end;
    }
    return out;
}

std::string scrub_body(std::string_view body, Aliases& aliases) {
    const std::string_view start = trim(body.substr(0, 512));
    return istarts_with(start, "v=") ? scrub_sdp(body, aliases) : scrub_xml(body, aliases);
}

}  // namespace gbkit::wire::sanitize
