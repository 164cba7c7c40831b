#include "wire/manscdp_catalog.hpp"

#include <fmt/format.h>

namespace gbkit::wire {

namespace {

// IDs are digits; what else somebody registered with must not become markup, or bytes GB2312 has not.
std::string escaped(std::string_view text) {
    std::string safe;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '&') safe += "&amp;";
        else if (c == '<') safe += "&lt;";
        else if (c == '>') safe += "&gt;";
        else safe += byte < 0x20 || byte > 0x7E ? '?' : c;
    }
    return safe;
}

}  // namespace

std::string catalog_notify_body(std::uint32_t sn, std::string_view catalog, std::span<const CatalogChange> changes) {
    std::string body = fmt::format(
        "<?xml version=\"1.0\" encoding=\"GB2312\"?>\r\n<Notify>\r\n<CmdType>Catalog</CmdType>\r\n<SN>{}</SN>\r\n"
        "<DeviceID>{}</DeviceID>\r\n<SumNum>{}</SumNum>\r\n",
        sn, escaped(catalog), changes.size());
    if (!changes.empty()) body += fmt::format("<DeviceList Num=\"{}\">\r\n", changes.size());
    for (const CatalogChange& change : changes)
        body += fmt::format("<Item>\r\n<DeviceID>{}</DeviceID>\r\n<Event>{}</Event>\r\n</Item>\r\n", escaped(change.device), change.online ? "ON" : "OFF");
    if (!changes.empty()) body += "</DeviceList>\r\n";
    return body += "</Notify>\r\n";
}

}  // namespace gbkit::wire
