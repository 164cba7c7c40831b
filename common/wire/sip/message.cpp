// Look-ups in the header table; compact forms of RFC 3261 section 7.3.3 and of the extensions since.
#include "wire/sip/message.hpp"

#include <array>

#include "base/text.hpp"

namespace gbkit::wire::sip {
namespace {

/// Long name of a compact form (IANA registry of SIP header fields); a longer name is its own.
std::string_view long_name(std::string_view name) noexcept {
    static constexpr std::array<std::string_view, 26> names = {
        "Accept-Contact", "Referred-By", "Content-Type", "Request-Disposition", "Content-Encoding", "From", "",
        "", "Call-ID", "Reject-Contact", "Supported", "Content-Length", "Contact", "Identity-Info", "Event", "", "",
        "Refer-To", "Subject", "To", "Allow-Events", "Via", "", "Session-Expires", "Identity", ""};
    if (name.size() != 1) return name;
    const char letter = ascii_lower(name[0]);
    if (letter < 'a' || letter > 'z') return name;
    const std::string_view found = names[static_cast<std::size_t>(letter - 'a')];
    return found.empty() ? name : found;
}

/// Whether a header is the one of that long name; most differ in length already.
bool is_named(std::string_view name, std::string_view wanted) noexcept {
    if (name.size() == 1) name = long_name(name);
    return name.size() == wanted.size() && !name.empty() && ascii_lower(name[0]) == ascii_lower(wanted[0]) && iequals(name, wanted);
}

}  // namespace

bool same_header(std::string_view a, std::string_view b) noexcept { return iequals(long_name(a), long_name(b)); }

std::string_view Message::method() const noexcept {
    if (is_request()) return start_method_;
    const std::string_view sequence = value("CSeq");
    const std::size_t gap = sequence.find_last_of(" \t");
    return gap == std::string_view::npos ? std::string_view() : sequence.substr(gap + 1);
}

const HeaderField* Message::find(std::string_view name) const noexcept {
    const std::string_view wanted = long_name(name);
    for (const HeaderField& header : headers_)
        if (is_named(header.name, wanted)) return &header;
    return nullptr;
}

std::vector<const HeaderField*> Message::all(std::string_view name) const {
    const std::string_view wanted = long_name(name);
    std::vector<const HeaderField*> found;
    for (const HeaderField& header : headers_)
        if (is_named(header.name, wanted)) found.push_back(&header);
    return found;
}

std::string_view Message::value(std::string_view name) const noexcept {
    const HeaderField* header = find(name);
    return header == nullptr ? std::string_view() : header->value;
}

std::size_t Message::bytes_after_head() const noexcept {
    if (body_.data() == nullptr) return 0;
    return static_cast<std::size_t>(text().data() + text().size() - body_.data());
}

std::optional<std::uint32_t> expires_of(const Message& message) {
    for (const NameAddr& contact : message.contacts)
        if (contact.expires) return contact.expires;
    const std::optional<std::uint64_t> header = to_number(trim(message.value("Expires")), UINT32_MAX);
    return header ? std::optional(static_cast<std::uint32_t>(*header)) : std::nullopt;
}

}  // namespace gbkit::wire::sip
