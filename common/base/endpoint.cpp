#include "base/endpoint.hpp"

#include <algorithm>

#include <arpa/inet.h>
#include <fmt/format.h>

#include "base/text.hpp"

namespace gbkit {

IpAddress IpAddress::v4(std::uint32_t host_order) noexcept {
    IpAddress address;
    for (std::size_t i = 0; i < 4; ++i) address.octets_[i] = static_cast<std::uint8_t>(host_order >> (24 - 8 * i));
    return address;
}

IpAddress IpAddress::from_bytes(ByteView network_order) noexcept {
    IpAddress address;
    if (network_order.size() != 4 && network_order.size() != 16) return address;
    address.v6_ = network_order.size() == 16;
    std::copy(network_order.begin(), network_order.end(), address.octets_.begin());
    return address;
}

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
    const bool bracketed = text.size() > 2 && text.front() == '[' && text.back() == ']';
    if (bracketed) text = text.substr(1, text.size() - 2);
    if (text.find('\0') != std::string_view::npos) return std::nullopt;  // inet_pton would stop there and be content
    const std::string terminated(text);
    IpAddress address;
    if (!bracketed && inet_pton(AF_INET, terminated.c_str(), address.octets_.data()) == 1) return address;
    address.v6_ = true;
    if (inet_pton(AF_INET6, terminated.c_str(), address.octets_.data()) == 1) return address;
    return std::nullopt;
}

bool IpAddress::is_unspecified() const noexcept {
    return std::all_of(octets_.begin(), octets_.end(), [](std::uint8_t octet) { return octet == 0; });
}

bool IpAddress::is_loopback() const noexcept {
    if (!v6_) return octets_[0] == 127;
    return std::all_of(octets_.begin(), octets_.end() - 1, [](std::uint8_t octet) { return octet == 0; }) && octets_[15] == 1;
}

bool IpAddress::is_private() const noexcept {
    const std::uint8_t a = octets_[0];
    const std::uint8_t b = octets_[1];
    if (v6_) return (a & 0xFE) == 0xFC || (a == 0xFE && (b & 0xC0) == 0x80);
    return a == 10 || (a == 172 && (b & 0xF0) == 16) || (a == 192 && b == 168) || (a == 100 && (b & 0xC0) == 64) ||
           (a == 169 && b == 254);
}

std::string IpAddress::text() const {
    if (!v6_) {
        std::string dotted;
        for (std::size_t i = 0; i < 4; ++i) {
            if (i > 0) dotted += '.';
            dotted += fmt::format_int(octets_[i]).c_str();
        }
        return dotted;
    }
    std::array<char, INET6_ADDRSTRLEN> buffer{};
    inet_ntop(AF_INET6, octets_.data(), buffer.data(), buffer.size());
    return buffer.data();
}

std::string Endpoint::text() const {
    std::string text = address.is_v6() ? '[' + address.text() + ']' : address.text();
    return text.append(1, ':').append(fmt::format_int(port).c_str());
}

Result<HostPort> parse_host_port(std::string_view text) {
    HostPort result;
    std::string_view port;
    if (!text.empty() && text.front() == '[') {
        const std::size_t close = text.find(']');
        if (close == std::string_view::npos) return fail(Errc::malformed, "an IPv6 address without its closing bracket", text.size());
        result.host = text.substr(1, close - 1);
        port = text.substr(close + 1);
    } else if (std::count(text.begin(), text.end(), ':') > 1) {
        if (!IpAddress::parse(text)) return fail(Errc::malformed, "an address with several colons that is no IPv6 address");
        result.host = text;  // a bare IPv6 address: no room for a port
    } else {
        const std::size_t colon = text.find(':');
        result.host = text.substr(0, colon);
        port = colon == std::string_view::npos ? std::string_view{} : text.substr(colon);
    }
    if (result.host.empty()) return fail(Errc::malformed, "an address without a host");
    if (port.empty()) return result;
    const auto number = port.front() == ':' ? to_number(port.substr(1), 65535) : std::nullopt;
    if (!number) return fail(Errc::malformed, "a port that is not 0 to 65535", text.size() - port.size());
    result.port = static_cast<std::uint16_t>(*number);
    return result;
}

}  // namespace gbkit
