// The feed: RTP found among other packets, sources told apart, what they carry named, state bounded.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>

#include "base/findings/rtp.hpp"
#include "unit/proto/observe/media/rtp_world.hpp"

using namespace gbkit;
using namespace gbkit::proto;
using namespace gbkit::proto::observe;
using namespace gbkit::test::rtp;
using wire::codec::Container;
using wire::rtp::Framing;

namespace {

Bytes framed_camera(std::size_t frames, Framing framing) {
    Bytes stream;
    for (const Timed& timed : camera(frames)) wire::rtp::write_framed(stream, timed.sent.bytes, framing);
    return stream;
}

}  // namespace

TEST_CASE("rtp feed: nothing of the first packets is lost while it makes sure") {
    // The capture begins in the middle of a frame: three packets without a pack header first.
    auto packets = camera(20, nullptr, 9000);
    packets.erase(packets.begin(), packets.begin() + 2);
    const Told told = look([&](MediaFeed& feed) { see_udp(feed, packets); });
    REQUIRE(told.sources.size() == 1);
    CHECK(told.statistics[0].packets == packets.size());
    CHECK(told.counts.rtp == packets.size());
    CHECK(told.frames[0] == 19);
    INFO(told.ids());
    CHECK(told.nothing_above_info());
}

TEST_CASE("rtp feed: other UDP packets are not called RTP") {
    std::mt19937 random(7);
    const Told told = look([&](MediaFeed& feed) {
        for (std::uint64_t i = 1; i <= 5000; ++i) {
            Bytes noise(200);
            for (std::uint8_t& byte : noise) byte = static_cast<std::uint8_t>(random());
            if (i % 3 == 0) noise[0] = 0x80;
            if (i % 5 == 0) std::fill(noise.begin() + 8, noise.begin() + 12, 0);  // a constant "SSRC"
            feed.see(datagram({{noise}, from_unix(1'700'000'000)}, i));
        }
        const std::string sip = "REGISTER sip:34020000002000000001@3402000000 SIP/2.0\r\n\r\n";
        feed.see(datagram({{Bytes(sip.begin(), sip.end())}, {}}, 5001));
    });
    CHECK(told.sources.empty());
    CHECK(told.counts.rtp == 0);
    CHECK(told.findings.empty());
}

TEST_CASE("rtp feed: two packets are enough at the end, one without a pack is not") {
    const auto packets = camera(2, nullptr, 9000);
    const auto sources = [&](std::size_t from, std::size_t count) {
        return look([&](MediaFeed& feed) { see_udp(feed, {packets.begin() + static_cast<std::ptrdiff_t>(from), packets.begin() + static_cast<std::ptrdiff_t>(from + count)}); })
            .sources.size();
    };
    CHECK(sources(1, 1) == 0);
    CHECK(sources(1, 2) == 1);
    CHECK(sources(0, 1) == 1);
}

TEST_CASE("rtp feed: several sources, RTCP and a filter") {
    const auto packets = camera(30);
    const auto drive = [&](MediaFeed& feed) {
        std::uint64_t number = 0;
        for (const Timed& timed : packets) {
            feed.see(datagram(timed, ++number));
            Timed other = timed;
            other.sent.bytes[11] ^= 1;  // another SSRC in the same flow
            feed.see(datagram(other, ++number));
            feed.see(datagram(timed, ++number, 31'000));  // the same SSRC from a port that goes on as well
        }
        Timed report{{sender_report()}, packets.back().time};
        feed.see(datagram(report, ++number));
    };
    const Told told = look(drive);
    REQUIRE(told.sources.size() >= 2);
    CHECK(told.counts.rtcp == 1);
    CHECK(told.find(findings::rtp_rtcp_in_flow) != nullptr);
    MediaOptions only;
    only.ssrc = ssrc ^ 1;
    const Told one = look(drive, only);
    REQUIRE(one.sources.size() == 1);
    CHECK(one.sources[0].ssrc == (ssrc ^ 1));
    CHECK(one.statistics[0].packets == packets.size());
    MediaOptions flow;
    flow.flow = [](const Endpoint& a, const Endpoint&) { return a.port == 31'000; };
    const Told by_flow = look(drive, flow);
    REQUIRE(by_flow.sources.size() == 1);
    CHECK(by_flow.sources[0].source.port == 31'000);
}

TEST_CASE("rtp feed: a flow that goes on from another port is one source") {
    auto fault = fault::RtpFilter::make("rtp-source-port-changed");
    const Told told = look([&](MediaFeed& feed) { see_udp(feed, camera(40, &*fault)); });
    REQUIRE(told.sources.size() == 1);
    CHECK(told.sources[0].source_port_changes == 1);
    CHECK(told.sources[0].source.port == 30'002);
    CHECK(told.statistics[0].packets == 120);
    CHECK(told.frames[0] == 40);
}

TEST_CASE("rtp feed: the same packets before and after a NAT are no second sender") {
    const auto packets = camera(30);
    const Told told = look([&](MediaFeed& feed) {
        std::uint64_t number = 0;
        for (const Timed& timed : packets) {
            feed.see(datagram(timed, ++number));
            Timed translated = timed;
            translated.sent.other_host = true;
            feed.see(datagram(translated, ++number));
        }
    });
    CHECK(told.sources.size() == 2);
    INFO(told.ids());
    CHECK(told.nothing_above_info());
}

TEST_CASE("rtp feed: loss is as certain as the place it was seen from allows") {
    auto packets = camera(60);
    packets.erase(packets.begin() + 20, packets.begin() + 22);
    const auto certainty = [&](SeenFrom from, Direction direction) {
        MediaOptions options;
        options.seen_from = from;
        const Told told = look(
            [&](MediaFeed& feed) {
                std::uint64_t number = 0;
                for (const Timed& timed : packets) {
                    Packet packet = datagram(timed, ++number);
                    packet.direction = direction;
                    feed.see(packet);
                }
            },
            options);
        const Finding* lost = told.find(findings::rtp_lost);
        REQUIRE(lost != nullptr);
        CHECK(lost->observed == "2");
        CHECK(lost->where.frame == 21);
        return lost->certainty;
    };
    CHECK(certainty(SeenFrom::unknown, Direction::unknown) == Certainty::likely);
    CHECK(certainty(SeenFrom::device, Direction::unknown) == Certainty::possible);
    CHECK(certainty(SeenFrom::platform, Direction::received) == Certainty::certain);
}

TEST_CASE("rtp feed: packets cut by the snap length, and gaps in TCP, are the capture's loss") {
    const auto packets = camera(60);
    const Told cut = look([&](MediaFeed& feed) {
        std::uint64_t number = 0;
        for (const Timed& timed : packets) {
            Packet packet = datagram(timed, ++number);
            if (number % 10 == 0) {
                packet.cut = packet.bytes.size() - 60;
                packet.bytes = packet.bytes.first(60);
            }
            feed.see(packet);
        }
    });
    CHECK(cut.find(findings::rtp_lost) == nullptr);
    CHECK(cut.statistics[0].not_captured == 18);
    CHECK(cut.statistics[0].lost == 0);

    const Bytes stream = framed_camera(60, Framing::rfc4571);
    const Told gap = look([&](MediaFeed& feed) {
        std::uint64_t number = 0;
        for (std::size_t at = 0; at < stream.size(); at += 1460) {
            if (++number == 30) continue;
            Packet packet;
            packet.number = number;
            packet.time = from_unix(1'700'000'000) + milliseconds(10) * static_cast<std::int64_t>(number);
            packet.source = endpoint("192.0.2.64", 40'000);
            packet.destination = endpoint("192.0.2.10", 30'002);
            packet.transport = Transport::tcp;
            packet.bytes = ByteView(stream).subspan(at, std::min<std::size_t>(1460, stream.size() - at));
            packet.stream_offset = at;
            packet.gap = number == 31 ? 1460 : 0;
            feed.see(packet);
        }
    });
    CHECK(gap.find(findings::rtp_lost) == nullptr);
    CHECK(gap.find(findings::rtp_framing_lost) == nullptr);
    CHECK(gap.statistics[0].not_captured == 180 - gap.statistics[0].packets);
    CHECK(gap.statistics[0].not_captured >= 2);
    CHECK(gap.statistics[0].lost == 0);
}

TEST_CASE("rtp feed: each framing on TCP and in dumps") {
    for (const Framing framing : {Framing::rfc4571, Framing::interleaved, Framing::bare}) {
        CAPTURE(wire::rtp::name_of(framing));
        const Bytes stream = framed_camera(60, framing);
        const Told tcp = look([&](MediaFeed& feed) { see_tcp(feed, stream); });
        REQUIRE(tcp.sources.size() == 1);
        CHECK(tcp.sources[0].framing == framing);
        CHECK(tcp.statistics[0].packets == 180);
        CHECK((tcp.find(findings::rtp_framing_interleaved) != nullptr) == (framing == Framing::interleaved));
        CHECK((tcp.find(findings::rtp_framing_absent) != nullptr) == (framing == Framing::bare));
        for (const std::size_t piece : {std::size_t{1000}, stream.size()}) {
            const Told dump = look([&](MediaFeed& feed) {
                for (std::size_t at = 0; at < stream.size(); at += piece) feed.see_dump(ByteView(stream).subspan(at, std::min(piece, stream.size() - at)));
            });
            REQUIRE(dump.sources.size() == 1);
            CHECK(dump.frames[0] == 60);
            CHECK(dump.sources[0].source == Endpoint{});
            CHECK(dump.find(findings::rtp_framing_absent) == nullptr);
            if (const Finding* finding = dump.find(findings::rtp_framing_interleaved)) CHECK(finding->certainty == Certainty::possible);
        }
    }
}

TEST_CASE("rtp feed: packets with borders and times (rtpdump)") {
    const auto packets = camera(30);
    const Told told = look([&](MediaFeed& feed) {
        for (std::size_t i = 0; i < packets.size(); ++i)
            feed.see_datagram(packets[i].sent.bytes, {.offset = 100 * i, .time = packets[i].time}, true);
        feed.see_datagram(sender_report(), {}, true);
    });
    REQUIRE(told.sources.size() == 1);
    CHECK(told.frames[0] == 30);
    CHECK(told.sources[0].rtcp_packets == 1);
    CHECK(told.statistics[0].jitter_ms < 1);
}

TEST_CASE("rtp feed: a capture and an rtpdump, one after the other, keep apart") {
    const auto packets = camera(10);
    const Told told = look([&](MediaFeed& feed) {
        see_udp(feed, packets);
        Bytes other = packets[0].sent.bytes;
        other[11] ^= 1;
        feed.see_datagram(other, {}, true);
        see_udp(feed, packets);
    });
    REQUIRE(told.sources.size() == 2);
    CHECK(told.statistics[0].packets == 30);
    CHECK(told.statistics[0].duplicates == 30);
    CHECK(told.statistics[1].packets == 1);
}

TEST_CASE("rtp feed: what is no program stream is named") {
    const auto told_of = [](const std::function<Bytes(std::size_t)>& payload, std::uint8_t type) {
        return look([&](MediaFeed& feed) {
            for (std::size_t i = 0; i < 60; ++i) {
                const Bytes bytes = packet({.sequence = static_cast<std::uint16_t>(i), .timestamp = static_cast<std::uint32_t>(3600 * i), .payload_type = type, .marker = true}, payload(i));
                feed.see(datagram({{bytes}, from_unix(1'700'000'000) + milliseconds(40) * static_cast<std::int64_t>(i)}, i + 1));
            }
        });
    };
    const auto transport = [](std::size_t) {
        Bytes bytes;
        for (int i = 0; i < 7; ++i) {
            bytes.push_back(0x47);
            bytes.resize(bytes.size() + 187, 0x11);
        }
        return bytes;
    };
    const Told ts = told_of(transport, 96);
    REQUIRE(ts.find(findings::media_not_ps) != nullptr);
    CHECK(ts.find(findings::media_not_ps)->certainty == Certainty::certain);
    CHECK(ts.sources[0].container == Container::transport_stream);
    // The SDP may have agreed on it.
    CHECK(told_of(transport, 98).find(findings::media_not_ps)->certainty == Certainty::possible);
    // Talk and broadcast are bare G.711.
    CHECK(told_of([](std::size_t i) { return test::codec::g711a_speech(160, 160 * i); }, 8).findings.empty());
    const Told unknown = told_of([](std::size_t i) { return test::codec::filler(200, static_cast<std::uint32_t>(i)); }, 96);
    REQUIRE(unknown.find(findings::media_not_ps) != nullptr);
    CHECK(unknown.find(findings::media_not_ps)->certainty == Certainty::likely);
    CHECK(unknown.sources[0].container == Container::unknown);
}

TEST_CASE("rtp feed: state is bounded") {
    MediaOptions options;
    options.max_sources = 8;
    const auto packets = camera(3);
    const Told told = look(
        [&](MediaFeed& feed) {
            std::uint64_t number = 0;
            for (std::uint16_t port = 0; port < 200; ++port)
                for (const Timed& timed : packets) {
                    Timed other = timed;
                    other.sent.bytes[10] = static_cast<std::uint8_t>(port);
                    feed.see(datagram(other, ++number, static_cast<std::uint16_t>(1000 + port)));
                }
        },
        options);
    CHECK(told.sources.size() == 8);
    CHECK(told.counts.sources_dropped == 192);
    CHECK(told.counts.rtp == 200 * packets.size());
}

TEST_CASE("rtp feed: an SSRC that y= did not promise") {
    MediaOptions options;
    options.expected_ssrc = 200003190;
    const Told told = look([&](MediaFeed& feed) { see_udp(feed, camera(20)); }, options);
    const Finding* finding = told.find(findings::rtp_ssrc_differs);
    REQUIRE(finding != nullptr);
    CHECK(finding->expected == "0200003190");
    CHECK(finding->observed == "0100003190");
    options.expected_ssrc = ssrc;
    CHECK(look([&](MediaFeed& feed) { see_udp(feed, camera(20)); }, options).find(findings::rtp_ssrc_differs) == nullptr);
}

TEST_CASE("rtp feed: loss and jitter against the limits of the standard") {
    auto packets = camera(400);
    for (std::size_t i = packets.size(); i-- > 0;)
        if (i % 200 == 100) packets.erase(packets.begin() + static_cast<std::ptrdiff_t>(i));
    const Told told = look([&](MediaFeed& feed) { see_udp(feed, packets); });
    const Finding* loss = told.find(findings::rtp_loss_above_limit);  // rtp-loss-above-limit
    REQUIRE(loss != nullptr);
    CHECK(loss->observed == "0.50%");
    packets = camera(400);
    packets.erase(packets.begin() + 600);  // one in 1,200 is allowed
    CHECK(look([&](MediaFeed& feed) { see_udp(feed, packets); }).find(findings::rtp_loss_above_limit) == nullptr);
}

namespace {

/// 80 ms of sound in each packet, sent in time, with a pause after the first hundred; its timestamps count 8,000 a second.
Told voice(std::uint8_t payload_type, proto::observe::MediaOptions options = {}, Duration pause = {}) {
    return look([payload_type, pause](proto::observe::MediaFeed& feed) {
        wire::rtp::Packetizer packetizer({.ssrc = ssrc, .payload_type = payload_type});
        std::vector<Bytes> packets;
        for (std::uint32_t i = 0; i < 150; ++i) packetizer.frame(gbkit::test::codec::g711a_speech(640, i * 640), i * 640, packets);
        proto::Packet packet;
        packet.source = endpoint("192.0.2.10", 30'020);
        packet.destination = endpoint("192.0.2.64", 15'062);
        for (const Bytes& bytes : packets) {
            packet.time = from_unix(1'700'000'000) + milliseconds(80) * static_cast<int>(packet.number) + (packet.number < 100 ? Duration{} : pause);
            ++packet.number;
            packet.bytes = bytes;
            feed.see(packet);
        }
    }, std::move(options));
}

}  // namespace

TEST_CASE("rtp feed: sound in time does not jitter, whatever its clock") {
    const Told known = voice(8);
    REQUIRE(known.statistics.size() == 1);
    CHECK(known.statistics[0].jitter_max_ms == doctest::Approx(0));
    CHECK(known.find(findings::rtp_jitter_above_limit) == nullptr);
    // A dynamic type that nothing explains: its clock is a guess, and so is the verdict.
    const Told guessed = voice(105);
    REQUIRE(guessed.find(findings::rtp_jitter_above_limit) != nullptr);
    CHECK(guessed.find(findings::rtp_jitter_above_limit)->certainty == Certainty::possible);
    // PS has 90 kHz, whatever an SDP says.
    proto::observe::MediaOptions odd;
    odd.clock = [](const Endpoint&, const Endpoint&, std::uint8_t) { return std::optional(8'000U); };
    CHECK(look([](MediaFeed& feed) { see_udp(feed, camera(100)); }, odd).statistics.front().jitter_max_ms < 1);
    proto::observe::MediaOptions options;
    options.clock = [](const Endpoint&, const Endpoint& to, std::uint8_t type) { return type == 105 && to.port == 15'062 ? std::optional(8'000U) : std::nullopt; };
    CHECK(voice(105, options).statistics[0].jitter_max_ms == doctest::Approx(0));
}

TEST_CASE("rtp feed: a download at four times its speed does not jitter, a network that is too slow does") {
    const auto sent = [](Duration apart) {
        return look([apart](MediaFeed& feed) {
            wire::rtp::Packetizer packetizer({.ssrc = ssrc, .payload_type = 96});
            proto::Packet packet;
            packet.source = endpoint("192.0.2.64", 15'060);
            packet.destination = endpoint("192.0.2.10", 30'002);
            std::vector<Bytes> packets;
            for (std::uint32_t i = 0; i < 200; ++i) packetizer.frame(camera(1, nullptr, 900).front().sent.bytes, i * 36'000, packets);   // 400 ms each
            for (const Bytes& bytes : packets) {
                packet.time = from_unix(1'700'000'000) + apart * static_cast<int>(packet.number);
                ++packet.number;
                packet.bytes = bytes;
                feed.see(packet);
            }
        });
    };
    CHECK(sent(milliseconds(100)).find(findings::rtp_jitter_above_limit) == nullptr);
    CHECK(sent(milliseconds(100)).statistics.front().pace == doctest::Approx(4));
    CHECK(sent(milliseconds(900)).find(findings::rtp_jitter_above_limit) != nullptr);
}

TEST_CASE("rtp feed: whoever talks may pause, a camera may not, but when it is told to") {
    proto::observe::MediaOptions options;
    Time paused_at = from_unix(1'700'000'008);
    options.paused = [&paused_at](const Endpoint&, const Endpoint& to, Time last) { return to.port == 15'062 && paused_at >= last; };
    CHECK(voice(96, options, seconds(20)).find(findings::rtp_silence) == nullptr);
    paused_at = from_unix(1'700'000'001);   // long before: it went on since
    CHECK(voice(96, options, seconds(20)).find(findings::rtp_silence) != nullptr);
    CHECK(voice(8, {}, seconds(20)).find(findings::rtp_silence) == nullptr);
    CHECK(voice(96, {}, seconds(20)).find(findings::rtp_silence) != nullptr);
    CHECK(voice(96, {}, seconds(14)).find(findings::rtp_silence) == nullptr);
}

TEST_CASE("rtp feed: the real camera, as a dump") {
    const char* shared = std::getenv("GBKIT_SHARED");
    std::ifstream file(std::string(shared == nullptr ? "../shared" : shared) + "/captures/cam_01e168e1.rtp", std::ios::binary);
    if (!file) {
        MESSAGE("skipped: no captures");
        return;
    }
    const Bytes stream{std::istreambuf_iterator<char>(file), {}};
    const Told told = look([&](MediaFeed& feed) { feed.see_dump(stream); });
    REQUIRE(told.sources.size() == 1);
    CHECK(told.statistics[0].packets == 3096);
    CHECK(told.statistics[0].lost == 0);
    INFO(told.ids());
    for (const Finding& finding : told.findings) {
        CAPTURE(finding.id.slug);
        CHECK(info_of(finding.id).severity >= Severity::vendor);
    }
}
