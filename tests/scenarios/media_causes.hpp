// Each cause of a media finding: a small stream with exactly that one thing wrong, made by our own muxer.
//
// A healthy stream is muxed, packed into RTP, and edited from outside by one fault of the muxer (proto/fault/pack_fault)
// or of the sender (proto/fault/rtp_fault), or it is planned so that the finding must come (a scenario).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proto/observe/media/ps_judge.hpp"
#include "wire/codec/codec.hpp"

namespace gbkit::scenario {

/// What is recorded: 25 frames a second, audio beside it.
struct MediaPlan {
    wire::codec::Codec video = wire::codec::Codec::h264;
    std::optional<wire::codec::Codec> audio;
    bool audio_in_own_pack = false;
    int frames = 80;
    int key_every = 25;
    std::size_t key_bytes = 5000, frame_bytes = 900;
    std::size_t rtp_payload = 1400;
    std::uint64_t first_pts = 900'000;
};

/// Packs (or single audio PES packets), each sent under an RTP timestamp of its own.
struct MediaStream {
    std::vector<Bytes> packs;
    std::vector<std::uint32_t> timestamps;
    std::optional<std::uint64_t> first_edit;   // the header or PES packet that the fault touched first
    std::uint64_t edited_pack = 0;             // where its pack begins
    std::size_t rtp_payload = 1400;
    [[nodiscard]] Bytes bytes() const;
};
MediaStream record(const MediaPlan& plan, std::string_view pack_fault = {});

/// One RTP packet of the stream, written.
std::vector<Bytes> packetize(const MediaStream& stream);

struct MediaTold {
    std::vector<Finding> findings;
    std::vector<proto::observe::MediaFrame> frames;
    proto::observe::StreamReport report;
    [[nodiscard]] const Finding* find(FindingId id) const;
    [[nodiscard]] std::string ids() const;
};
/// As a file that begins and ends where the stream does; `cuts`: sizes of the pieces, in turn.
MediaTold judge_file(ByteView bytes, std::vector<std::size_t> cuts = {});
/// As RTP packets in order; the packets that `lost` names (from 0) never came.
MediaTold judge_rtp(const std::vector<Bytes>& packets, const std::function<bool(std::size_t)>& lost = {});

struct MediaCause {
    FindingId id;
    std::function<MediaTold()> make;
    std::optional<std::uint64_t> offset{};   // where it must be seen; not known: somewhere from `from` on
    std::uint64_t from = 0;
    Certainty certainty = Certainty::certain;
    std::function<std::vector<Bytes>()> packets{};   // the RTP packets it was judged from; empty: a file
};
/// Faults of the muxer, seen in a file and in RTP, and scenarios.
[[nodiscard]] const std::vector<MediaCause>& media_causes();

struct HealthyMedia {
    std::string_view name;
    MediaPlan plan;
};
[[nodiscard]] const std::vector<HealthyMedia>& healthy_media();

}  // namespace gbkit::scenario
