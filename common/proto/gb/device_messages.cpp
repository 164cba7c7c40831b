#include "proto/gb/device_messages.hpp"

#include <fmt/format.h>

#include "wire/sip/writer.hpp"

namespace gbkit::proto::gb {

namespace {

wire::sip::Writer request(const DeviceSettings& settings, std::string_view method, const RequestLine& line) {
    wire::sip::Writer writer = wire::sip::Writer::request(method, server_uri(settings, line.server_id));
    writer.header("Via", fmt::format("SIP/2.0/{} {};rport;branch={}", name_of(settings.transport), line.local.text(), line.branch));
    return writer;
}

void dialog_headers(wire::sip::Writer& writer, std::string_view from, std::string_view to, std::string_view method,
                    const RequestLine& line) {
    writer.header("From", fmt::format("<{}>;tag={}", from, line.tag));
    writer.header("To", fmt::format("<{}>", to));
    writer.header("Call-ID", line.call_id);
    writer.header("CSeq", fmt::format("{} {}", line.cseq, method));
}

std::string device_uri(const DeviceSettings& settings, std::string_view id) { return fmt::format("sip:{}@{}", id, settings.domain); }

}  // namespace

std::string server_uri(const DeviceSettings& settings, std::string_view server_id) {
    return fmt::format("sip:{}@{}", server_id, settings.domain);
}

std::string register_text(const DeviceSettings& settings, std::string_view id, const RequestLine& line, std::uint32_t expires,
                          const std::optional<std::string>& authorization) {
    wire::sip::Writer writer = request(settings, "REGISTER", line);
    const std::string address_of_record = device_uri(settings, id);
    dialog_headers(writer, address_of_record, address_of_record, "REGISTER", line);
    const std::string_view transport = settings.transport == Transport::udp ? "" : ";transport=tcp";
    writer.header("Contact", fmt::format("<sip:{}@{}{}>", id, line.local.text(), transport));
    if (authorization) writer.header("Authorization", *authorization);
    writer.header("Max-Forwards", 70);
    writer.header("User-Agent", settings.user_agent);
    if (!settings.gb_version.empty()) writer.header("X-GB-Ver", settings.gb_version);
    writer.header("Expires", expires);
    return std::move(writer).finish();
}

std::string keepalive_text(const DeviceSettings& settings, std::string_view id, const RequestLine& line, std::uint32_t serial) {
    wire::sip::Writer writer = request(settings, "MESSAGE", line);
    dialog_headers(writer, device_uri(settings, id), server_uri(settings, line.server_id), "MESSAGE", line);
    writer.header("Max-Forwards", 70);
    writer.header("User-Agent", settings.user_agent);
    writer.header("Content-Type", "Application/MANSCDP+xml");
    return std::move(writer).finish(fmt::format(
        "<?xml version=\"1.0\" encoding=\"GB2312\"?>\r\n<Notify>\r\n<CmdType>Keepalive</CmdType>\r\n<SN>{}</SN>\r\n"
        "<DeviceID>{}</DeviceID>\r\n<Status>OK</Status>\r\n</Notify>\r\n",
        serial, id));
}

}  // namespace gbkit::proto::gb
