// Reads the head of a MANSCDP body with pugixml (GB/T 28181 annex A). Only the root and its children are looked
// at: no walk is deeper than the standard's own fields, however deep the XML is.
#include "wire/manscdp.hpp"

#include <algorithm>

#include <pugixml.hpp>

#include "base/charset.hpp"
#include "base/text.hpp"

namespace gbkit::wire {
namespace {

constexpr std::size_t max_bytes = 1 << 20;
constexpr std::ptrdiff_t max_tags = 1 << 16;

/// Child text, else attribute of the root.
std::string field(const pugi::xml_node& root, std::string_view name) {
    for (const pugi::xml_node& child : root.children())
        if (iequals(child.name(), name)) return std::string(trim(child.child_value()));
    for (const pugi::xml_attribute& attribute : root.attributes())
        if (iequals(attribute.name(), name)) return std::string(trim(attribute.value()));
    return {};
}

/// As UTF-8 where it can be; bytes of no known character set stay as they are.
std::string utf8_of(std::string_view body) {
    if (is_utf8(body)) return std::string(body);
    Result<std::string> converted = gb18030_to_utf8(body);
    return converted ? std::move(*converted) : std::string(body);
}

}  // namespace

Result<Manscdp> parse_manscdp(std::string_view body) {
    if (body.size() > max_bytes) return fail(Errc::too_large, "an XML body over 1 MiB", max_bytes);
    if (std::count(body.begin(), body.end(), '<') > max_tags) return fail(Errc::too_large, "an XML body of too many tags", body.size());
    // Some devices count a terminating NUL into Content-Length.
    const std::string_view xml = body.substr(0, body.find_last_not_of('\0') + 1);
    const std::string text = utf8_of(xml);
    pugi::xml_document document;
    const pugi::xml_parse_result parsed = document.load_buffer(text.data(), text.size(), pugi::parse_default, pugi::encoding_utf8);
    // pugixml's place is one in the text it read: not the input's when that was converted.
    if (!parsed) return fail(Errc::malformed, "broken XML", text == xml ? std::min(static_cast<std::size_t>(parsed.offset), xml.size()) : 0);
    const pugi::xml_node root = document.document_element();
    if (!root) return fail(Errc::malformed, "no XML element");
    return Manscdp{root.name(), field(root, "CmdType"), field(root, "SN"), field(root, "DeviceID"), field(root, "Status")};
}

}  // namespace gbkit::wire
