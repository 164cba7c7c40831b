// The verdict on a message as a whole: RFC 3261 sections 8.2, 18.3 and 20, RFC 4475.
//
// Each rule is a small function that says nothing or which status it asks for; the table below sets their order
// (the first one that speaks wins). What a request is refused for, a response or an ACK is dropped for: nobody
// may answer those. Deviations that RFC 4475 lets a liberal element pass (a strange Date, headers escaped in the
// request-URI, Max-Forwards over 255) pass here: working devices show them.
#include <array>

#include "base/text.hpp"
#include "wire/sip/chars.hpp"
#include "wire/sip/message.hpp"
#include "wire/sip/split.hpp"

namespace gbkit::wire::sip {
namespace {

struct Refusal {
    int status;
    Error why;
};
using Opinion = std::optional<Refusal>;
using OptionTags = std::span<const std::string_view>;

Opinion refuse(int status, Errc code, std::string what, std::size_t offset = 0) {
    return Refusal{status, {code, std::move(what), offset}};
}

std::size_t offset_in(const Message& message, std::string_view part) {
    return static_cast<std::size_t>(part.data() - message.text().data());
}

/// RFC 3261 section 7.1: SIP/2.0, in any letter case.
Opinion version(const Message& message, OptionTags) {
    if (iequals(message.version(), "SIP/2.0")) return std::nullopt;
    return refuse(505, Errc::unsupported, "a SIP version other than 2.0", offset_in(message, message.version()));
}

/// Section 8.2.2.1: a request-URI of a scheme the server does not know.
Opinion scheme(const Message& message, OptionTags) {
    static constexpr std::array<std::string_view, 3> known = {"sip", "sips", "tel"};
    if (!message.is_request() || message.uri.scheme.empty()) return std::nullopt;
    for (const std::string_view each : known)
        if (iequals(message.uri.scheme, each)) return std::nullopt;
    return refuse(416, Errc::unsupported, "an unknown scheme of the request-URI", offset_in(message, message.request_uri()));
}

/// Section 8.1.1, without Max-Forwards, which RFC 2543 did not ask for.
Opinion required_headers(const Message& message, OptionTags) {
    static constexpr std::array<std::string_view, 5> required = {"Via", "From", "To", "Call-ID", "CSeq"};
    for (const std::string_view name : required)
        if (message.find(name) == nullptr) return refuse(400, Errc::not_found, "no " + std::string(name) + " header", message.text().size());
    return std::nullopt;
}

Opinion grammar(const Message& message, OptionTags) {
    if (!message.defect) return std::nullopt;
    return Refusal{400, *message.defect};
}

/// Section 7.3.1: of these only one may be there; the same statement twice does no harm.
Opinion contradictions(const Message& message, OptionTags) {
    static constexpr std::array<std::string_view, 4> single = {"Content-Length", "Max-Forwards", "Content-Type", "Expires"};
    for (const std::string_view name : single) {
        const HeaderField* first = message.find(name);
        if (first == nullptr) continue;
        for (const HeaderField& header : message.headers())
            if (same_header(header.name, name) && header.value != first->value)
                return refuse(400, Errc::conflict, "two different " + std::string(name) + " headers", header.offset);
    }
    return std::nullopt;
}

/// Section 8.1.1.5: below 2^31, and the method of the request.
Opinion sequence(const Message& message, OptionTags) {
    const HeaderField* header = message.find("CSeq");
    if (message.cseq.number > 0x7FFFFFFF) return refuse(400, Errc::malformed, "a CSeq number over 2^31 - 1", header->offset);
    if (message.is_request() && message.cseq.method != message.method())
        return refuse(400, Errc::conflict, "a CSeq method that is not the request's", header->offset);
    return std::nullopt;
}

/// Sections 18.3 and 20.14.
Opinion content_length(const Message& message, OptionTags) {
    const HeaderField* header = message.find("Content-Length");
    if (header == nullptr) return std::nullopt;
    const std::optional<std::uint64_t> length = to_number(header->value);
    if (!length) return refuse(400, Errc::malformed, "a Content-Length that is no number", header->offset);
    if (*length > message.bytes_after_head()) return refuse(400, Errc::truncated, "a body shorter than Content-Length", header->offset);
    return std::nullopt;
}

/// Section 20: a URI with '?' or ',' outside angle brackets belongs to nobody knows what.
Opinion bare_contact(const Message& message, OptionTags) {
    for (const HeaderField* header : message.all("Contact"))
        for (const std::string_view contact : split_values(header->value))
            if (!has_brackets(contact) && addr_spec(contact).find('?') != std::string_view::npos)
                return refuse(400, Errc::malformed, "a Contact URI with headers and without angle brackets", header->offset);
    return std::nullopt;
}

/// Section 10.2: the To of a REGISTER is an address of record, a SIP or SIPS URI.
Opinion address_of_record(const Message& message, OptionTags) {
    if (!message.is_request() || message.method() != "REGISTER") return std::nullopt;
    if (iequals(message.to.uri.scheme, "sip") || iequals(message.to.uri.scheme, "sips")) return std::nullopt;
    return refuse(400, Errc::malformed, "a REGISTER for an address that is no SIP URI", message.find("To")->offset);
}

/// RFC 4475 section 3.3.10: forwarding it would make the proxy shout at its whole network.
Opinion broadcast_via(const Message& message, OptionTags) {
    if (message.is_request()) return std::nullopt;
    for (const Via& via : message.vias)
        if (via.host == "255.255.255.255") return refuse(400, Errc::malformed, "a response to be sent to a broadcast address", message.find("Via")->offset);
    return std::nullopt;
}

/// Sections 8.2.2.3 and 16.3: option tags that must be understood; CANCEL is exempt.
Opinion extensions(const Message& message, OptionTags supported) {
    static constexpr std::array<std::string_view, 2> names = {"Require", "Proxy-Require"};
    if (!message.is_request() || message.method() == "CANCEL" || message.method() == "ACK") return std::nullopt;
    for (const std::string_view name : names)
        for (const HeaderField* header : message.all(name))
            for (const std::string_view tag : split_values(header->value)) {
                bool understood = tag.empty();
                for (const std::string_view each : supported) understood = understood || iequals(each, tag);
                if (!understood) return refuse(420, Errc::unsupported, "an extension that is not supported", offset_in(message, tag));
            }
    return std::nullopt;
}

std::string_view media_type(std::string_view value) { return trim(value.substr(0, value.find(';'))); }

/// Section 8.2.3 for INVITE, whose body is an offer: SDP, or parts that may hold it.
Opinion offer_type(const Message& message, OptionTags) {
    const std::string_view type = media_type(message.value("Content-Type"));
    if (!message.is_request() || message.method() != "INVITE" || type.empty() || message.body().empty()) return std::nullopt;
    if (iequals(type, "application/sdp") || istarts_with(type, "multipart/")) return std::nullopt;
    return refuse(415, Errc::unsupported, "an INVITE body that is no SDP", message.find("Content-Type")->offset);
}

/// Section 20.1 for INVITE: an answer in SDP must be acceptable (an empty Accept accepts nothing).
Opinion answer_type(const Message& message, OptionTags) {
    const std::vector<const HeaderField*> accepts = message.all("Accept");
    if (!message.is_request() || message.method() != "INVITE" || accepts.empty()) return std::nullopt;
    for (const HeaderField* header : accepts)
        for (const std::string_view range : split_values(header->value))
            for (const std::string_view fits : {"application/sdp", "application/*", "*/*"})
                if (iequals(media_type(range), fits)) return std::nullopt;
    return refuse(406, Errc::unsupported, "an INVITE that does not accept SDP", accepts.front()->offset);
}

using Rule = Opinion (*)(const Message&, OptionTags);
constexpr Rule rules[] = {
    version, scheme, required_headers, contradictions, grammar, sequence, content_length,
    bare_contact, address_of_record, broadcast_via, extensions, offer_type, answer_type,
};

}  // namespace

Judgement judge(const Message& message, std::span<const std::string_view> supported) {
    for (const Rule rule : rules) {
        const Opinion opinion = rule(message, supported);
        if (!opinion) continue;
        if (!message.is_request() || message.method() == "ACK") return {Verdict::drop, 0, opinion->why};
        return {Verdict::reject, opinion->status, opinion->why};
    }
    return {};
}

}  // namespace gbkit::wire::sip
