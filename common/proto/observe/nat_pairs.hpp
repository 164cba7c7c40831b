// Both sides of a NAT in one capture: a router's "any" interface, a mirror of its LAN and its WAN port.
//
//   192.168.1.64:5060 ---- message ----> 203.0.113.9:5060      inner side
//        117.136.8.21:40312 -- same bytes --> 203.0.113.9:5060 outer side, some 50 us later
//
// The same SIP message, byte for byte (branch, Call-ID and CSeq are in it), within 20 ms, with another address at exactly
// one end: that end is behind a NAT. Each such message is given on once, as the outer side shows it: it is what the other
// party sees, so that answers sent to a private Via, or to a mapping that has changed, are found. Whoever changes the
// message (a proxy adds its Via, an ALG rewrites addresses) makes another message of it and pairs nothing.
//
// A message that may have an outer twin still to come waits for it, copied, 20 ms at most; flows that had none twice wait
// no more, and nobody does in a capture where a thousand waited in vain, until the first pair shows up all the same. What an inside endpoint with a known mapping sends, and whose outer twin is missing, is given on with the
// outer address. Bounded: 256 messages wait, some thousand messages, flows and mappings are remembered, least recently
// used dropped first.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <vector>

#include "proto/observe/lru.hpp"
#include "proto/observe/observer.hpp"

namespace gbkit::proto::observe {

/// What a NAT makes of an endpoint towards one peer, and where that was seen first and last (frames of either side).
struct NatMapping {
    Endpoint inside, outside, peer;
    Transport transport = Transport::udp;
    std::uint64_t first_frame = 0, last_frame = 0;
    Time first{}, last{};
    std::uint64_t messages = 0;
    std::uint64_t order = 0;
};

class NatPairs {
public:
    using Sink = std::function<void(const SipSeen&)>;
    /// `enabled` false: everything is given on at once.
    explicit NatPairs(Sink sink, bool enabled = true) : sink_(std::move(sink)), enabled_(enabled) {}

    void see(const SipSeen& seen);
    void advance(Time now);
    void finish();

    /// In order of appearance; a second one of the same inside endpoint and peer is a rebinding.
    [[nodiscard]] std::vector<NatMapping> mappings() const;
    /// What `inside` is called towards `peer` by now, as far as that was seen.
    [[nodiscard]] std::optional<Endpoint> outside_of(const Endpoint& inside, const Endpoint& peer);
    /// Messages that were on both sides and given on once.
    [[nodiscard]] std::uint64_t paired() const noexcept { return paired_; }
    [[nodiscard]] std::size_t waiting() const noexcept { return held_.size(); }
    /// Messages of a mapping that were on one side only: the NAT dropped them, or the capture lost them.
    struct OneSided {
        std::uint64_t not_let_in = 0, first_not_let_in = 0;   // how many, and the frame of the first
        std::uint64_t not_let_out = 0, first_not_let_out = 0;
    };
    [[nodiscard]] const OneSided& one_sided() const noexcept { return one_sided_; }

    static constexpr Duration window = milliseconds{20};
    static constexpr std::size_t most_held = 256;
    static constexpr std::size_t most_awaited = 1024;
    static constexpr std::uint64_t enough_in_vain = 1000;
    static constexpr std::size_t most_mappings = 4096;

private:
    struct Triple {   // inside, outside, peer
        Endpoint inside, outside, peer;
        friend bool operator==(const Triple&, const Triple&) = default;
    };
    struct HashTriple {
        std::size_t operator()(const Triple& triple) const noexcept {
            return std::hash<Ends>{}({triple.inside, triple.peer}) * 1000003 ^ std::hash<Endpoint>{}(triple.outside);
        }
    };
    struct Seen {     // a message a moment ago
        Ends ends;
        Transport transport = Transport::udp;
        std::uint64_t frame = 0;
        Time time{};
        bool paired = false;
    };
    struct Held {
        std::uint64_t key = 0;
        Bytes bytes;
        Packet packet;
        wire::sip::Message message;
        bool retransmission = false;
    };

    struct Awaited {   // given on as the outer side shows it; its inner twin should follow
        std::uint64_t key = 0, frame = 0;
        Time time{};
    };

    void await(const Packet& packet, std::uint64_t key);
    void miss_first();
    [[nodiscard]] bool is_twin(const Seen& before, const SipSeen& seen) const;
    void pair(Seen& before, const SipSeen& seen, std::uint64_t key);
    void learn(const NatMapping& found);
    [[nodiscard]] bool may_have_twin(const Packet& packet);
    void hold(const SipSeen& seen, std::uint64_t key);
    void give(const SipSeen& seen);
    void release_first();
    [[nodiscard]] Packet outer(const Packet& packet);

    Sink sink_;
    bool enabled_;
    std::deque<Held> held_;                                     // in order
    Lru<std::uint64_t, Seen> recent_{8192};                     // by the hash of the bytes
    Lru<Ends, std::uint32_t> alone_{16384};           // messages of a flow that had no twin
    Lru<Ends, Endpoint> by_inside_{most_mappings};    // inside and peer: outside
    Lru<Triple, NatMapping, HashTriple> mappings_{most_mappings};
    Lru<Ends, char> outsides_{most_mappings};         // outside and peer
    std::deque<Awaited> awaited_;                               // in order
    OneSided one_sided_;
    std::uint64_t paired_ = 0, learnt_ = 0, in_vain_ = 0;
};

}  // namespace gbkit::proto::observe
