// What of a capture is wanted: one device, one conversation, one play, or all; with the media their SDP announced.
//
// A message belongs to a device that From, To, the request URI or a Contact names; so does every message of a call to where
// that device alone registers from: a recorder is called by the IDs of its channels. A play is the calls of a channel, or
// one Call-ID. Media belong to it when one end is an address and port (or the port above it, RTCP) that the SDP of such a
// message announced: behind a NAT the platform's.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "proto/observe/observer.hpp"

namespace gbkit::replay_tool {

class Selection {
public:
    /// Empty texts: everything.
    Selection(std::string device, std::string call, std::string play = "") : device_(std::move(device)), call_(std::move(call)), play_(std::move(play)) {}

    [[nodiscard]] bool everything() const noexcept { return device_.empty() && call_.empty() && play_.empty(); }
    /// Is this message wanted? Its SDP is remembered when it is.
    bool see(const proto::observe::SipSeen& seen);
    [[nodiscard]] bool wants(const proto::Packet& media) const;

private:
    [[nodiscard]] bool chosen(const proto::observe::SipSeen& seen);
    [[nodiscard]] bool is_of_device(const proto::observe::SipSeen& seen) const;
    [[nodiscard]] bool is_of_play(const wire::sip::Message& message) const;
    void note_place(const proto::observe::SipSeen& seen);

    std::string device_, call_, play_;
    std::set<std::string> calls_;                       // that were chosen
    std::map<Endpoint, std::string> registrants_;       // who registers from there; empty: several
    std::set<Endpoint> announced_;
};

/// Whole SIP messages back into the byte streams they came from, one after another: where the next one begins.
class StreamPlaces {
public:
    /// The packet with the place its `bytes` get in what is written.
    [[nodiscard]] proto::Packet placed(proto::Packet packet);

private:
    struct Place {
        std::uint64_t read = 0, written = 0;
    };
    std::map<Ends, Place> places_;
};

}  // namespace gbkit::replay_tool
