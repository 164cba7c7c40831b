// The feed's table of sources: who goes when it is full, what stays of them, and packets that are seen twice.
#include <doctest/doctest.h>

#include <algorithm>

#include "base/findings/rtp.hpp"
#include "unit/proto/observe/media/rtp_world.hpp"

using namespace gbkit;
using namespace gbkit::proto;
using namespace gbkit::proto::observe;
using namespace gbkit::test::rtp;

namespace {

MediaOptions room_for(std::size_t sources) {
    MediaOptions options;
    options.max_sources = sources;
    return options;
}

void set_ssrc(Bytes& packet, std::uint32_t value) {
    for (unsigned i = 0; i < 4; ++i) packet[8 + i] = static_cast<std::uint8_t>(value >> (24 - 8 * i));
}

/// The packets of that SSRC from that port, `later`.
void play(MediaFeed& feed, const std::vector<Timed>& packets, std::uint32_t ssrc_of_it, std::uint16_t port, Duration later = {}) {
    for (Timed timed : packets) {
        set_ssrc(timed.sent.bytes, ssrc_of_it);
        timed.time += later;
        feed.see(datagram(timed, 1, port));
    }
}

bool lives(const Told& told, std::uint32_t wanted) {
    return std::any_of(told.sources.begin(), told.sources.end(), [wanted](const RtpSource& source) { return source.ssrc == wanted; });
}

/// Everything on its way once more between other ends, `skew` later; `lose` packets of the copy do not arrive.
Told seen_twice(Duration skew, std::size_t lose = 0, Endpoint receiver = endpoint("203.0.113.9", 40'002), std::vector<Timed> packets = camera(30)) {
    struct Seen {
        const Timed* timed;
        bool copy;
        Time time;
    };
    std::vector<Seen> all;
    for (std::size_t i = 0; i < packets.size(); ++i) {
        all.push_back({&packets[i], false, packets[i].time});
        if (i < 20 || i >= 20 + lose) all.push_back({&packets[i], true, packets[i].time + skew});
    }
    std::stable_sort(all.begin(), all.end(), [](const Seen& a, const Seen& b) { return a.time < b.time; });
    return look([&](MediaFeed& feed) {
        std::uint64_t number = 0;
        for (const Seen& seen : all) {
            Packet packet = datagram(*seen.timed, ++number);
            packet.time = seen.time;
            if (seen.copy) {
                packet.source = endpoint("198.51.100.7", 61'000);
                packet.destination = receiver;
            }
            feed.see(packet);
        }
    });
}

}  // namespace

TEST_CASE("rtp sources: a flood of new ones drives out itself, not the cameras") {
    const auto real = camera(400), made_up = camera(1);
    const Told told = look(
        [&](MediaFeed& feed) {
            for (std::uint32_t i = 0; i < 4; ++i) play(feed, real, 100 + i, static_cast<std::uint16_t>(2000 + i));
            for (std::uint32_t i = 0; i < 500; ++i) play(feed, made_up, 1'000'000 + i, static_cast<std::uint16_t>(3000 + i));
        },
        room_for(16));
    CHECK(told.sources.size() == 16);
    for (std::uint32_t i = 0; i < 4; ++i) CHECK(lives(told, 100 + i));
    CHECK(lives(told, 1'000'499));
    CHECK(told.counts.sources_dropped == 504 - 16);
    CHECK(told.counts.dropped_packets == told.counts.sources_dropped * made_up.size());
    CHECK(told.counts.dropped_lost == 0);
    CHECK(told.counts.dropped_bytes > told.counts.dropped_packets * 100);
}

TEST_CASE("rtp sources: the calls of this morning make room for two that begin at once tonight") {
    const auto call = camera(400);
    const Told told = look(
        [&](MediaFeed& feed) {
            for (std::uint32_t i = 0; i < 20; ++i) play(feed, call, 100 + i, static_cast<std::uint16_t>(2000 + i), seconds(20) * static_cast<std::int64_t>(i));
            std::uint64_t number = 0;
            for (const Timed& timed : call)
                for (const std::uint32_t one : {7'001U, 7'002U}) {
                    Timed other = timed;
                    set_ssrc(other.sent.bytes, one);
                    other.time += hours(12);
                    feed.see(datagram(other, ++number, static_cast<std::uint16_t>(one)));
                }
        },
        room_for(8));
    REQUIRE(told.sources.size() == 8);
    CHECK(told.sources[6].ssrc == 7'001);
    CHECK(told.statistics[6].packets == call.size());  // neither was driven out by the other
    CHECK(told.statistics[7].packets == call.size());
    CHECK(told.counts.sources_dropped == 14);
    CHECK(told.counts.dropped_packets == 14 * call.size());
}

TEST_CASE("rtp sources: what a dropped one had lost is counted, its findings were told") {
    auto lossy = camera(60);
    lossy.erase(lossy.begin() + 30);
    const Told told = look(
        [&](MediaFeed& feed) {
            play(feed, lossy, 100, 2000);
            for (std::uint32_t i = 0; i < 4; ++i) play(feed, camera(1), 200 + i, static_cast<std::uint16_t>(3000 + i));
        },
        room_for(2));
    CHECK_FALSE(lives(told, 100));
    CHECK(told.counts.dropped_lost == 1);
    CHECK(told.find(findings::rtp_lost) != nullptr);
}

TEST_CASE("rtp sources: many SSRCs on one TCP connection, and a connection that outlives its source") {
    const auto one = camera(1);
    Bytes stream;
    for (std::uint32_t i = 0; i < 40; ++i)
        for (Timed timed : one) {
            set_ssrc(timed.sent.bytes, 100 + i % 20);
            wire::rtp::write_framed(stream, timed.sent.bytes, wire::rtp::Framing::rfc4571);
        }
    const Told told = look([&](MediaFeed& feed) { see_tcp(feed, stream); }, room_for(4));
    CHECK(told.sources.size() == 4);
    CHECK(told.counts.rtp == 40 * one.size());
    CHECK(told.counts.sources_dropped == 36);
}

TEST_CASE("rtp sources: a connection that is over before its sources are dropped") {
    Bytes stream;
    for (const std::uint32_t one : {100U, 101U})
        for (Timed timed : camera(1)) {
            set_ssrc(timed.sent.bytes, one);
            wire::rtp::write_framed(stream, timed.sent.bytes, wire::rtp::Framing::rfc4571);
        }
    const Told told = look(
        [&](MediaFeed& feed) {
            see_tcp(feed, stream);
            see_tcp(feed, stream);   // offset 0 again: another connection on the same ports
            for (std::uint32_t i = 0; i < 8; ++i) play(feed, camera(1), 200 + i, static_cast<std::uint16_t>(3000 + i));
            see_tcp(feed, stream);
        },
        room_for(4));
    CHECK(told.sources.size() == 4);
    CHECK(lives(told, 101));
    CHECK(told.counts.sources_dropped == 8);
}

TEST_CASE("rtp sources: who changes ports for ever stays one source") {
    const auto packets = camera(300);
    const Told told = look([&](MediaFeed& feed) {
        for (std::size_t i = 0; i < packets.size(); ++i) feed.see(datagram(packets[i], i + 1, static_cast<std::uint16_t>(2000 + i / 4)));
    });
    REQUIRE(told.sources.size() == 1);
    CHECK(told.statistics[0].packets == packets.size());
    CHECK(told.sources[0].source_port_changes == packets.size() / 4 - 1);
}

TEST_CASE("rtp copies: before and after a NAT, and on a mirror with other addresses") {
    for (const Duration skew : {Duration{microseconds(3)}, Duration{milliseconds(2)}, Duration{milliseconds(90)}}) {
        CAPTURE(to_milliseconds(skew));
        const Told told = seen_twice(skew);
        REQUIRE(told.sources.size() == 2);
        CHECK(told.sources[0].copy_of == 0);
        CHECK(told.sources[1].copy_of == told.sources[0].number);
        CHECK(told.counts.copies == 90);
        CHECK(told.counts.rtp == 180);
        CHECK(told.frames[1] == told.frames[0]);
        INFO(told.ids());
        CHECK(told.nothing_above_info());
    }
    // The same receiver: the packets as a NAT before it sends them.
    CHECK(seen_twice(milliseconds(1), 0, endpoint("192.0.2.10", 30'002)).sources[1].copy_of == 1);
}

TEST_CASE("rtp copies: what is wrong is told once; what is lost between the two is told") {
    auto packets = camera(30);
    packets.erase(packets.begin() + 40, packets.begin() + 43);
    const auto losses = [](const Told& told) {
        std::vector<std::string> all;
        for (const Finding& finding : told.findings)
            if (finding.id == findings::rtp_lost) all.push_back(finding.subject + ": " + finding.observed);
        return all;
    };
    CHECK(losses(seen_twice(milliseconds(1), 0, endpoint("203.0.113.9", 40'002), packets)) == std::vector<std::string>{"ssrc 0100003190: 3"});
    CHECK(losses(seen_twice(milliseconds(1), 5)) == std::vector<std::string>{"ssrc 0100003190 (source 2): 5"});
}

TEST_CASE("rtp copies: a copy that goes on alone is judged, one that turns out to be something else as well") {
    const auto packets = camera(120);
    const auto drive = [&](bool other_content) {
        return look([&](MediaFeed& feed) {
            std::uint64_t number = 0;
            for (std::size_t i = 0; i < packets.size(); ++i) {
                if (other_content || i < 60) feed.see(datagram(packets[i], ++number));
                if (i == 330 || i == 331) continue;
                Timed copy = packets[i];
                copy.sent.other_host = true;
                if (other_content && i > 30) copy.sent.bytes[20] ^= 0x55;
                if (i > 340) copy.sent.bytes[1] = static_cast<std::uint8_t>((copy.sent.bytes[1] & 0x80) | 98);
                Packet packet = datagram(copy, ++number);
                packet.destination.port = 40'000;
                feed.see(packet);
            }
        });
    };
    const Told alone = drive(false);
    REQUIRE(alone.sources.size() == 2);
    CHECK(alone.sources[1].copy_of == 1);
    REQUIRE(alone.find(findings::rtp_lost) != nullptr);
    CHECK(alone.find(findings::rtp_lost)->observed == "2");
    CHECK(alone.find(findings::rtp_payload_type_changes) != nullptr);
    const Told other = drive(true);
    REQUIRE(other.sources.size() == 2);
    CHECK(other.sources[1].copy_of == 0);
    CHECK(other.find(findings::rtp_lost) != nullptr);
}

TEST_CASE("rtp copies: two cameras with the same SSRC, and the same file played later, are none") {
    const Told cameras = look([&](MediaFeed& feed) {
        const auto one = camera(30), two = camera(30, nullptr, 2900);
        for (std::size_t i = 0; i < std::min(one.size(), two.size()); ++i) {
            feed.see(datagram(one[i], i));
            Timed other = two[i];
            other.sent.other_host = true;
            Packet packet = datagram(other, i);
            packet.destination.port = 40'000;
            feed.see(packet);
        }
    });
    REQUIRE(cameras.sources.size() == 2);
    CHECK(cameras.sources[1].copy_of == 0);
    const Told again = look([&](MediaFeed& feed) {
        for (const Duration later : {Duration{}, Duration{seconds(1)}})
            for (Timed timed : camera(10)) {
                timed.time += later;
                timed.sent.other_host = later > Duration{};
                Packet packet = datagram(timed, 1);
                packet.destination.port = later > Duration{} ? 40'000 : 30'002;
                feed.see(packet);
            }
    });
    REQUIRE(again.sources.size() == 2);
    CHECK(again.sources[1].copy_of == 0);
}

namespace {

/// The stream, and the same from another host or port.
Told tcp_twice(const Bytes& stream, std::string_view other_host, std::uint16_t other_port) {
    return look([&](MediaFeed& feed) {
        for (std::size_t at = 0; at < stream.size(); at += 1460)
            for (const bool copy : {false, true}) {
                Packet packet;
                packet.number = at + 1;
                packet.time = from_unix(1'700'000'000) + microseconds(at);
                packet.source = copy ? endpoint(other_host, other_port) : endpoint("192.0.2.64", 40'000);
                packet.destination = endpoint("192.0.2.10", 30'002);
                packet.transport = Transport::tcp;
                packet.bytes = ByteView(stream).subspan(at, std::min<std::size_t>(1460, stream.size() - at));
                packet.stream_offset = at;
                feed.see(packet);
            }
    });
}

}  // namespace

TEST_CASE("rtp copies: a stream on TCP seen on both sides of a NAT; a host that sends the same on two connections") {
    Bytes stream;
    for (const Timed& timed : camera(30)) wire::rtp::write_framed(stream, timed.sent.bytes, wire::rtp::Framing::rfc4571);
    const Told told = tcp_twice(stream, "198.51.100.7", 40'000);
    REQUIRE(told.sources.size() == 2);
    CHECK(told.sources[1].copy_of == 1);
    CHECK(told.nothing_above_info());
    const Told same_host = tcp_twice(stream, "192.0.2.64", 40'001);
    REQUIRE(same_host.sources.size() == 2);
    CHECK(same_host.sources[1].copy_of == 0);
}
