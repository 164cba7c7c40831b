// Packets in, media streams out: finds RTP by content on UDP and TCP and keeps one receiver and judge a source.
//
// A conversation is a pair of addresses and ports; on TCP each direction is framed (wire/rtp/framer). In a conversation
// every SSRC is a source of its own; RTCP and foreign payload types are counted apart. The same packets between other
// ends (before and after a NAT, on two ports of a mirror) are a copy: a source that names its original, judged once.
//
// State is bounded, and a packet takes the same time however many sources there are: beyond the limit the sources least recently heard
// are dropped (rtp_sources.hpp says which). A dropped source is finished first, so its findings are told; its packets, bytes
// and losses are added to the counts; the rest of it is forgotten.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/endpoint.hpp"
#include "proto/observe/media/ps_judge.hpp"
#include "proto/observe/media/rtp_receiver.hpp"
#include "proto/observe/packet.hpp"
#include "wire/codec/container.hpp"
#include "wire/rtp/framer.hpp"

namespace gbkit::proto::observe {

/// One RTP source as it was seen.
struct RtpSource {
    std::uint32_t number = 0;                 // of the sources, from 1, in order of appearance
    std::uint32_t ssrc = 0;
    std::string subject;                      // of the findings about it
    Endpoint source, destination;             // unspecified for dumps
    Transport transport = Transport::udp;
    wire::rtp::Framing framing = wire::rtp::Framing::undecided;   // on TCP and in dumps
    std::map<std::uint8_t, std::uint64_t> payload_types;
    std::uint64_t rtcp_packets = 0;
    std::uint64_t skipped_bytes = 0;          // passed over by the framer
    std::uint64_t source_port_changes = 0;
    std::uint32_t copy_of = 0;                // number of the source whose packets these are, seen elsewhere; 0: of none
    wire::codec::Container container = wire::codec::Container::unknown;   // of what it carries
    const RtpStatistics* statistics = nullptr;   // valid while the feed lives
    const StreamReport* stream = nullptr;        // nullptr when it is not a program stream
};

struct MediaOptions {
    std::optional<std::uint32_t> ssrc;                 // judge this one only
    std::optional<std::uint32_t> expected_ssrc;        // what y= promised: another one is a finding
    std::function<bool(const Endpoint& a, const Endpoint& b)> flow;   // judge these conversations only; empty: all
    std::optional<wire::rtp::Framing> framing;         // do not guess
    /// What an SDP says of the clock of a dynamic payload type sent between these ends, ticks a second; may be empty.
    std::function<std::optional<std::uint32_t>(const Endpoint& a, const Endpoint& b, std::uint8_t payload_type)> clock;
    /// Whether the playback between these ends was paused, so that its last packet came at that time; may be empty.
    std::function<bool(const Endpoint& a, const Endpoint& b, Time last_packet)> paused;
    SeenFrom seen_from = SeenFrom::unknown;
    std::size_t max_sources = 4096;
    bool payload = false;                              // somebody wants PayloadSeen
    bool program_stream = false;                       // somebody wants whole packs
};

struct MediaFeedCounts {
    std::uint64_t rtp = 0, rtcp = 0, not_media = 0;    // packets
    std::uint64_t copies = 0;                          // of rtp: those of sources that are a copy
    std::uint64_t sources_dropped = 0;
    std::uint64_t dropped_packets = 0, dropped_bytes = 0, dropped_lost = 0;   // what dropped sources had come to; copies not
};

class MediaFeed {
public:
    struct Sinks {
        FindingSink finding;
        std::function<void(const RtpSource&, const MediaFrame&)> frame;    // the rest may be empty
        std::function<void(const RtpSource&, const MapSeen&)> map;
        std::function<void(const RtpSource&, const PsPacketSeen&)> packet;
        std::function<void(const RtpSource&, const RtpInOrder&)> rtp;
        std::function<void(const RtpSource&, const PayloadSeen&)> payload;
        std::function<void(const RtpSource&, ByteView, const MediaFrame*)> program_stream;
    };
    MediaFeed(MediaOptions options, Sinks sinks);
    ~MediaFeed();

    /// A packet of a capture or of a tap. True when it belongs to media.
    bool see(const Packet& packet);
    /// A piece of a dump (bare RTP, RFC 4571, interleaved); its offset counts from the first piece.
    void see_dump(ByteView bytes);
    /// One RTP or RTCP packet of a dump that keeps borders and times (rtpdump).
    void see_datagram(ByteView bytes, const RtpPlace& place, bool has_time);
    void finish(bool cut);

    [[nodiscard]] std::vector<RtpSource> sources() const;   // in order of appearance
    [[nodiscard]] const MediaFeedCounts& counts() const noexcept;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace gbkit::proto::observe
