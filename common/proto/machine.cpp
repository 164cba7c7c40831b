#include "proto/machine.hpp"

namespace gbkit::proto {

std::string_view name_of(Transport transport) noexcept {
    switch (transport) {
        case Transport::tcp: return "TCP";
        case Transport::tls: return "TLS";
        case Transport::udp: break;
    }
    return "UDP";
}

Outcome worse(Outcome a, Outcome b) noexcept {
    for (const Outcome first : {Outcome::protocol_error, Outcome::refused, Outcome::unreachable, Outcome::timeout,
                                Outcome::interrupted})
        if (a == first || b == first) return first;
    return Outcome::yes;
}

}  // namespace gbkit::proto
