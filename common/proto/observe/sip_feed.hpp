// Packets in, SIP messages out: finds SIP by content on UDP and TCP and hands each message to the observers.
//
// A UDP payload is one message. On TCP each direction of a connection is framed by Content-Length. Resends
// (same ends, same start line, branch, CSeq and Call-ID within 40 s) are marked. State is bounded: a fixed number
// of streams, flows and messages is remembered, least recently used dropped first; stream buffers share one budget.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "proto/observe/observer.hpp"
#include "proto/observe/packet.hpp"
#include "wire/sip/framer.hpp"
#include "wire/sip/parsed_once.hpp"

namespace gbkit::proto::observe {

struct SipFeedCounts {
    std::uint64_t messages = 0;
    std::uint64_t retransmissions = 0;
    std::uint64_t malformed = 0;        // looks like SIP and cannot be read; a finding says why
    std::uint64_t not_sip = 0;          // UDP payloads and TCP connections' directions that are something else
    std::uint64_t keepalive_bytes = 0;  // CRLF or short filler datagrams on a SIP flow
    std::uint64_t streams_dropped = 0;  // TCP streams given up to stay within the budget
};

class SipFeed {
public:
    using Sink = std::function<void(const SipSeen&)>;
    /// `parsed`: shared with a machine that reads the same messages.
    SipFeed(Sink sink, FindingSink findings, wire::sip::Limits limits = {},
            std::shared_ptr<wire::sip::ParsedOnce> parsed = std::make_shared<wire::sip::ParsedOnce>());
    ~SipFeed();

    /// SipSeen::packet.bytes holds the message as it was on the wire.
    void see(const Packet& packet);
    [[nodiscard]] const SipFeedCounts& counts() const noexcept { return counts_; }

private:
    struct State;
    struct Stream;
    void datagram(const Packet& packet);
    void stream(const Packet& packet);
    Stream& stream_of(const Packet& packet);
    void push(Stream& stream, const Packet& packet);
    void forget(Stream& stream);
    void drop_oldest_stream();
    void message(const Packet& place, bool without_length);
    void unreadable(const Packet& place, const Error& error, const wire::sip::Message* message);
    void check(const Packet& place, const wire::sip::Message& message, bool without_length);

    std::unique_ptr<State> state_;
    SipFeedCounts counts_;
};

}  // namespace gbkit::proto::observe
