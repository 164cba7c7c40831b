// Who made the two ends, learned from the messages that pass: so that advice can name the right menu or file.
//
// A sender names itself: User-Agent of a request, Server or User-Agent of an answer, Manufacturer of a DeviceInfo. What
// came from an address is remembered for that address too: a device that does not answer is known by what it sent
// before. A stream is known by the y= of its SDP. State is bounded, least recently seen first to go.
#pragma once

#include <string>
#include <string_view>

#include "base/vendor.hpp"
#include "proto/observe/lru.hpp"
#include "proto/observe/observer.hpp"

namespace gbkit::proto::observe {

class Makers {
public:
    void see(const SipSeen& seen);
    /// Both ends by the subject of a finding: a device or channel ID, "ssrc 0100003190".
    [[nodiscard]] Parties of(const std::string& subject);

private:
    void came_from(const Endpoint& at, Vendor maker);
    void manufacturer(const wire::sip::Message& message, const std::string& sender);
    void stream(const wire::sip::Message& message);
    Parties& entry(const std::string& id);

    static constexpr std::size_t capacity = 20'000;
    Lru<std::string, Parties> parties_{capacity};       // by device or channel
    Lru<std::string, Vendor> places_{capacity};         // by address and port
    Lru<std::string, std::string> streams_{capacity};   // "ssrc 0100003190" -> channel
};

}  // namespace gbkit::proto::observe
