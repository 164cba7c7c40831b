// Which TCP connection was dialled for which call (RFC 4145): by the address that one side's SDP gives, and by who dials it.
//
// Media servers may give one port to all calls, so a promise names who is expected to dial. A caller from another host is
// taken for the expected one only where a single call waits there. Bounded: promised addresses, calls that wait at one, and
// connections are remembered by number, the least recently used go first.
#pragma once

#include <memory>
#include <vector>

#include "base/endpoint.hpp"
#include "proto/observe/lru.hpp"
#include "proto/observe/packet.hpp"

namespace gbkit::proto::observe {

struct Dialog;

class MediaConnections {
public:
    explicit MediaConnections(std::size_t dialogs) : promised_(dialogs * 2), connections_(dialogs) {}

    /// The call waits for a connection at `listener`; `dialler` is the other side's host as far as it is known.
    void promise(const std::shared_ptr<Dialog>& dialog, const Endpoint& listener, const IpAddress& dialler);
    /// The call a connection belongs to, or nothing. It is called with each change of the connection.
    [[nodiscard]] std::shared_ptr<Dialog> owner_of(const ConnectionSeen& seen);

    /// Somebody dialled `listener` and it could not be said for which call.
    [[nodiscard]] bool has_strangers(const Endpoint& listener) { return strangers_.touch(listener) != nullptr; }

    static constexpr std::size_t most_waiting = 64;   // calls at one address

private:
    struct Promise {
        std::weak_ptr<Dialog> dialog;
        IpAddress dialler;
    };

    Lru<Endpoint, std::vector<Promise>> promised_;
    Lru<Ends, std::weak_ptr<Dialog>> connections_;
    Lru<Endpoint, char> strangers_{1024};
};

}  // namespace gbkit::proto::observe
