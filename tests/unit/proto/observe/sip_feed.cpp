// SipFeed: one message a datagram, framing on TCP whatever the cuts, resends, filler, bounds.
#include "proto/observe/sip_feed.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>
#include <vector>

#include "base/findings/sip.hpp"
#include "wire/sip/writer.hpp"

using namespace gbkit;
using namespace gbkit::proto;
using namespace gbkit::proto::observe;

namespace {

Endpoint at(std::string_view address, std::uint16_t port) { return {IpAddress::parse(address).value(), port}; }
const Endpoint device = at("192.0.2.1", 5060);
const Endpoint platform = at("192.0.2.9", 5060);

std::string options(int cseq, std::string_view body = {}) {
    auto writer = wire::sip::Writer::request("OPTIONS", "sip:b@192.0.2.9");
    writer.header("Via", "SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK" + std::to_string(cseq))
        .header("From", "<sip:a@192.0.2.1>;tag=1")
        .header("To", "<sip:b@192.0.2.9>")
        .header("Call-ID", "x")
        .header("CSeq", std::to_string(cseq) + " OPTIONS");
    return std::move(writer).finish(body);
}

struct Line {
    std::uint64_t frame;
    std::string bytes;
    bool again;
};

class Bench {
public:
    Bench() : feed([this](const SipSeen& seen) { lines.push_back({seen.packet.number, std::string(as_text(seen.packet.bytes)), seen.retransmission}); },
                   [this](Finding finding) { findings.push_back(std::move(finding)); }) {}

    void udp(std::string_view bytes, Duration later = milliseconds(10), std::uint64_t cut = 0) {
        Packet packet = next(bytes, later);
        packet.cut = cut;
        feed.see(packet);
    }
    void tcp(std::string_view bytes, std::uint64_t gap = 0) {
        Packet packet = next(bytes, milliseconds(10));
        packet.transport = Transport::tcp;
        offset += gap;
        packet.gap = gap;
        packet.stream_offset = offset;
        offset += bytes.size();
        feed.see(packet);
    }

    std::vector<Line> lines;
    std::vector<Finding> findings;
    std::uint64_t offset = 0;
    std::uint64_t number = 0;
    Time now = from_unix(1'000'000);
    SipFeed feed;

private:
    Packet next(std::string_view bytes, Duration later) {
        now += later;
        Packet packet;
        packet.number = ++number;
        packet.time = now;
        packet.source = device;
        packet.destination = platform;
        packet.bytes = as_bytes(bytes);
        return packet;
    }
};

}  // namespace

TEST_CASE("a datagram is a message; the same within 40 s is a resend, later it is a new one") {
    Bench bench;
    bench.udp(options(1));
    bench.udp(options(1), milliseconds(500));
    bench.udp(options(2));
    bench.udp(options(1), seconds(60));
    REQUIRE(bench.lines.size() == 4);
    CHECK(!bench.lines[0].again);
    CHECK(bench.lines[1].again);
    CHECK(!bench.lines[2].again);
    CHECK(!bench.lines[3].again);
    CHECK(bench.feed.counts().messages == 4);
    CHECK(bench.feed.counts().retransmissions == 1);
    CHECK(bench.findings.empty());
}

TEST_CASE("filler counts on a SIP flow only; the rest is something else") {
    Bench bench;
    bench.udp("\r\n\r\n");
    CHECK(bench.feed.counts().not_sip == 1);
    bench.udp(options(1));
    bench.udp("\r\n\r\n");
    bench.udp(std::string_view("\0\0\0\0", 4));
    bench.udp(std::string(200, 'x'));
    CHECK(bench.feed.counts().keepalive_bytes == 8);
    CHECK(bench.feed.counts().not_sip == 2);
    CHECK(bench.findings.empty());
}

TEST_CASE("TCP: the same messages whatever the cuts, each with the frame of its first byte") {
    std::string stream;
    std::vector<std::string> messages;
    for (int i = 1; i <= 6; ++i) {
        messages.push_back(options(i, i % 2 == 0 ? "a body\r\n\r\nOPTIONS sip:not SIP/2.0\r\n" : ""));
        stream += messages.back() + (i == 3 ? "\r\n\r\n" : "");
    }
    std::mt19937_64 random(1);
    for (int round = 0; round < 300; ++round) {
        Bench bench;
        std::vector<std::size_t> starts{0};
        for (std::size_t done = 0; done < stream.size();) {
            const std::size_t piece = round == 0 ? stream.size() : round == 1 ? 1 : 1 + random() % 400;
            bench.tcp(std::string_view(stream).substr(done, piece));
            done += std::min(piece, stream.size() - done);
            starts.push_back(done);
        }
        REQUIRE(bench.lines.size() == messages.size());
        std::size_t at_byte = 0;
        for (std::size_t i = 0; i < messages.size(); ++i) {
            CHECK(bench.lines[i].bytes == messages[i]);
            at_byte = stream.find(messages[i], at_byte);
            const auto frame = static_cast<std::uint64_t>(std::upper_bound(starts.begin(), starts.end(), at_byte) - starts.begin());
            CHECK(bench.lines[i].frame == frame);
        }
        CHECK(bench.findings.empty());
        CHECK(bench.feed.counts().keepalive_bytes == 4);
    }
}

TEST_CASE("TCP: what stands before the first message and after a gap is nobody's fault") {
    Bench bench;
    bench.tcp("the end of an older body\r\n");
    bench.tcp(options(1));
    const std::string half = options(2, std::string(300, 'b'));
    bench.tcp(half.substr(0, 250));
    bench.tcp("bbbb\r\n", 200);
    bench.tcp(options(3));
    CHECK(bench.findings.empty());
    REQUIRE(bench.lines.size() == 2);
    CHECK(bench.lines[1].bytes == options(3));
    bench.tcp("rubbish in between\r\n");
    bench.tcp(options(4));
    REQUIRE(bench.findings.size() == 1);
    CHECK(bench.findings[0].id == findings::sip_stream_skipped);
    CHECK(bench.findings[0].observed == "20");
}

TEST_CASE("TCP: another connection on the same ports starts afresh") {
    Bench bench;
    bench.tcp(options(1, std::string(500, 'x')).substr(0, 300));
    bench.offset = 0;
    bench.tcp(options(2));
    REQUIRE(bench.lines.size() == 1);
    CHECK(bench.lines[0].bytes == options(2));
}

TEST_CASE("TCP: a stream that never speaks SIP is put aside") {
    Bench bench;
    for (int i = 0; i < 200; ++i) bench.tcp(std::string(1400, 'z') + "\r\n");
    CHECK(bench.lines.empty());
    CHECK(bench.findings.empty());
    CHECK(bench.feed.counts().not_sip == 1);
}

TEST_CASE("a datagram cut by the sender is told, one cut by the snap length is not") {
    const std::string whole = options(1, "twenty bytes of body");
    Bench sender;
    sender.udp(whole.substr(0, whole.size() - 5));
    REQUIRE(sender.findings.size() == 1);
    CHECK(sender.findings[0].id == findings::sip_datagram_cut);
    CHECK(sender.findings[0].expected == "20");
    CHECK(sender.findings[0].observed == "15");
    Bench capture;
    capture.udp(whole.substr(0, whole.size() - 5), milliseconds(1), 5);
    capture.udp(whole.substr(0, 60), milliseconds(1), 300);
    CHECK(capture.findings.empty());
}

TEST_CASE("many streams that never end stay within the budget") {
    Bench bench;
    const std::string head = "OPTIONS sip:b@192.0.2.9 SIP/2.0\r\nContent-Length: 4000000\r\n\r\n";
    const std::string body(1'000'000, 'x');
    for (std::uint16_t port = 1; port <= 200; ++port) {
        Packet packet;
        packet.number = port;
        packet.time = bench.now;
        packet.source = at("192.0.2.1", port);
        packet.destination = platform;
        packet.transport = Transport::tcp;
        packet.bytes = as_bytes(head);
        bench.feed.see(packet);
        packet.stream_offset = head.size();
        packet.bytes = as_bytes(body);
        bench.feed.see(packet);
    }
    CHECK(bench.feed.counts().streams_dropped >= 130);  // 64 MiB hold at most 67 of them
}
