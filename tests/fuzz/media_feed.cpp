// The media feed on packets built from the input: datagrams and TCP pieces between a few ends, with gaps, cuts and
// RTP headers that make sense often enough. Nothing may crash; state stays bounded; what is counted adds up.
//
// The input is a run of records: kind, ends, flags, size; then so many bytes.
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "proto/observe/media/media_feed.hpp"
#include "wire/rtp/packet.hpp"

using namespace gbkit;
using namespace gbkit::proto;
using namespace gbkit::proto::observe;

namespace {

Endpoint end_of(unsigned number) { return {IpAddress::v4(0xC0000200U + number % 3), static_cast<std::uint16_t>(30'000 + number % 5)}; }

/// A whole RTP packet around the bytes: few SSRCs, sequence numbers near each other.
Bytes as_rtp(ByteView payload, std::uint8_t flags, std::uint16_t sequence) {
    Bytes bytes;
    wire::rtp::Packet packet{.payload_type = 96, .marker = (flags & 1) != 0, .sequence = sequence, .timestamp = sequence / 3U * 3600U, .ssrc = flags % 3U};
    packet.payload = payload;
    wire::rtp::write_packet(bytes, packet);
    return bytes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    ByteReader reader({data, size});
    MediaOptions options;
    options.max_sources = 4;
    options.payload = options.program_stream = true;
    std::uint64_t frames = 0;
    MediaFeed::Sinks sinks;
    sinks.finding = [](const Finding& finding) {
        if (find_finding(finding.id.slug) == nullptr) std::abort();
    };
    sinks.frame = [&frames](const RtpSource&, const MediaFrame&) { ++frames; };
    sinks.rtp = [](const RtpSource& source, const RtpInOrder& packet) {
        if (packet.packet.ssrc != source.ssrc) std::abort();
    };
    sinks.payload = [](const RtpSource&, const PayloadSeen&) {};
    sinks.program_stream = [](const RtpSource&, ByteView, const MediaFrame*) {};
    MediaFeed feed(options, std::move(sinks));

    std::uint64_t number = 0, fed = 0;
    std::uint16_t sequence = 65'530;
    std::uint64_t offsets[15] = {};
    while (reader.remaining() > 4) {
        const std::uint8_t kind = reader.u8();
        const std::uint8_t ends = reader.u8();
        const std::uint8_t flags = reader.u8();
        const ByteView bytes = reader.take(std::min<std::size_t>(reader.u8() * (kind >= 128 ? 8U : 1U), reader.remaining()));
        Packet packet;
        packet.number = ++number;
        packet.time = from_unix(1'700'000'000) + milliseconds(10) * static_cast<std::int64_t>(number);
        packet.source = end_of(ends);
        packet.destination = end_of(ends / 16U + 1);
        if (kind % 8 == 7) sequence = static_cast<std::uint16_t>(sequence + flags * 50U);
        const Bytes rtp = as_rtp(bytes, flags, sequence);
        if (kind % 4 < 2) ++sequence;
        packet.bytes = (kind & 8) != 0 ? bytes : ByteView(rtp);
        if ((kind & 16) != 0) {
            packet.transport = Transport::tcp;
            std::uint64_t& offset = offsets[ends % 15];
            if ((flags & 0x40) != 0) packet.gap = flags;
            offset = (flags & 0x80) != 0 ? 0 : offset + packet.gap;
            packet.stream_offset = offset;
            offset += packet.bytes.size();
        } else if ((flags & 0x20) != 0) {
            packet.cut = 100;
        }
        if (kind == 0xFF) feed.see_dump(bytes);
        else if (kind == 0xFE) feed.see_datagram(rtp, {.offset = number}, true);
        else feed.see(packet);
        ++fed;
    }
    feed.finish(true);
    const auto sources = feed.sources();
    if (feed.counts().copies > feed.counts().rtp) std::abort();
    if (sources.size() > options.max_sources) std::abort();
    for (const RtpSource& source : sources) {
        const RtpStatistics& statistics = *source.statistics;
        if (statistics.lost + statistics.not_captured > statistics.expected) std::abort();
        if (source.copy_of != 0 && source.copy_of >= source.number) std::abort();
        if (source.stream != nullptr && source.stream->damaged_frames > source.stream->frames) std::abort();
    }
    return fed > size ? 1 : 0;
}
