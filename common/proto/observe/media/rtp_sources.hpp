// The RTP sources a feed knows: found by flow, by receiver and SSRC, by SSRC, each in constant time; a bounded number
// of them. Part of MediaFeed.
//
// Two queues, the most recently heard first: sources that carried little, and those that carried much. When the table
// is full, the oldest of little goes, as long as there is more of them than a quarter of the table: a flood of made-up sources
// drives out itself. Else the oldest of much goes: calls of this morning make room for those of tonight.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <unordered_map>
#include <vector>

#include "proto/observe/media/rtp_candidates.hpp"
#include "proto/observe/media/rtp_track.hpp"

namespace gbkit::proto::observe {

class RtpSources {
public:
    explicit RtpSources(std::size_t most) : most_(most == 0 ? 1 : most) {}

    /// The source of that flow, or nullptr.
    [[nodiscard]] RtpTrack* find(const RtpFlow& flow) const;
    /// The last source between these ends, in either direction, over UDP: RTCP there is about it.
    [[nodiscard]] RtpTrack* between(const Endpoint& a, const Endpoint& b) const;
    [[nodiscard]] bool knows(std::uint32_t ssrc) const { return by_ssrc_.contains(ssrc); }
    /// Sources of this SSRC, and of this SSRC towards this receiver over UDP: the newest sixteen, the newest last.
    [[nodiscard]] const std::vector<RtpTrack*>& with(std::uint32_t ssrc) const;
    [[nodiscard]] const std::vector<RtpTrack*>& towards(const Endpoint& receiver, std::uint32_t ssrc) const;

    [[nodiscard]] bool full() const noexcept { return little_.size() + much_.size() >= most_; }
    /// Whose turn it is to go; out of all tables. The table must not be empty.
    [[nodiscard]] std::shared_ptr<RtpTrack> take_oldest();
    RtpTrack& add(std::shared_ptr<RtpTrack> track, const RtpFlow& flow);
    /// The source goes on in that flow too: it is found there from now on, and between those ends. Of its flows the newest eight
    /// are remembered, so that somebody who changes ports for ever does not fill the tables.
    void bind(RtpTrack& track, const RtpFlow& flow);
    /// It was heard just now. (Who was so a few packets ago stays where it is in its queue.)
    void touch(RtpTrack& track);
    /// All, in order of appearance.
    [[nodiscard]] std::vector<RtpTrack*> in_order() const;

private:
    /// Sources that are alike.
    struct Alike {
        std::size_t all = 0;
        std::vector<RtpTrack*> newest;
        void add(RtpTrack& track);
        void remove(const RtpTrack& track);
    };
    void unbind(const RtpTrack& track, const RtpFlow& flow);
    [[nodiscard]] RtpTracks& queue_of(const RtpTrack& track) noexcept { return track.links.much ? much_ : little_; }

    std::size_t most_;
    std::uint64_t heard_ = 0;                                          // packets
    RtpTracks little_, much_;                                          // the most recently heard first
    std::unordered_map<RtpFlow, RtpTrack*, HashRtpFlow> by_flow_;
    std::unordered_map<RtpFlow, RtpTrack*, HashRtpFlow> by_ends_;      // ends sorted, no SSRC
    std::unordered_map<RtpFlow, Alike, HashRtpFlow> by_receiver_;      // no sender
    std::unordered_map<std::uint32_t, Alike> by_ssrc_;
};

}  // namespace gbkit::proto::observe
