// Packets in, SIP messages out: finds SIP by content on UDP and TCP and hands each message to the observers.
//
// A UDP payload is one message. On TCP each direction of a connection is framed by Content-Length. Resends
// (same ends, same start line, branch, CSeq and Call-ID) are marked. State is bounded: at most max_flows
// streams, least recently used dropped first and counted.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "proto/observe/observer.hpp"
#include "proto/observe/packet.hpp"
#include "wire/sip/framer.hpp"

namespace gbkit::proto::observe {

struct SipFeedCounts {
    std::uint64_t messages = 0;
    std::uint64_t retransmissions = 0;
    std::uint64_t malformed = 0;        // looks like SIP and cannot be read; a finding says why
    std::uint64_t not_sip = 0;          // payloads that are something else
    std::uint64_t keepalive_bytes = 0;  // CRLF or short filler datagrams on a SIP flow
};

class SipFeed {
public:
    using Sink = std::function<void(const SipSeen&)>;
    SipFeed(Sink sink, FindingSink findings, wire::sip::Limits limits = {});
    ~SipFeed();

    void see(const Packet& packet);
    [[nodiscard]] const SipFeedCounts& counts() const noexcept { return counts_; }

private:
    struct State;
    std::unique_ptr<State> state_;
    SipFeedCounts counts_;
};

}  // namespace gbkit::proto::observe
