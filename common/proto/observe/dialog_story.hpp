// What is told of one INVITE dialog: who called whom, what both offered, how it ended.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/endpoint.hpp"
#include "base/time.hpp"
#include "proto/machine.hpp"
#include "proto/observe/packet.hpp"

namespace gbkit::proto::observe {

/// A message of the dialog: its frame and time; frame 0 and no time when it was not seen.
struct DialogPlace {
    std::uint64_t frame = 0;
    Time time{};
    std::uint32_t copies = 0;
    [[nodiscard]] bool seen() const noexcept { return copies > 0; }
};

/// One side's SDP, as far as it counts.
struct DialogSide {
    std::string kind;                       // of its first m= line: "video", "audio"
    std::string address;                    // c=, as sent
    std::uint32_t port = 0;
    bool tcp = false;
    std::string setup, direction;
    std::vector<std::string> encodings;     // "96 PS/90000", in their order
    std::string y;                          // as sent, empty: absent
    std::optional<std::uint32_t> ssrc;
    [[nodiscard]] std::optional<Endpoint> endpoint() const;
};

/// The stream that belongs to the dialog, as it was seen.
struct DialogMedia {
    std::uint32_t source_number = 0;        // of the media feed's sources, 0: none was seen
    std::uint32_t ssrc = 0;
    Endpoint source, destination;
    std::uint64_t first_frame = 0;
    Time first{}, last{};
    std::uint64_t packets = 0;
};

struct DialogStory {
    enum class State : std::uint8_t { inviting, refused, unanswered, answered, confirmed, ended, cancelled };
    std::string call_id;
    std::string caller, callee;             // From user, user of the Request-URI: the channel that is called
    std::string session;                    // s=: Play, Playback, Download, Talk
    std::string subject;
    std::string caller_agent, callee_agent;
    Endpoint caller_at, callee_at;
    Transport transport = Transport::udp;
    State state = State::inviting;
    int status = 0;                         // of the last final answer to the INVITE
    std::string reason;
    DialogPlace invite, trying, answer, ack, bye, bye_answer;
    DialogPlace pause;                      // the last PAUSE of a playback (INFO, Annex B)
    bool bye_from_callee = false;
    int bye_status = 0;
    std::optional<DialogSide> offer, reply;
    DialogMedia media;
    std::optional<ConnectionSeen> connection;   // the last one dialled for the media
    bool dialled_by_callee = false;
    std::uint32_t dials = 0;                    // connections dialled for it

    /// A device calls its platform: it fetches the voice of a broadcast (GB/T 28181-2022 9.12).
    [[nodiscard]] bool calls_platform() const;
    /// A PAUSE explains that nothing came after that packet. A device takes up to three seconds to obey.
    [[nodiscard]] bool paused_after(Time last_packet) const { return pause.seen() && pause.time >= last_packet - seconds(3); }
    /// Whom a finding about this call is about: the channel that is called, or the device that calls.
    [[nodiscard]] const std::string& whom() const { return calls_platform() ? caller : callee; }
};

}  // namespace gbkit::proto::observe
