// RTP over UDP as a list has it: per addresses and SSRC the packets, bytes and times, and not a byte of what it carries.
//
// A source is RTP once three packets agree (same payload type, sequence numbers that rise), or when one carries a pack
// header; what never does is handed out as something else. The media feed is who judges. Bounded: LRU.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "proto/observe/content_table.hpp"
#include "proto/observe/media/rtp_candidates.hpp"

namespace gbkit::proto::observe {

class ContentRtp {
public:
    /// `other`: gets what looked like RTP and is not.
    explicit ContentRtp(std::function<void(const ContentFlow&)> other, std::size_t most_sources = 4096) : other_(std::move(other)), most_(most_sources), sources_(most_sources) {}

    /// Is it a datagram that this table counts? Version 2, whole header, and not RTCP.
    bool see(const Packet& packet);
    void finish();

    /// In order of appearance; after finish().
    [[nodiscard]] std::vector<const ContentFlow*> flows() const;
    /// What has left the table.
    [[nodiscard]] const ContentTable::Total& dropped() const noexcept { return dropped_; }

private:
    struct Source {
        ContentFlow flow;
        unsigned agreed = 0;           // packets in a row
        std::uint16_t sequence = 0;
    };
    Source& source_of(const Packet& packet, const RtpFlow& key);
    void look(Source& source, const Packet& packet) const;
    void leave(const Source& source);

    std::function<void(const ContentFlow&)> other_;
    std::size_t most_;
    Lru<RtpFlow, Source, HashRtpFlow> sources_;
    RtpFlow last_key_;
    Source* last_ = nullptr;
    ContentTable::Total dropped_;
};

}  // namespace gbkit::proto::observe
