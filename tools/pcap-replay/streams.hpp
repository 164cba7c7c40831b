// The media of a capture while it is read: what each RTP source went through, second by second.
#pragma once

#include <functional>
#include <map>
#include <optional>

#include "cli/record.hpp"
#include "proto/observe/media/media_feed.hpp"

namespace gbkit::replay_tool {

/// What the play chain wants to know of a source besides what the feed keeps.
struct SourceLife {
    std::optional<Time> first_key_frame;
    std::uint64_t first_key_frame_number = 0;   // of the packet in the capture
    std::optional<Time> first_packet, last_packet;
    std::uint64_t first_frame = 0, last_frame = 0;   // of the capture, that brought them
};

class Streams {
public:
    using Sink = std::function<void(const cli::Record&)>;
    /// `records`: rtp_interval records go there; may be empty.
    explicit Streams(Sink records) : records_(std::move(records)) {}

    void rtp(const proto::observe::RtpSource& source, const proto::observe::RtpInOrder& packet);
    void frame(const proto::observe::RtpSource& source, const proto::observe::MediaFrame& frame);
    /// The last seconds are given out.
    void finish();
    [[nodiscard]] const SourceLife* of(std::uint32_t source_number) const;

private:
    struct Interval {
        std::int64_t second = 0;
        std::uint64_t packets = 0, bytes = 0, lost = 0;
        double jitter_ms = 0;
        std::uint32_t ssrc = 0;
    };
    struct Entry {
        SourceLife life;
        Interval interval;
    };
    void give(std::uint32_t number, const Interval& interval) const;

    Sink records_;
    [[nodiscard]] Entry& entry_of(std::uint32_t number);

    std::map<std::uint32_t, Entry> sources_;   // by number, bounded: the oldest goes first
};

}  // namespace gbkit::replay_tool
