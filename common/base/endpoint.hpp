// IP addresses and HOST:PORT: the values that packets, URIs and sockets share.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"

namespace gbkit {

/// An IPv4 or IPv6 address; IPv4 uses the first four octets.
class IpAddress {
public:
    IpAddress() noexcept = default;  // 0.0.0.0
    [[nodiscard]] static IpAddress v4(std::uint32_t host_order) noexcept;
    /// 4 or 16 bytes in network order; anything else gives 0.0.0.0.
    [[nodiscard]] static IpAddress from_bytes(ByteView network_order) noexcept;
    /// "192.0.2.1", "2001:db8::1", "[2001:db8::1]".
    [[nodiscard]] static std::optional<IpAddress> parse(std::string_view text);

    [[nodiscard]] bool is_v6() const noexcept { return v6_; }
    [[nodiscard]] ByteView bytes() const noexcept { return {octets_.data(), v6_ ? 16U : 4U}; }
    [[nodiscard]] bool is_unspecified() const noexcept;
    [[nodiscard]] bool is_loopback() const noexcept;
    /// RFC 1918, RFC 6598 (carrier NAT), link-local, unique local: not reachable from the public network.
    [[nodiscard]] bool is_private() const noexcept;
    [[nodiscard]] std::string text() const;  // RFC 5952 for IPv6, no brackets

    friend auto operator<=>(const IpAddress&, const IpAddress&) = default;

private:
    bool v6_ = false;
    std::array<std::uint8_t, 16> octets_{};
};

struct Endpoint {
    IpAddress address;
    std::uint16_t port = 0;

    /// 192.0.2.1:5060 or [2001:db8::1]:5060
    [[nodiscard]] std::string text() const;
    friend auto operator<=>(const Endpoint&, const Endpoint&) = default;
};

/// A HOST:PORT that may still need the resolver: name, IPv4, [IPv6]; port 0 when none was given.
struct HostPort {
    std::string host;  // IPv6 without brackets
    std::uint16_t port = 0;
    friend bool operator==(const HostPort&, const HostPort&) = default;
};
[[nodiscard]] Result<HostPort> parse_host_port(std::string_view text);

/// Who sends to whom: the ends of a datagram, or of one direction of a connection.
struct Ends {
    Endpoint source, destination;
    friend auto operator<=>(const Ends&, const Ends&) = default;

    /// The same for both directions.
    [[nodiscard]] Ends sorted() const noexcept { return source < destination ? *this : Ends{destination, source}; }
};

}  // namespace gbkit

template <>
struct std::hash<gbkit::Endpoint> {
    std::size_t operator()(const gbkit::Endpoint& endpoint) const noexcept {
        return std::hash<std::string_view>{}(gbkit::as_text(endpoint.address.bytes())) * 31 + endpoint.port;
    }
};

template <>
struct std::hash<gbkit::Ends> {
    std::size_t operator()(const gbkit::Ends& ends) const noexcept {
        return std::hash<gbkit::Endpoint>{}(ends.source) * 1000003 ^ std::hash<gbkit::Endpoint>{}(ends.destination);
    }
};
