// What ps-dump saw, as records.
#pragma once

#include <string>
#include <vector>

#include "cli/media_records.hpp"

namespace gbkit::psdump_tool {

using cli::hex_of;
using cli::StreamName;

/// `otherwise`: the record's time where the input has none.
[[nodiscard]] cli::Record frame_record(const StreamName& name, const proto::observe::MediaFrame& frame, Time otherwise);
[[nodiscard]] cli::Record packet_record(const StreamName& name, const proto::observe::PsPacketSeen& packet, Time otherwise);
[[nodiscard]] cli::Record psm_record(const StreamName& name, const proto::observe::MapSeen& map, Time otherwise);

/// The counters of all inputs together.
struct Totals {
    std::uint64_t files = 0, sources = 0;
    std::uint64_t bytes = 0, packs = 0, pes_packets = 0, frames = 0, key_frames = 0, damaged = 0, undecodable = 0, audio_frames = 0;
    std::uint64_t rtp_packets = 0, rtp_lost = 0, rtcp_packets = 0, streams = 0, program_streams = 0;
    std::int64_t duration_ms = 0;

    void add(const proto::observe::StreamReport& report);
    void add(const proto::observe::RtpSource& source);
    void write_to(cli::Record& summary) const;
    /// A counter by its name in the summary.
    [[nodiscard]] double value(std::string_view counter) const;
    /// The names value() knows.
    [[nodiscard]] static const std::vector<std::string_view>& names();
};

}  // namespace gbkit::psdump_tool
