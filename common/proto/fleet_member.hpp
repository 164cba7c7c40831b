// What a member of a fleet gets in each turn: the time, the shared transaction layer, its way to the peer.
#pragma once

#include <cstdint>
#include <string>

#include "base/endpoint.hpp"
#include "base/random.hpp"
#include "base/time.hpp"
#include "proto/sip/transaction_layer.hpp"

namespace gbkit::proto {

/// Where the connection of a member leads that is not to go to the fleet's server.
struct Destination {
    Endpoint peer;
    std::string name;               // as it was written: what a certificate must name
};

struct Turn {
    Time now;
    std::uint32_t member;           // its number, the owner of the transactions it opens
    Endpoint local;                 // our end of the flow
    const sip::Route& route;        // to the server
    sip::TransactionLayer& layer;
    Random& random;
    Actions& out;                   // reports and sends
};

}  // namespace gbkit::proto
