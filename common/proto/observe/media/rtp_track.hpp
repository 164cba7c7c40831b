// One RTP source under observation: its packets in order, what they carry, and the judge of its program stream.
// Part of MediaFeed, which finds the packets.
#pragma once

#include <array>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "proto/observe/media/media_feed.hpp"
#include "proto/observe/media/rtp_candidates.hpp"

namespace gbkit::proto::observe {

/// How the packets of a source reached us.
struct RtpOrigin {
    Endpoint source, destination;
    Transport transport = Transport::udp;
    bool dump = false;     // a file of packets: no capture, no ends
    bool live = false;     // our own sockets
    bool times = false;
};

class RtpStream;
class RtpTrack;
using RtpTracks = std::list<std::shared_ptr<RtpTrack>>;

/// Where the tables of the feed have a source.
struct RtpLinks {
    RtpTracks::iterator place{};       // in its queue (RtpSources)
    bool much = false;                 // which queue
    std::uint64_t touched = 0;         // when it came to the front of it: packets of all sources
    std::vector<RtpFlow> flows{};      // it is known by
    RtpStream* stream = nullptr;       // of which it is the last source (TCP, dumps)
};

/// What a packet is known by when it is seen again elsewhere.
struct RtpMark {
    std::uint16_t sequence = 0;
    std::uint32_t content = 0;         // hash of its size and of its first bytes from the timestamp on
    Time time{};
};
/// Nothing of a packet that is not whole, or has no time.
[[nodiscard]] std::optional<RtpMark> mark_of(ByteView packet, const RtpPlace& place);

class RtpTrack {
public:
    RtpTrack(const MediaOptions& options, const MediaFeed::Sinks& sinks, std::uint32_t number, std::uint32_t ssrc, RtpOrigin origin,
             std::string subject);
    RtpTrack(const RtpTrack&) = delete;
    RtpTrack& operator=(const RtpTrack&) = delete;

    /// A packet with this SSRC. `place.packet` is filled in here.
    void see(ByteView bytes, RtpPlace place);
    /// RTCP on the same flow.
    void see_rtcp(ByteView bytes, const RtpPlace& place);
    /// The flow goes on from another port.
    void moved_to(const Endpoint& source, const RtpPlace& place);
    /// Another sender uses this SSRC towards the same receiver.
    void set_rival(const Endpoint& rival) { rival_ = rival; }
    /// These are the packets of `original`, seen a second time: on the other side of a NAT, on another port of a mirror.
    /// What there is to say of them is said of the original, as long as that one goes on; but for what is lost between the two.
    void set_copy_of(const std::shared_ptr<const RtpTrack>& original);
    /// This packet was seen here too (yes), another one with its number (no), or neither.
    [[nodiscard]] std::optional<bool> has_seen(const RtpMark& mark) const noexcept;
    void finish(bool cut);

    /// A finding about this source; the caller fills in the rest.
    [[nodiscard]] Finding finding_at(FindingId id, const RtpPlace& place) const;
    void emit(Finding finding);
    /// The same, once for this source.
    void emit_once(Finding finding);

    [[nodiscard]] RtpSource& info() noexcept { return info_; }
    [[nodiscard]] const RtpSource& info() const noexcept { return info_; }
    [[nodiscard]] const RtpOrigin& origin() const noexcept { return origin_; }
    [[nodiscard]] const RtpPlace& last_place() const noexcept { return last_; }
    [[nodiscard]] std::uint16_t last_sequence() const noexcept { return last_sequence_; }
    [[nodiscard]] std::uint32_t last_timestamp() const noexcept { return last_timestamp_; }
    [[nodiscard]] bool has_stream() const noexcept { return judge_ != nullptr; }

    std::uint64_t gaps_seen = 0;      // gaps of its TCP stream up to its last packet
    RtpLinks links;

private:
    void look_at_header(const wire::rtp::Packet& packet, const RtpPlace& place);
    void look_at_silence(const RtpPlace& place);
    void look_at_rival(const RtpPlace& place);
    void note_first_places(const RtpPlace& place);
    void in_order(const RtpInOrder& packet);
    void tell_of_loss(const RtpInOrder& packet);
    void find_stream(const RtpInOrder& packet);
    void start_judge();
    void tell_not_ps(const RtpPlace& place);
    void tell_totals();
    [[nodiscard]] Certainty certainty_of_loss() const noexcept;
    void note(ByteView bytes, const RtpPlace& place);
    [[nodiscard]] std::shared_ptr<const RtpTrack> original() const;
    void tell_loss_of_copy(const RtpTrack& original);

    const MediaOptions& options_;
    const MediaFeed::Sinks& sinks_;
    RtpOrigin origin_;
    std::string subject_;
    RtpSource info_;
    RtpReceiver receiver_;
    std::unique_ptr<PsJudge> judge_;

    std::uint64_t arrived_ = 0;
    RtpPlace first_, last_;
    std::uint16_t last_sequence_ = 0;      // by arrival
    std::uint32_t last_timestamp_ = 0;
    std::uint16_t last_in_order_ = 0;
    std::uint8_t payload_type_ = 0;
    bool clock_guessed_ = false;                // nothing says what the clock of this payload type is
    std::uint64_t* payload_type_count_ = nullptr;
    std::set<FindingId> told_;
    std::uint64_t losses_told_ = 0;
    RtpPlace first_reordered_, first_duplicate_, first_jitter_;
    std::set<std::uint16_t> ports_;        // of the sender, once it has changed
    Endpoint rival_;
    std::uint32_t since_rival_ = 0;

    std::array<RtpMark, 64> marks_{};      // by sequence number
    std::weak_ptr<const RtpTrack> original_;
    std::uint32_t unlike_original_ = 0;    // packets
    std::optional<Finding> first_loss_;    // of a copy

    struct Search {                        // for what it carries
        std::uint64_t packets = 0, frames = 0;
        std::uint32_t timestamp = 0;
        std::array<std::uint32_t, 16> votes{};   // by container
        bool over = false;
    } search_;
};

}  // namespace gbkit::proto::observe
