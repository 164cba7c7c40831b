// A camera that sends RTP and somebody who looks on: packets by muxer and packetizer, through a fault if one is
// named, into a MediaFeed over UDP, over TCP, or as a dump.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/finding.hpp"
#include "proto/fault/rtp_fault.hpp"
#include "proto/observe/media/media_feed.hpp"
#include "unit/wire/rtp/samples.hpp"
#include "wire/ps/muxer.hpp"

namespace gbkit::test::rtp {

inline Endpoint endpoint(std::string_view address, std::uint16_t port) { return {*IpAddress::parse(address), port}; }

/// A packet on its way, with its time.
struct Timed {
    proto::fault::RtpSent sent;
    Time time{};
};

/// `frames` frames at 25 a second, a key frame every 12, three packets each.
inline std::vector<Timed> camera(std::size_t frames, proto::fault::RtpFilter* fault = nullptr, std::size_t frame_bytes = 3000) {
    wire::ps::Muxer muxer({.video = wire::codec::Codec::h264});
    wire::rtp::Packetizer packetizer({.ssrc = ssrc, .first_sequence = 65'500});
    std::vector<Timed> all;
    const Time start = from_unix(1'700'000'000);
    for (std::size_t i = 0; i < frames; ++i) {
        const bool key = i % 12 == 0;
        const std::uint64_t pts = 90'000 + 3600 * i;
        const auto seed = static_cast<std::uint32_t>(i + 1);
        Bytes pack;
        muxer.video(key ? codec::h264_key(frame_bytes, seed) : codec::h264_predicted(frame_bytes, seed), pts, std::nullopt, key, pack);
        std::vector<Bytes> made;
        packetizer.frame(pack, static_cast<std::uint32_t>(pts), made);
        std::vector<proto::fault::RtpSent> sent;
        for (Bytes& bytes : made) sent.push_back({std::move(bytes)});
        if (fault != nullptr) fault->apply(sent);
        Time time = start + milliseconds(40) * static_cast<std::int64_t>(i);
        for (proto::fault::RtpSent& packet : sent) {
            all.push_back({std::move(packet), time});
            time += microseconds(50);
            all.back().time += all.back().sent.later;
        }
    }
    return all;
}

struct Told {
    std::vector<Finding> findings;
    std::vector<proto::observe::RtpSource> sources;      // their pointers are gone
    std::vector<proto::observe::RtpStatistics> statistics;
    std::vector<std::uint64_t> frames;                   // of each source
    proto::observe::MediaFeedCounts counts;

    [[nodiscard]] const Finding* find(FindingId id) const {
        for (const Finding& finding : findings)
            if (finding.id == id) return &finding;
        return nullptr;
    }
    [[nodiscard]] std::string ids() const {
        std::string all;
        for (const Finding& finding : findings) all += std::string(finding.id.slug) + ' ';
        return all;
    }
    [[nodiscard]] bool nothing_above_info() const {
        for (const Finding& finding : findings)
            if (info_of(finding.id).severity != Severity::info) return false;
        return true;
    }
};

/// Runs a feed: `drive` gives it what it is to see.
inline Told look(const std::function<void(proto::observe::MediaFeed&)>& drive, proto::observe::MediaOptions options = {}) {
    Told told;
    proto::observe::MediaFeed::Sinks sinks;
    sinks.finding = [&told](Finding finding) { told.findings.push_back(std::move(finding)); };
    proto::observe::MediaFeed feed(std::move(options), std::move(sinks));
    drive(feed);
    feed.finish(true);
    told.sources = feed.sources();
    for (proto::observe::RtpSource& source : told.sources) {
        told.statistics.push_back(*source.statistics);
        told.frames.push_back(source.stream == nullptr ? 0 : source.stream->frames);
        source.statistics = nullptr;
        source.stream = nullptr;
    }
    told.counts = feed.counts();
    return told;
}

inline proto::Packet datagram(const Timed& timed, std::uint64_t number, std::uint16_t port = 30'000) {
    proto::Packet packet;
    packet.number = number;
    packet.time = timed.time;
    packet.source = endpoint(timed.sent.other_host ? "192.0.2.99" : "192.0.2.64", static_cast<std::uint16_t>(port + timed.sent.port_shift));
    packet.destination = endpoint("192.0.2.10", 30'002);
    packet.bytes = timed.sent.bytes;
    return packet;
}

inline void see_udp(proto::observe::MediaFeed& feed, const std::vector<Timed>& packets) {
    std::uint64_t number = 0;
    for (const Timed& timed : packets) feed.see(datagram(timed, ++number));
}

/// A TCP stream in segments of 1,460 bytes.
inline void see_tcp(proto::observe::MediaFeed& feed, const Bytes& stream, proto::Direction direction = proto::Direction::unknown) {
    std::uint64_t number = 0;
    for (std::size_t at = 0; at < stream.size(); at += 1460) {
        proto::Packet packet;
        packet.number = ++number;
        packet.time = from_unix(1'700'000'000) + milliseconds(10) * static_cast<std::int64_t>(number);
        packet.source = endpoint("192.0.2.64", 40'000);
        packet.destination = endpoint("192.0.2.10", 30'002);
        packet.transport = proto::Transport::tcp;
        packet.direction = direction;
        packet.bytes = ByteView(stream).subspan(at, std::min<std::size_t>(1460, stream.size() - at));
        packet.stream_offset = at;
        feed.see(packet);
    }
}

}  // namespace gbkit::test::rtp
