// Endpoints as the socket calls want them.
#pragma once

#include <sys/socket.h>

#include "base/endpoint.hpp"

namespace gbkit::io {

struct SocketAddress {
    sockaddr_storage storage{};
    socklen_t length = 0;
};

[[nodiscard]] SocketAddress to_socket_address(const Endpoint& endpoint) noexcept;
/// 0.0.0.0:0 for other families. An IPv4 address mapped into IPv6 comes out as IPv4.
[[nodiscard]] Endpoint to_endpoint(const sockaddr_storage& storage) noexcept;

}  // namespace gbkit::io
