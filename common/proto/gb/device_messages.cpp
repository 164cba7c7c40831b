#include "proto/gb/device_messages.hpp"

#include <fmt/format.h>

#include "wire/sip/writer.hpp"

namespace gbkit::proto::gb {

namespace {

std::string request_uri(const DeviceSettings& settings, const RequestLine& line) {
    return server_uri(settings, settings.habits.request_uri, line.server_id, line.peer);
}

wire::sip::Writer request(const DeviceSettings& settings, std::string_view method, const RequestLine& line) {
    wire::sip::Writer writer = wire::sip::Writer::request(method, request_uri(settings, line));
    writer.header("Via", fmt::format("SIP/2.0/{} {};rport;branch={}", name_of(settings.transport), line.local.text(), line.branch));
    if (line.routed) writer.header("Route", fmt::format("<sip:{}@{};lr>", line.server_id, line.peer.text()));
    return writer;
}

void dialog_headers(wire::sip::Writer& writer, std::string_view from, std::string_view to, std::string_view method,
                    const RequestLine& line) {
    writer.header("From", fmt::format("<{}>;tag={}", from, line.tag));
    writer.header("To", fmt::format("<{}>", to));
    writer.header("Call-ID", line.call_id);
    writer.header("CSeq", fmt::format("{} {}", line.cseq, method));
}

std::string device_uri(const DeviceSettings& settings, std::string_view id, const RequestLine& line) {
    if (settings.habits.own_uri == UriHost::address) return fmt::format("sip:{}@{}", id, line.local.text());
    return fmt::format("sip:{}@{}", id, settings.domain);
}

std::string_view contact_parameter(Transport transport) noexcept {
    if (transport == Transport::udp) return "";
    return transport == Transport::tls ? ";transport=tls" : ";transport=tcp";
}

}  // namespace

std::string_view agent_of(const DeviceSettings& settings) noexcept {
    return settings.habits.user_agent.empty() ? std::string_view(settings.user_agent) : settings.habits.user_agent;
}

std::string fresh_token(Random& random, const Habits& habits, std::size_t digits) {
    constexpr std::uint64_t eighteen_digits = 1'000'000'000'000'000'000;
    return habits.decimal_ids ? std::to_string(random.below(eighteen_digits)) : random.hex(digits);
}

std::string server_uri(const DeviceSettings& settings, UriHost host, std::string_view server_id, const Endpoint& peer) {
    if (host == UriHost::address) return fmt::format("sip:{}@{}", server_id, peer.text());
    return fmt::format("sip:{}@{}", server_id, settings.domain);
}

std::string register_text(const DeviceSettings& settings, std::string_view id, const RequestLine& line, std::uint32_t expires,
                          const std::optional<std::string>& authorization) {
    wire::sip::Writer writer = request(settings, "REGISTER", line);
    const std::string address_of_record = device_uri(settings, id, line);
    dialog_headers(writer, address_of_record, address_of_record, "REGISTER", line);
    writer.header("Contact", fmt::format("<sip:{}@{}{}>", id, line.local.text(), contact_parameter(settings.transport)));
    if (authorization) writer.header("Authorization", *authorization);
    writer.header("Max-Forwards", 70);
    writer.header("User-Agent", agent_of(settings));
    if (!settings.gb_version.empty()) writer.header("X-GB-Ver", settings.gb_version);
    writer.header("Expires", expires);
    return std::move(writer).finish();
}

std::string keepalive_text(const DeviceSettings& settings, std::string_view id, const RequestLine& line, std::uint32_t serial) {
    wire::sip::Writer writer = request(settings, "MESSAGE", line);
    dialog_headers(writer, device_uri(settings, id, line), request_uri(settings, line), "MESSAGE", line);
    writer.header("Max-Forwards", 70);
    writer.header("User-Agent", agent_of(settings));
    writer.header("Content-Type", "Application/MANSCDP+xml");
    return std::move(writer).finish(fmt::format(
        "<?xml version=\"1.0\" encoding=\"GB2312\"?>\r\n<Notify>\r\n<CmdType>Keepalive</CmdType>\r\n<SN>{}</SN>\r\n"
        "<DeviceID>{}</DeviceID>\r\n<Status>OK</Status>\r\n</Notify>\r\n",
        serial, id));
}

}  // namespace gbkit::proto::gb
