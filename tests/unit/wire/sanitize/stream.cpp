// wire/sanitize/stream: spans cover the stream byte for byte, and a reader finds in them what it found before.
#include "wire/sanitize/stream.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace gbkit;
using namespace gbkit::wire;
using namespace gbkit::wire::sanitize;

namespace {

struct Cleaned {
    Aliases aliases;
    Messages messages{aliases, [](std::string_view, std::string_view) { return std::nullopt; }, "new"};
    std::uint64_t covered = 0, missing = 0;
    Bytes bytes;
    bool keep_media = false;
    Stream stream{messages, aliases, keep_media, [this](Stream::Span span) {
                      covered += span.old_bytes;
                      if (span.missing) missing += span.old_bytes;
                      bytes.insert(bytes.end(), span.bytes.begin(), span.bytes.end());
                  }};

    void push(ByteView all, std::size_t step, std::size_t gap_at = 0, std::uint64_t gap = 0) {
        for (std::size_t at = 0; at < all.size(); at += step) {
            const bool here = gap > 0 && at <= gap_at && gap_at < at + step && at > 0;
            stream.push(all.subspan(at, std::min(step, all.size() - at)), here ? gap : 0);
        }
        stream.finish();
    }
};

Bytes framed_rtp(std::uint16_t sequence, std::size_t payload) {
    Bytes packet;
    ByteWriter writer(packet);
    writer.u16be(static_cast<std::uint16_t>(12 + payload));
    writer.u16be(0x8060);
    writer.u16be(sequence);
    writer.u32be(sequence * 3600U);
    writer.u32be(0x12345678);
    packet.insert(packet.end(), payload, std::uint8_t{'v'});
    return packet;
}

struct Seen {
    std::uint64_t packets = 0, breaks = 0, skipped = 0;
    friend bool operator==(const Seen&, const Seen&) = default;
};
Seen look(ByteView bytes) {
    Seen seen;
    rtp::Framer::Sink sink;
    sink.packet = [&](const rtp::FramedPacket&) { ++seen.packets; };
    sink.broken = [&](const rtp::FramingBreak& broken) { ++seen.breaks, seen.skipped += broken.skipped; };
    rtp::Framer framer(std::move(sink));
    framer.push(bytes);
    framer.finish();
    return seen;
}

}  // namespace

TEST_CASE("RTP over TCP: the same packets and the same breaks, whatever the cuts, and nothing of what it carries") {
    Bytes stream;
    for (std::uint16_t i = 0; i < 30; ++i) {
        const Bytes packet = framed_rtp(i, 100 + 13 * i);
        stream.insert(stream.end(), packet.begin(), packet.end());
        if (i == 12) stream.insert(stream.end(), 77, std::uint8_t{'j'});   // the sender lost its place
    }
    const Bytes begun = framed_rtp(30, 900);
    stream.insert(stream.end(), begun.begin(), begun.begin() + 300);       // and the end did not come
    for (const std::size_t step : {std::size_t{1}, std::size_t{50}, std::size_t{1460}, stream.size()}) {
        CAPTURE(step);
        Cleaned cleaned;
        cleaned.push(stream, step);
        CHECK(cleaned.covered == stream.size());
        CHECK(cleaned.bytes.size() == stream.size());
        CHECK(look(cleaned.bytes) == look(stream));
        CHECK(look(stream).packets == 30);
        CHECK(look(stream).breaks == 1);
        CHECK(as_text(cleaned.bytes).find("vv") == std::string_view::npos);
        CHECK(as_text(cleaned.bytes).find("jj") == std::string_view::npos);
    }
}

TEST_CASE("what is missing stays missing, and the stream is found again behind it") {
    Bytes stream;
    for (std::uint16_t i = 0; i < 40; ++i) {
        const Bytes packet = framed_rtp(i, 400);
        stream.insert(stream.end(), packet.begin(), packet.end());
    }
    Cleaned cleaned;
    cleaned.push(stream, 1000, 9'100, 512);
    CHECK(cleaned.missing == 512);
    CHECK(cleaned.covered == stream.size() + 512);
    CHECK(cleaned.stream.packets_seen() >= 36);
}

TEST_CASE("neither SIP nor RTP becomes zeros; line ends alone stay, they are a heartbeat") {
    Cleaned http, beat;
    http.push(as_bytes("GET /secret HTTP/1.1\r\nHost: camera.example\r\n\r\n"), 10);
    CHECK(http.bytes == Bytes(http.bytes.size(), 0));
    beat.push(as_bytes("\r\n\r\n\r\n"), 2);
    CHECK(as_text(beat.bytes) == "\r\n\r\n\r\n");
}
