// Conversations by content: both directions of a stream, names, totals, bounds.
#include "proto/observe/content_table.hpp"

#include <doctest/doctest.h>

#include "unit/proto/observe/media/rtp_world.hpp"
#include "unit/wire/frames.hpp"
#include "unit/wire/rtmp_samples.hpp"

using namespace gbkit;
using namespace gbkit::proto;
using namespace gbkit::proto::observe;
using namespace gbkit::test;

namespace {

const Endpoint client{ip("10.1.0.9"), 40112};
const Endpoint server{ip("10.1.0.5"), 1935};

struct Wire {
    explicit Wire(bool find_rtp = false, ContentTable::Limits limits = ContentTable::Limits()) : table(find_rtp, limits) {}

    void tcp(const Endpoint& from, const Endpoint& to, const Bytes& bytes, std::size_t step = 1460, std::uint64_t gap = 0) {
        std::uint64_t& offset = offsets[from < to ? 0 : 1];
        for (std::size_t at = 0; at < bytes.size(); at += step) {
            Packet packet;
            packet.number = ++number;
            packet.time = from_unix(1'700'000'000) + milliseconds(number);
            packet.source = from;
            packet.destination = to;
            packet.transport = Transport::tcp;
            packet.bytes = ByteView(bytes).subspan(at, std::min(step, bytes.size() - at));
            packet.gap = at == 0 ? gap : 0;
            offset += packet.gap;
            packet.stream_offset = offset;
            offset += packet.bytes.size();
            table.see(packet);
        }
    }
    const ContentFlow& only() {
        table.finish();
        REQUIRE(table.flows().size() == 1);
        return *table.flows().front();
    }

    ContentTable table;
    std::uint64_t number = 0;
    std::uint64_t offsets[2] = {};
};

Bytes publisher() { return join({rtmp::handshake(3073), rtmp::message(20, rtmp::connect("live?token=Geheim", "rtmp://bob:Geheim@10.1.0.5/live?token=Geheim"), 3)}); }

}  // namespace

TEST_CASE("an RTMP connection, its application masked, whatever the cuts and whoever is seen first") {
    for (const std::size_t step : {std::size_t{1}, std::size_t{100}, std::size_t{1460}, std::size_t{9000}})
        for (const bool server_first : {false, true}) {
            Wire wire;
            if (server_first) wire.tcp(server, client, rtmp::handshake(3073), step);
            wire.tcp(client, server, publisher(), step);
            if (!server_first) wire.tcp(server, client, rtmp::handshake(3073), step);
            wire.tcp(client, server, Bytes(50'000, 9));
            const ContentFlow& flow = wire.only();
            CHECK(flow.content == Content::rtmp);
            CHECK(flow.from == client);
            CHECK(flow.name == "live?token=***");
            CHECK(flow.url == "rtmp://***@10.1.0.5/live?token=***");
            CHECK(flow.bytes == publisher().size() + 3073 + 50'000);
            CHECK(flow.packets == wire.number);
            CHECK(flow.first_frame == 1);
            CHECK(flow.last_frame == wire.number);
        }
}

TEST_CASE("a long URL shows no half of its password") {
    Wire wire;
    const std::string secret(300, 'g');
    wire.tcp(client, server, join({rtmp::handshake(3073), rtmp::message(20, rtmp::connect("live?t=" + secret, "rtmp://bob:" + secret + "@10.1.0.5/live"), 3)}));
    CHECK(wire.only().name == "live?t=***");
    CHECK(wire.only().url == "rtmp://***@10.1.0.5/live");
}

TEST_CASE("Flash's handshake is believed when both directions begin so") {
    const Bytes flash = join({hex("030000000080000702"), Bytes(3064, 0x55)});
    const Bytes answer = join({hex("03000000000d0e0a0d"), Bytes(3064, 0x66)});
    Wire both;
    both.tcp(client, server, join({flash, rtmp::message(20, rtmp::connect("live", "x"), 3)}), 500);
    both.tcp(server, client, answer, 500);
    CHECK(both.only().content == Content::rtmp);
    Wire early;   // the client waits for S0 before it sends the rest
    early.tcp(client, server, Bytes(flash.begin(), flash.begin() + 1537), 500);
    early.tcp(server, client, answer, 500);
    early.tcp(client, server, join({Bytes(flash.begin() + 1537, flash.end()), rtmp::message(20, rtmp::connect("live", "x"), 3)}), 500);
    CHECK(early.only().name == "live");
    Wire alone;
    alone.tcp(client, server, flash, 500);
    alone.tcp(server, client, Bytes(2000, 0x07), 500);
    CHECK(alone.only().content == Content::other);
}

TEST_CASE("a request counts more than the looks of its answer") {
    Wire tunnel;
    tunnel.tcp(server, client, text("HTTP/1.0 200 OK\r\nServer: x\r\n\r\n"));
    tunnel.tcp(client, server, text("GET /ch1 HTTP/1.0\r\nAccept: application/x-rtsp-tunnelled\r\n\r\n"), 3);
    CHECK(tunnel.only().content == Content::rtsp);
    CHECK(tunnel.only().from == client);
    Wire plain;
    plain.tcp(client, server, text("GET / HTTP/1.1\r\nHost: camera\r\n\r\n"));
    plain.tcp(server, client, text("HTTP/1.1 200 OK\r\n\r\nRTSP/1.0 200 OK\r\n"));
    CHECK(plain.only().content == Content::http);
    CHECK(plain.only().name == "camera");
}

TEST_CASE("what is lost or cut is no guess") {
    Wire gap;
    gap.tcp(client, server, text("GET / HT"));
    gap.tcp(client, server, text("TP/1.1\r\nHost: x\r\n\r\n"), 1460, 700);   // what was missing may have been another line
    CHECK(gap.only().content == Content::other);
    Wire short_one;
    short_one.tcp(client, server, hex("03001122"));
    CHECK(short_one.only().content == Content::other);
    Wire lost_connect;
    lost_connect.tcp(client, server, rtmp::handshake(2000));
    lost_connect.tcp(client, server, Bytes(500, 1), 1460, 3000);
    CHECK(lost_connect.only().content == Content::rtmp);
    CHECK(lost_connect.only().name.empty());
}

TEST_CASE("datagrams that turn out to be media are no others") {
    ContentTable table;
    Packet packet;
    packet.source = client;
    packet.destination = server;
    const Bytes bytes(20, 0x80);
    packet.bytes = bytes;
    table.see(packet);
    table.know(server, client, Content::rtp);
    table.know(server, server, Content::rtp);
    table.see(packet);
    table.finish();
    REQUIRE(table.flows().size() == 1);
    CHECK(table.flows().front()->content == Content::rtp);
    CHECK(table.flows().front()->packets == 2);
}

TEST_CASE("another connection on the same ports is looked at again") {
    Wire wire;
    wire.tcp(client, server, text("\x07garbage"));
    wire.offsets[0] = wire.offsets[1] = 0;
    wire.tcp(client, server, text("OPTIONS rtsp://10.1.0.5/a RTSP/1.0\r\n\r\n"));
    CHECK(wire.only().content == Content::rtsp);
}

TEST_CASE("RTP on TCP is found in the middle of a connection when somebody asks for it") {
    Bytes stream(100, 0xEE);
    for (const rtp::Timed& packet : rtp::camera(30)) stream = join({stream, number(packet.sent.bytes.size(), 2), packet.sent.bytes});
    for (const std::size_t step : {std::size_t{1460}, std::size_t{77}}) {
        Wire asked(true);
        asked.tcp(client, server, Bytes(3, 1));
        asked.tcp(server, client, stream, step);
        CHECK(asked.only().content == Content::rtp);
        CHECK(asked.only().ssrc == rtp::ssrc);
        CHECK(asked.only().from == server);
    }
    Wire not_asked;
    not_asked.tcp(server, client, stream);
    CHECK(not_asked.only().content == Content::other);
    Wire noise(true);
    noise.tcp(server, client, Bytes(100'000, 0x41));
    CHECK(noise.only().content == Content::other);
}

TEST_CASE("a flood of conversations is bounded, and the totals keep them") {
    constexpr std::size_t flood = 3000;
    Wire wire(true, {.flows = 100, .framers = 10});
    for (std::uint16_t i = 0; i < flood; ++i) {
        wire.offsets[0] = wire.offsets[1] = 0;
        wire.tcp(client, {ip("10.2.0.1"), i}, i % 2 == 0 ? text("GET / HTTP/1.1\r\n\r\n") : Bytes(18, 0xC0));
    }
    wire.table.finish();
    CHECK(wire.table.flows().size() == 100);
    CHECK(wire.table.dropped() == flood - 100);
    const ContentTable::Totals totals = wire.table.totals();
    CHECK(totals[static_cast<std::size_t>(Content::http)].flows == flood / 2);
    CHECK(totals[static_cast<std::size_t>(Content::other)].flows == flood / 2);
    CHECK(totals[static_cast<std::size_t>(Content::http)].bytes == flood / 2 * 18);
}
