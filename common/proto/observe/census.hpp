// What a capture holds besides registrations: which requests, commands, dialogs and media streams, so that a page
// can say what was not judged. Counts only; bounded.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "proto/observe/lru.hpp"
#include "proto/observe/observer.hpp"

namespace gbkit::proto::observe {

/// A UDP flow that is no SIP. RTP when every payload has the form (RFC 3550 5.1) and keeps one SSRC.
struct OtherFlow {
    Endpoint source, destination;
    std::uint64_t packets = 0;
    std::uint64_t bytes = 0;
    std::uint64_t first_frame = 0;
    bool rtp = false;
    std::uint32_t ssrc = 0;
    std::uint8_t payload_type = 0;
};

class Census {
public:
    void see(const SipSeen& seen);
    /// Every UDP packet the SIP feed has no use for.
    void see_other(const Packet& packet);
    /// These were media after all: RTP is believed after a few packets.
    void forget_other(const Endpoint& source, const Endpoint& destination);

    /// Requests by method, resends not counted; methods nobody knows are "other".
    [[nodiscard]] const std::map<std::string, std::uint64_t>& requests() const noexcept { return requests_; }
    /// MANSCDP bodies: "Query Catalog", "Response Catalog"; resends not counted.
    [[nodiscard]] const std::map<std::string, std::uint64_t>& commands() const noexcept { return commands_; }
    [[nodiscard]] std::uint64_t invite_dialogs() const noexcept { return invite_dialogs_; }
    /// Names in From and To: the 20-digit IDs; in order of appearance, at most 1000.
    [[nodiscard]] const std::vector<std::string>& ids() const noexcept { return ids_; }
    [[nodiscard]] std::vector<OtherFlow> other_flows() const;

private:
    void add_id(const std::string& user);

    std::map<std::string, std::uint64_t> requests_;
    std::map<std::string, std::uint64_t> commands_;
    std::uint64_t invite_dialogs_ = 0;
    Lru<std::string, char> invites_{10000};
    std::vector<std::string> ids_;
    Lru<std::string, char> known_ids_{1000};
    Lru<Ends, OtherFlow> flows_{1000};
};

/// The command in a MANSCDP body, "Query Catalog"; empty when there is none. The head of a body in the usual form is
/// enough: XML that breaks later still has its command.
[[nodiscard]] std::string command_of(const wire::sip::Message& message);

}  // namespace gbkit::proto::observe
