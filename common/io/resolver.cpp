#include "io/resolver.hpp"

#include <memory>

#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>

#include <cstring>

#include "io/socket_address.hpp"

namespace gbkit::io {

namespace {

sockaddr_storage stored(const sockaddr& address) {
    sockaddr_storage storage{};
    std::memcpy(&storage, &address, address.sa_family == AF_INET6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in));
    return storage;
}

bool is_link_local(const IpAddress& address) {
    const ByteView bytes = address.bytes();
    return address.is_v6() ? bytes[0] == 0xFE && (bytes[1] & 0xC0) == 0x80 : bytes[0] == 169 && bytes[1] == 254;
}

}  // namespace

Result<std::vector<Endpoint>> resolve(const HostPort& where) {
    if (const auto literal = IpAddress::parse(where.host)) return std::vector<Endpoint>{{*literal, where.port}};
    addrinfo hints{};
    hints.ai_socktype = SOCK_DGRAM;
    hints.ai_flags = AI_ADDRCONFIG;
    addrinfo* head = nullptr;
    const int error = getaddrinfo(where.host.c_str(), nullptr, &hints, &head);
    const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> list(head, &freeaddrinfo);
    if (error != 0) return fail(Errc::not_found, gai_strerror(error));
    std::vector<Endpoint> found;
    for (const addrinfo* each = head; each; each = each->ai_next)
        if (each->ai_family == AF_INET || each->ai_family == AF_INET6)
            found.push_back({to_endpoint(stored(*each->ai_addr)).address, where.port});
    if (found.empty()) return fail(Errc::not_found, "no IP address for this name");
    return found;
}

std::vector<IpAddress> own_addresses() {
    ifaddrs* head = nullptr;
    if (getifaddrs(&head) != 0) return {};
    const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> list(head, &freeifaddrs);
    std::vector<IpAddress> found;
    for (const ifaddrs* each = head; each; each = each->ifa_next) {
        const bool up = (each->ifa_flags & IFF_UP) != 0 && (each->ifa_flags & IFF_LOOPBACK) == 0;
        if (!up || !each->ifa_addr || (each->ifa_addr->sa_family != AF_INET && each->ifa_addr->sa_family != AF_INET6)) continue;
        const IpAddress address = to_endpoint(stored(*each->ifa_addr)).address;
        if (!is_link_local(address)) found.push_back(address);
    }
    return found;
}

}  // namespace gbkit::io
