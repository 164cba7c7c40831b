#include "io/socket_address.hpp"

#include <cstring>

#include <netinet/in.h>

namespace gbkit::io {

SocketAddress to_socket_address(const Endpoint& endpoint) noexcept {
    SocketAddress result;
    const ByteView bytes = endpoint.address.bytes();
    if (endpoint.address.is_v6()) {
        sockaddr_in6 v6{};
        v6.sin6_family = AF_INET6;
        v6.sin6_port = htons(endpoint.port);
        std::memcpy(&v6.sin6_addr, bytes.data(), bytes.size());
        std::memcpy(&result.storage, &v6, sizeof v6);
        result.length = sizeof v6;
    } else {
        sockaddr_in v4{};
        v4.sin_family = AF_INET;
        v4.sin_port = htons(endpoint.port);
        std::memcpy(&v4.sin_addr, bytes.data(), bytes.size());
        std::memcpy(&result.storage, &v4, sizeof v4);
        result.length = sizeof v4;
    }
    return result;
}

Endpoint to_endpoint(const sockaddr_storage& storage) noexcept {
    if (storage.ss_family == AF_INET) {
        sockaddr_in v4{};
        std::memcpy(&v4, &storage, sizeof v4);
        return {IpAddress::v4(ntohl(v4.sin_addr.s_addr)), ntohs(v4.sin_port)};
    }
    if (storage.ss_family != AF_INET6) return {};
    sockaddr_in6 v6{};
    std::memcpy(&v6, &storage, sizeof v6);
    const ByteView bytes{v6.sin6_addr.s6_addr, 16};
    const bool mapped = IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr);
    return {IpAddress::from_bytes(mapped ? bytes.subspan(12) : bytes), ntohs(v6.sin6_port)};
}

}  // namespace gbkit::io
