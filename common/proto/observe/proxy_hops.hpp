// A SIP proxy in the middle of a capture: each message is there once before and once after it (RFC 3261 section 16).
//
//   device --- REGISTER, 1 Via ---> proxy --- REGISTER, 2 Via ---> platform       the second hop is left out
//          <--- 200, 1 Via ---------      <--- 200, 2 Via ---------                and its answers with it
//
// A second hop: the same Call-ID and CSeq, sent within two seconds by the host the first one went to, with more Via. The
// first hop is judged, which is that of whoever asked; a heartbeat counts once. Bounded: the last 8,192 requests.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "proto/observe/lru.hpp"
#include "proto/observe/observer.hpp"

namespace gbkit::proto::observe {

class ProxyHops {
public:
    /// The message belongs to a hop after the first one.
    [[nodiscard]] bool is_further(const SipSeen& seen);

    [[nodiscard]] std::uint64_t left_out() const noexcept { return left_out_; }
    /// Hosts that passed requests on, 64 at most.
    [[nodiscard]] const std::set<IpAddress>& proxies() const noexcept { return proxies_; }

    static constexpr Duration window = seconds{2};

private:
    struct Request {
        Ends first;
        Time time{};
        std::size_t vias = 0;        // of the last hop
        IpAddress at;                // where the last hop went
        std::vector<Ends> further{};  // at most four
    };
    [[nodiscard]] bool passed_on(Request& request, const SipSeen& seen);

    Lru<std::string, Request> requests_{8192};   // by Call-ID, CSeq and method
    std::set<IpAddress> proxies_;
    std::uint64_t left_out_ = 0;
};

}  // namespace gbkit::proto::observe
