// Reads a MANSCDP body with pugixml (GB/T 28181 annex A). Only the root, its children, and the items of one list are
// looked at: no walk is deeper than the standard's own fields, however deep the XML is.
#include "wire/manscdp.hpp"

#include <algorithm>

#include <pugixml.hpp>

#include "base/charset.hpp"
#include "base/text.hpp"

namespace gbkit::wire {
namespace {

constexpr std::size_t max_bytes = 1 << 20;
constexpr std::ptrdiff_t max_tags = 1 << 16;
constexpr std::size_t max_fields = 64;

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

/// The root of the body, which `document` holds.
Result<pugi::xml_node> load(std::string_view body, pugi::xml_document& document) {
    if (body.size() > max_bytes) return fail(Errc::too_large, "an XML body over 1 MiB", max_bytes);
    if (std::count(body.begin(), body.end(), '<') > max_tags) return fail(Errc::too_large, "an XML body of too many tags", body.size());
    // Some devices count a terminating NUL into Content-Length.
    const std::string_view xml = body.substr(0, body.find_last_not_of('\0') + 1);
    const std::string text = utf8_of(xml);
    const pugi::xml_parse_result parsed = document.load_buffer(text.data(), text.size(), pugi::parse_default, pugi::encoding_utf8);
    // pugixml's place is one in the text it read: not the input's when that was converted.
    if (!parsed) return fail(Errc::malformed, "broken XML", text == xml ? std::min(static_cast<std::size_t>(parsed.offset), xml.size()) : 0);
    const pugi::xml_node root = document.document_element();
    if (!root) return fail(Errc::malformed, "no XML element");
    return root;
}

Manscdp head_of(const pugi::xml_node& root) {
    return {root.name(), field(root, "CmdType"), field(root, "SN"), field(root, "DeviceID"), field(root, "Status")};
}

ManscdpItem item_of(const pugi::xml_node& node) {
    ManscdpItem item;
    const std::pair<std::string_view, std::string*> places[] = {
        {"DeviceID", &item.device_id}, {"Name", &item.name},     {"Manufacturer", &item.manufacturer},
        {"ParentID", &item.parent_id}, {"BusinessGroupID", &item.business_group_id},
        {"Parental", &item.parental},  {"Status", &item.status}, {"Event", &item.event},
        {"StartTime", &item.start_time}, {"EndTime", &item.end_time}};
    for (const pugi::xml_node& child : node.children())
        for (const auto& [name, place] : places)
            if (place->empty() && iequals(child.name(), name)) *place = trim(child.child_value());
    return item;
}

ManscdpList list_of(const pugi::xml_node& node) {
    ManscdpList list{.name = node.name(), .num = std::nullopt, .items = {}};
    for (const pugi::xml_attribute& attribute : node.attributes())
        if (iequals(attribute.name(), "Num")) list.num = to_number(trim(attribute.value()));
    for (const pugi::xml_node& child : node.children())
        if (child.type() == pugi::node_element) list.items.push_back(item_of(child));
    return list;
}

bool ends_in_list(std::string_view name) noexcept { return name.size() > 4 && iequals(name.substr(name.size() - 4), "List"); }

}  // namespace

Result<Manscdp> parse_manscdp(std::string_view body) {
    pugi::xml_document document;
    const Result<pugi::xml_node> root = load(body, document);
    if (!root) return tl::unexpected(root.error());
    return head_of(*root);
}

Result<ManscdpBody> parse_manscdp_body(std::string_view bytes) {
    pugi::xml_document document;
    const Result<pugi::xml_node> root = load(bytes, document);
    if (!root) return tl::unexpected(root.error());
    ManscdpBody body;
    body.head = head_of(*root);
    for (const pugi::xml_attribute& attribute : root->attributes())
        if (iequals(attribute.name(), "CmdType") || iequals(attribute.name(), "SN")) body.attributes = true;
    for (const pugi::xml_node& child : root->children()) {
        const std::string_view name = child.name();
        if (child.type() != pugi::node_element || iequals(name, "CmdType") || iequals(name, "SN") || iequals(name, "DeviceID")) continue;
        if (!body.list && ends_in_list(name)) body.list = list_of(child);
        else if (body.fields.size() < max_fields) body.fields.emplace_back(name, trim(child.child_value()));
    }
    body.sum_num = to_number(body.value("SumNum"));
    return body;
}

bool ManscdpBody::has(std::string_view name) const noexcept {
    return std::any_of(fields.begin(), fields.end(), [&](const auto& field) { return iequals(field.first, name); });
}

std::string_view ManscdpBody::value(std::string_view name) const noexcept {
    for (const auto& [key, text] : fields)
        if (iequals(key, name)) return text;
    return {};
}

}  // namespace gbkit::wire
