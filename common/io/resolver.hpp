// Names into addresses, and this machine's own addresses.
#pragma once

#include <vector>

#include "base/endpoint.hpp"
#include "base/result.hpp"

namespace gbkit::io {

/// The addresses of HOST:PORT in the system's order of preference, at least one; not_found says why there is none.
[[nodiscard]] Result<std::vector<Endpoint>> resolve(const HostPort& where);

/// Of the interfaces that are up: no loopback, no link-local addresses.
[[nodiscard]] std::vector<IpAddress> own_addresses();

}  // namespace gbkit::io
