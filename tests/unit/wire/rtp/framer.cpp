// RTP over a byte stream: the same packets and breaks whatever the cuts; lost bytes, gaps, foreign bytes, limits.
#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>
#include <string>

#include "unit/wire/rtp/samples.hpp"
#include "wire/rtp/framer.hpp"

using namespace gbkit;
using namespace gbkit::wire::rtp;
namespace samples = gbkit::test::rtp;
using samples::framed;

namespace {

struct Gap {
    std::size_t at = 0;
    std::uint64_t missing = 0;
};

struct Outcome {
    std::vector<Bytes> packets;
    std::vector<std::uint64_t> offsets;
    std::vector<FramingBreak> breaks;
    Framing framing = Framing::undecided;
    std::uint64_t starts_at = 0, left = 0;
    std::size_t most = 0;  // bytes held between pushes
};

template <class Size>
Outcome run(const Bytes& stream, Size next_size, Framing given, const std::vector<Gap>& gaps) {
    Outcome outcome;
    Framer framer({[&](const FramedPacket& packet) {
                       outcome.packets.emplace_back(packet.bytes.begin(), packet.bytes.end());
                       outcome.offsets.push_back(packet.offset);
                   },
                   [&](const FramingBreak& broken) { outcome.breaks.push_back(broken); }},
                  given);
    std::size_t gap = 0;
    for (std::size_t at = 0; at < stream.size();) {
        if (gap < gaps.size() && at == gaps[gap].at) framer.gap(gaps[gap++].missing);
        std::size_t size = std::min<std::size_t>(stream.size() - at, next_size());
        if (gap < gaps.size()) size = std::min(size, gaps[gap].at - at);
        framer.push(ByteView(stream).subspan(at, size));
        at += size;
        outcome.most = std::max(outcome.most, framer.buffered());
    }
    framer.finish();
    outcome.framing = framer.framing();
    outcome.starts_at = framer.starts_at();
    outcome.left = framer.left();
    return outcome;
}

bool same(const Outcome& a, const Outcome& b) {
    if (a.packets != b.packets || a.offsets != b.offsets || a.framing != b.framing || a.starts_at != b.starts_at || a.left != b.left) return false;
    if (a.breaks.size() != b.breaks.size()) return false;
    for (std::size_t i = 0; i < a.breaks.size(); ++i)
        if (a.breaks[i].offset != b.breaks[i].offset || a.breaks[i].skipped != b.breaks[i].skipped || a.breaks[i].gap != b.breaks[i].gap ||
            a.breaks[i].head != b.breaks[i].head)
            return false;
    return true;
}

/// Whole, byte by byte and in random cuts: one result, or the test fails.
Outcome any_cuts(const Bytes& stream, Framing given = Framing::undecided, const std::vector<Gap>& gaps = {}) {
    const Outcome whole = run(stream, [&] { return stream.size(); }, given, gaps);
    CHECK(same(whole, run(stream, [] { return std::size_t{1}; }, given, gaps)));
    std::mt19937 random(4571);
    for (int round = 0; round < 10; ++round) CHECK(same(whole, run(stream, [&] { return std::size_t{1} + random() % 700; }, given, gaps)));
    return whole;
}

Bytes without(Bytes stream, std::size_t at, std::size_t count) {
    stream.erase(stream.begin() + static_cast<std::ptrdiff_t>(at), stream.begin() + static_cast<std::ptrdiff_t>(at + count));
    return stream;
}
Bytes with(Bytes stream, std::size_t at, const Bytes& more) {
    stream.insert(stream.begin() + static_cast<std::ptrdiff_t>(at), more.begin(), more.end());
    return stream;
}

/// Offset of the frame (length included) of packet `number` in a stream of RFC 4571.
std::size_t frame_offset(const std::vector<Bytes>& packets, std::size_t number) {
    std::size_t offset = 0;
    for (std::size_t i = 0; i < number; ++i) offset += packets[i].size() + 2;
    return offset;
}

}  // namespace

TEST_CASE("rtp framer: each framing is found by itself and when it is given") {
    const auto packets = samples::packets(30);
    for (const Framing framing : {Framing::rfc4571, Framing::interleaved, Framing::bare})
        for (const Framing given : {Framing::undecided, framing}) {
            CAPTURE(name_of(framing));
            const Outcome outcome = any_cuts(framed(packets, framing), given);
            CHECK(outcome.framing == framing);
            CHECK(outcome.packets == packets);
            CHECK(outcome.breaks.empty());
            CHECK(outcome.starts_at == 0);
            CHECK(outcome.left == 0);
        }
}

TEST_CASE("rtp framer: packets of 0x24xx bytes are no '$', and the other way round") {
    std::vector<Bytes> packets;
    for (std::uint16_t i = 0; i < 12; ++i) packets.push_back(samples::packet({.sequence = i}, test::codec::filler(0x2480 - 12, i + 1U)));
    const Outcome outcome = any_cuts(framed(packets, Framing::rfc4571));
    CHECK(outcome.framing == Framing::rfc4571);
    CHECK(outcome.packets == packets);
    CHECK(any_cuts(framed(packets, Framing::interleaved)).framing == Framing::interleaved);
}

TEST_CASE("rtp framer: a vendor's header before either framing") {
    const auto packets = samples::packets(10);
    Bytes header(vendor_header_bytes, 0);
    header[0] = header[2] = 1;
    for (const Framing inner : {Framing::rfc4571, Framing::interleaved}) {
        const Outcome outcome = any_cuts(with(framed(packets, inner), 0, header));
        CHECK(outcome.framing == Framing::ehome);
        CHECK(outcome.starts_at == vendor_header_bytes);
        CHECK(outcome.packets == packets);
    }
}

TEST_CASE("rtp framer: RTCP, a second source and null packets are in step") {
    auto packets = samples::packets(9);
    const auto audio = samples::packets(9, 100, 77);
    std::vector<Bytes> mixed;
    for (std::size_t i = 0; i < 9; ++i) {
        mixed.push_back(packets[i]);
        mixed.push_back(audio[i]);
        if (i == 1 || i == 8) mixed.push_back(samples::sender_report());
    }
    const Bytes stream = framed(mixed, Framing::rfc4571);
    CHECK(any_cuts(stream).packets == mixed);
    // RFC 4571 section 2: a length of 0 is a null packet.
    const Outcome nulls = any_cuts(with(with(stream, frame_offset(mixed, 5), Bytes(6, 0)), 0, Bytes(2, 0)));
    CHECK(nulls.packets == mixed);
    CHECK(nulls.breaks.empty());
}

TEST_CASE("rtp framer: bytes that the sender dropped cost one packet, and are counted") {
    const auto packets = samples::packets(40);
    const Bytes stream = framed(packets, Framing::rfc4571);
    for (const std::size_t where : {std::size_t{2}, std::size_t{5}, std::size_t{14}, std::size_t{100}})
        for (const std::size_t count : {std::size_t{1}, std::size_t{50}, std::size_t{150}}) {
            CAPTURE(where);
            CAPTURE(count);
            const std::size_t frame = frame_offset(packets, 24);  // of 312 bytes
            const Outcome outcome = any_cuts(without(stream, frame + where, count));
            auto expected = packets;
            expected.erase(expected.begin() + 24);
            CHECK(outcome.packets == expected);
            REQUIRE(outcome.breaks.size() == 1);
            CHECK(outcome.breaks[0].offset == frame);
            CHECK(outcome.breaks[0].skipped == packets[24].size() + 2 - count);
            CHECK_FALSE(outcome.breaks[0].gap);
        }
}

TEST_CASE("rtp framer: foreign bytes between packets leave both packets whole") {
    const auto packets = samples::packets(20);
    const Bytes foreign = test::codec::filler(777, 9);
    const std::size_t frame = frame_offset(packets, 12);
    const Outcome outcome = any_cuts(with(framed(packets, Framing::rfc4571), frame, foreign));
    CHECK(outcome.packets == packets);
    REQUIRE(outcome.breaks.size() == 1);
    CHECK(outcome.breaks[0].offset == frame);
    CHECK(outcome.breaks[0].skipped == foreign.size());
    CHECK(std::equal(outcome.breaks[0].head.begin(), outcome.breaks[0].head.end(), foreign.begin()));
}

TEST_CASE("rtp framer: a new source after a break") {
    auto packets = samples::packets(12);
    const auto others = samples::packets(12, 9, 4242);
    Bytes stream = framed(packets, Framing::rfc4571);
    const std::size_t border = stream.size();
    stream = test::codec::joined({stream, test::codec::filler(333, 5), framed(others, Framing::rfc4571)});
    packets.insert(packets.end(), others.begin(), others.end());
    const Outcome outcome = any_cuts(stream);
    CHECK(outcome.packets == packets);
    REQUIRE(outcome.breaks.size() == 1);
    CHECK(outcome.breaks[0].offset == border);
    CHECK(outcome.breaks[0].skipped == 333);
}

TEST_CASE("rtp framer: a gap of the capture is not the sender's") {
    const auto packets = samples::packets(30);
    const Bytes stream = framed(packets, Framing::rfc4571);
    const std::size_t frame = frame_offset(packets, 15);
    // 100 bytes from the middle of packet 15 to the middle of packet 16, or exactly packet 15.
    for (const auto& [at, count] : {std::pair<std::size_t, std::size_t>{frame + 250, 100}, {frame, packets[15].size() + 2}}) {
        const Outcome outcome = any_cuts(without(stream, at, count), Framing::undecided, {{at, count}});
        const bool exact = at == frame;
        auto expected = packets;
        expected.erase(expected.begin() + 15, expected.begin() + (exact ? 16 : 17));
        CHECK(outcome.packets == expected);
        REQUIRE(outcome.breaks.size() == 1);
        CHECK(outcome.breaks[0].gap);
        CHECK(outcome.breaks[0].offset == frame);
        CHECK(outcome.breaks[0].skipped == (exact ? 0 : packets[15].size() + packets[16].size() + 4 - count));
        CHECK(outcome.offsets.back() == frame_offset(packets, 29) + 2);  // missing bytes count in offsets
    }
}

TEST_CASE("rtp framer: a gap before anything was decided") {
    const auto packets = samples::packets(20);
    const Bytes stream = framed(packets, Framing::rfc4571);
    const Outcome outcome = any_cuts(without(stream, 200, 60), Framing::undecided, {{200, 60}});
    CHECK(outcome.framing == Framing::rfc4571);
    CHECK(std::equal(outcome.packets.begin(), outcome.packets.end(), packets.begin() + 1, packets.end()));
    CHECK(outcome.breaks.empty());
    CHECK(outcome.starts_at == frame_offset(packets, 1));
}

TEST_CASE("rtp framer: a stream that starts in the middle of a packet") {
    const auto packets = samples::packets(20);
    for (const Framing framing : {Framing::rfc4571, Framing::interleaved}) {
        const std::size_t first = packets[0].size() + head_bytes_of(framing == Framing::rfc4571 ? Layout::length : Layout::dollar);
        for (const std::size_t at : {std::size_t{1}, std::size_t{2}, std::size_t{100}}) {
            const Outcome outcome = any_cuts(without(framed(packets, framing), 0, at));
            CHECK(outcome.framing == framing);
            CHECK(outcome.starts_at == first - at);
            CHECK(std::equal(outcome.packets.begin(), outcome.packets.end(), packets.begin() + 1, packets.end()));
        }
    }
}

TEST_CASE("rtp framer: bytes that lead to a border by chance are no packet") {
    // A head in the rest of the cut packet whose length ends exactly where packet 3 begins.
    const auto packets = samples::packets(20);
    const Bytes rest = test::codec::filler(400, 3);
    for (std::size_t at = 0; at + 14 < rest.size(); at += 50) {
        Bytes stream = test::codec::joined({rest, framed(packets, Framing::rfc4571)});
        const std::size_t length = rest.size() + frame_offset(packets, 3) - at - 2;
        const Bytes chance = samples::packet({.sequence = 7, .ssrc = 99}, {});
        stream[at] = static_cast<std::uint8_t>(length >> 8);
        stream[at + 1] = static_cast<std::uint8_t>(length);
        std::copy(chance.begin(), chance.end(), stream.begin() + static_cast<std::ptrdiff_t>(at) + 2);
        CAPTURE(at);
        if (at > 0) CHECK(any_cuts(stream).packets == packets);  // at 0 it would have begun with a packet
        // The same after a break.
        const Outcome broken = any_cuts(test::codec::joined({framed(packets, Framing::rfc4571), stream}));
        CHECK(broken.packets.size() == 2 * packets.size());
        CHECK(broken.breaks.size() == 1);
    }
}

TEST_CASE("rtp framer: RTSP before and between interleaved packets") {
    const auto packets = samples::packets(10);
    const std::string_view answer = "RTSP/1.0 200 OK\r\nCSeq: 4\r\nSession: 1\r\n\r\n";
    const Bytes text(answer.begin(), answer.end());
    const Bytes stream = test::codec::joined({text, framed({packets.begin(), packets.begin() + 5}, Framing::interleaved), text,
                                 framed({packets.begin() + 5, packets.end()}, Framing::interleaved)});
    const Outcome outcome = any_cuts(stream);
    CHECK(outcome.packets == packets);
    REQUIRE(outcome.breaks.size() == 1);
    CHECK(outcome.breaks[0].skipped == text.size());
    CHECK(outcome.breaks[0].head[0] == 'R');
}

TEST_CASE("rtp framer: the end of a stream") {
    const auto packets = samples::packets(5);
    const Bytes stream = framed(packets, Framing::rfc4571);
    for (std::size_t size = 0; size <= stream.size(); ++size) {
        CAPTURE(size);
        const Outcome outcome = any_cuts(Bytes(stream.begin(), stream.begin() + static_cast<std::ptrdiff_t>(size)));
        CHECK(outcome.breaks.empty());
        CHECK(outcome.packets.size() <= packets.size());
        std::size_t bytes = 0;
        for (const Bytes& packet : outcome.packets) bytes += packet.size() + 2;
        if (outcome.framing == Framing::rfc4571) CHECK(bytes + outcome.left == size);
    }
    CHECK(any_cuts(framed({packets[0]}, Framing::rfc4571)).packets.size() == 1);  // one packet that fills it exactly
}

TEST_CASE("rtp framer: what is no RTP is called none, in bounded memory") {
    std::mt19937 random(1);
    for (int round = 0; round < 20; ++round) {
        Bytes noise(400 * 1024);
        for (std::uint8_t& byte : noise) byte = static_cast<std::uint8_t>(random());
        const Outcome outcome = run(noise, [] { return std::size_t{1460}; }, Framing::undecided, {});
        CHECK(outcome.framing == Framing::none);
        CHECK(outcome.packets.empty());
        CHECK(outcome.most <= 256 * 1024);
    }
    for (const std::uint8_t byte : Bytes{0x00, 0x24, 0x80, 0xFF}) {
        const Outcome outcome = run(Bytes(400 * 1024, byte), [] { return std::size_t{1460}; }, Framing::undecided, {});
        CHECK(outcome.packets.empty());
        CHECK(outcome.framing == Framing::none);
    }
    const std::string page = "GET /index.html HTTP/1.1\r\nHost: 192.0.2.1\r\n\r\n";
    CHECK(any_cuts(Bytes(page.begin(), page.end())).framing == Framing::none);
}

TEST_CASE("rtp framer: a given framing on noise holds little and ends") {
    std::mt19937 random(2);
    Bytes noise(1 << 20);
    for (std::uint8_t& byte : noise) byte = static_cast<std::uint8_t>(random());
    for (const Framing given : {Framing::rfc4571, Framing::interleaved, Framing::bare}) {
        const Outcome outcome = run(noise, [] { return std::size_t{5000}; }, given, {});
        CHECK(outcome.most <= 144 * 1024);
        CHECK(outcome.packets.size() < 20);
    }
}

TEST_CASE("rtp framer: bare packets with loss, disorder and a change of source") {
    auto packets = samples::packets(30);
    packets.erase(packets.begin() + 10, packets.begin() + 13);
    std::swap(packets[15], packets[16]);
    const auto others = samples::packets(10, 40000, 5);
    packets.insert(packets.end(), others.begin(), others.end());
    const Outcome outcome = any_cuts(framed(packets, Framing::bare));
    CHECK(outcome.framing == Framing::bare);
    CHECK(outcome.packets == packets);
    CHECK(outcome.breaks.empty());
}

TEST_CASE("rtp framer: the bare dump of a real camera") {
    const char* shared = std::getenv("GBKIT_SHARED");
    std::ifstream file(std::string(shared == nullptr ? "../shared" : shared) + "/captures/cam_01e168e1.rtp", std::ios::binary);
    if (!file) {
        MESSAGE("skipped: no captures");
        return;
    }
    const Bytes stream{std::istreambuf_iterator<char>(file), {}};
    const Outcome outcome = run(stream, [] { return std::size_t{65536}; }, Framing::undecided, {});
    CHECK(outcome.framing == Framing::bare);
    CHECK(outcome.packets.size() == 3096);
    std::size_t bytes = 0;
    for (const Bytes& packet : outcome.packets) bytes += packet.size();
    CHECK(bytes == stream.size());
    // The same over TCP, with 500 bytes cut out, in pieces as captures give them.
    Bytes tcp = framed(outcome.packets, Framing::rfc4571);
    tcp = without(tcp, 1'000'000, 500);
    const Outcome cut = run(tcp, [] { return std::size_t{1460}; }, Framing::undecided, {});
    CHECK(cut.packets.size() == 3095);
    CHECK(cut.breaks.size() == 1);
    CHECK(same(cut, run(tcp, [] { return std::size_t{1}; }, Framing::undecided, {})));
}
