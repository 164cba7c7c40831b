#include "proto/sip/reply.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "wire/sip/writer.hpp"

namespace gbkit::proto::sip {

namespace {

// The offset of the first comma outside quotes, or the whole length: one Via line may hold several values.
std::size_t first_value_length(std::string_view values) noexcept {
    bool quoted = false;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (values[i] == '"') quoted = !quoted;
        if (values[i] == ',' && !quoted) return i;
    }
    return values.size();
}

bool is_parameter(std::string_view piece, std::string_view name) noexcept {
    piece = trim(piece);
    if (!istarts_with(piece, name)) return false;
    const std::string_view rest = trim(piece.substr(name.size()));
    return rest.empty() || rest.front() == '=';
}

// RFC 3261 18.2.1 and RFC 3581 section 4: what the top Via says of where the request really came from.
std::string with_source(std::string_view via_line, const Endpoint& source, const wire::sip::Via& top) {
    const std::size_t end = first_value_length(via_line);
    std::string value;
    for (const std::string_view piece : split(via_line.substr(0, end), ';')) {
        if (is_parameter(piece, "received") || is_parameter(piece, "rport")) continue;
        if (!value.empty()) value += ';';
        value += piece;
    }
    if (top.has_rport) value += ";rport=" + std::to_string(source.port);
    if (top.has_rport || IpAddress::parse(top.host) != source.address) value += ";received=" + source.address.text();
    return value.append(via_line.substr(end));
}

bool answerable(const wire::sip::Message& request) {
    for (const std::string_view name : {"Via", "From", "To", "Call-ID", "CSeq"}) {
        const wire::sip::HeaderField* field = request.find(name);
        if (!field || !is_header_text(field->value)) return false;
    }
    const auto vias = request.all("Via");
    return std::all_of(vias.begin(), vias.end(), [](const auto* via) { return is_header_text(via->value); });
}

}  // namespace

bool is_header_text(std::string_view text) noexcept {
    return std::none_of(text.begin(), text.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

std::optional<std::string> make_reply(const wire::sip::Message& request, const Endpoint& source, int status,
                                      std::string_view reason, std::string_view to_tag, const HeaderLines& extra,
                                      std::string_view body) {
    if (!answerable(request)) return std::nullopt;
    wire::sip::Writer writer = wire::sip::Writer::response(status, reason);
    bool topmost = true;
    for (const wire::sip::HeaderField* via : request.all("Via")) {
        if (topmost && !request.vias.empty()) writer.header("Via", with_source(via->value, source, request.vias.front()));
        else writer.header("Via", via->value);
        topmost = false;
    }
    writer.header("From", request.value("From"));
    std::string to(request.value("To"));
    if (request.to.tag.empty() && ifind(to, ";tag=") == std::string::npos && !to_tag.empty()) to.append(";tag=").append(to_tag);
    writer.header("To", to);
    writer.header("Call-ID", request.value("Call-ID"));
    writer.header("CSeq", request.value("CSeq"));
    for (const auto& [name, value] : extra) writer.header(name, value);
    return std::move(writer).finish(body);
}

Endpoint reply_address(const wire::sip::Message& request, const Endpoint& source) {
    if (request.vias.empty()) return source;
    const wire::sip::Via& via = request.vias.front();
    const bool direct = IpAddress::parse(via.host) == source.address;
    if (via.has_rport || !direct) return source;
    return {source.address, via.port == 0 ? std::uint16_t{5060} : via.port};
}

std::optional<std::string> make_ack(const wire::sip::Message& invite, const wire::sip::Message& response) {
    if (!answerable(invite) || !is_header_text(response.value("To"))) return std::nullopt;
    wire::sip::Writer writer = wire::sip::Writer::request("ACK", invite.request_uri());
    writer.header("Via", invite.value("Via"));
    for (const wire::sip::HeaderField* route : invite.all("Route")) writer.header("Route", route->value);
    writer.header("From", invite.value("From"));
    writer.header("To", response.value("To"));
    writer.header("Call-ID", invite.value("Call-ID"));
    writer.header("CSeq", std::to_string(invite.cseq.number) + " ACK");
    writer.header("Max-Forwards", 70);
    return std::move(writer).finish();
}

}  // namespace gbkit::proto::sip
