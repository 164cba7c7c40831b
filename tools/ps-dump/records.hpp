// What ps-dump saw, as records.
#pragma once

#include <string>
#include <vector>

#include "cli/record.hpp"
#include "proto/observe/media/media_feed.hpp"

namespace gbkit::psdump_tool {

/// Which stream of which input a record is about.
struct StreamName {
    const proto::observe::RtpSource* source = nullptr;   // nullptr: a file without RTP
    std::string file{};                                  // empty when there is only one input
};

/// `otherwise`: the record's time where the input has none.
[[nodiscard]] cli::Record frame_record(const StreamName& name, const proto::observe::MediaFrame& frame, Time otherwise);
[[nodiscard]] cli::Record packet_record(const StreamName& name, const proto::observe::PsPacketSeen& packet, Time otherwise);
[[nodiscard]] cli::Record psm_record(const StreamName& name, const proto::observe::MapSeen& map, Time otherwise);
[[nodiscard]] cli::Record rtp_stream_record(const StreamName& name, Time otherwise);
[[nodiscard]] cli::Record stream_record(const StreamName& name, const proto::observe::ElementaryStream& stream, Time otherwise);

/// The counters of all inputs together.
struct Totals {
    std::uint64_t files = 0, sources = 0;
    std::uint64_t bytes = 0, packs = 0, pes_packets = 0, frames = 0, key_frames = 0, damaged = 0, undecodable = 0, audio_frames = 0;
    std::uint64_t rtp_packets = 0, rtp_lost = 0, rtcp_packets = 0, streams = 0, program_streams = 0;
    std::int64_t duration_ms = 0;

    void add(const proto::observe::StreamReport& report);
    void add(const proto::observe::RtpSource& source);
    void write_to(cli::Record& summary) const;
};

/// 0100003190
[[nodiscard]] std::string digits_of(std::uint32_t ssrc);
/// "e0"
[[nodiscard]] std::string hex_of(std::uint8_t byte);

}  // namespace gbkit::psdump_tool
