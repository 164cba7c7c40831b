// RTP sources and elementary streams as records: what ps-dump and pcap-replay both write of media.
#pragma once

#include <string>

#include "cli/record.hpp"
#include "proto/observe/media/media_feed.hpp"

namespace gbkit::cli {

/// Which stream of which input a record is about.
struct StreamName {
    const proto::observe::RtpSource* source = nullptr;   // nullptr: a file without RTP
    std::string file{};                                  // empty when there is only one input
};
/// The fields source, ssrc and file.
void set_stream_name(Record& record, const StreamName& name);

/// The capture's frames that brought the first and the last packet; 0: not known.
struct FrameSpan {
    std::uint64_t first = 0, last = 0;
};

/// `otherwise`: the record's time where the input has none.
[[nodiscard]] Record rtp_stream_record(const StreamName& name, Time otherwise, FrameSpan frames = {});
[[nodiscard]] Record stream_record(const StreamName& name, const proto::observe::ElementaryStream& stream, Time otherwise);

/// 0100003190
[[nodiscard]] std::string digits_of(std::uint32_t ssrc);
/// "e0"
[[nodiscard]] std::string hex_of(std::uint8_t byte);
/// To three places: milliseconds keep their microseconds.
[[nodiscard]] double rounded(double value);

}  // namespace gbkit::cli
