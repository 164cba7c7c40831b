// Follows INVITE dialogs from the offer to the BYE, with the stream they promise (rows I of the field tables).
//
// Messages are matched by Call-ID, tags and CSeq (RFC 3261 12.2, 13). A dialog is judged when something final happens
// to it: a refusal, silence for 32 s, ten seconds after the ACK without media, a BYE. At the end of the observation
// nothing that might have come later is called missing. Whether media can be seen at all is not known beforehand:
// its absence counts only together with an address that cannot work.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "proto/observe/dialog_story.hpp"
#include "proto/observe/observer.hpp"

namespace gbkit::proto::observe {

struct RtpSource;
struct RtpInOrder;

/// A media packet as far as dialogs care.
struct MediaSeen {
    std::uint32_t source_number = 0;  // of the media feed's sources, from 1
    std::uint32_t ssrc = 0;
    Endpoint source, destination;
    Transport transport = Transport::udp;
    std::uint64_t frame = 0;
    Time time{};
    std::uint8_t payload_type = 0;
    bool program_stream = false;      // the payload begins with a pack header
};
[[nodiscard]] MediaSeen media_seen(const RtpSource& source, const RtpInOrder& packet);

struct DialogSinks {
    FindingSink finding;
    std::function<void(const DialogStory&)> over;   // a dialog is over, or the observation is; may be empty
};

struct DialogLimits {
    std::size_t dialogs = 10'000;      // the least recently used goes first
};

class DialogObserver {
public:
    DialogObserver(Context context, DialogSinks sinks, DialogLimits limits = {});
    ~DialogObserver();

    void see(const SipSeen& seen);
    void see(const MediaSeen& media);
    void see(const ConnectionSeen& connection);
    void advance(Time now);
    void finish(Time end);

    /// What the SDP of the call between these ends says of a payload type: ticks a second ("8 PCMA/8000"). Either end may
    /// be the one that an SDP named.
    [[nodiscard]] std::optional<std::uint32_t> clock_of(const Endpoint& a, const Endpoint& b, std::uint8_t payload_type) const;

    /// A PAUSE in the call between these ends explains that nothing came after that packet. It may go on again since.
    [[nodiscard]] bool paused(const Endpoint& a, const Endpoint& b, Time last_packet) const;

    /// In order of appearance.
    [[nodiscard]] std::vector<const DialogStory*> dialogs() const;
    [[nodiscard]] std::uint64_t not_followed() const noexcept;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace gbkit::proto::observe
