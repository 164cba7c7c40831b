// RTP by its header alone: sources, what only looks like RTP, bounds.
#include "proto/observe/content_rtp.hpp"

#include <doctest/doctest.h>

#include "unit/proto/observe/media/rtp_world.hpp"
#include "unit/wire/frames.hpp"

using namespace gbkit;
using namespace gbkit::proto;
using namespace gbkit::proto::observe;
using namespace gbkit::test;

namespace {

const Endpoint client{ip("10.1.0.9"), 40112};
const Endpoint server{ip("10.1.0.5"), 1935};

}  // namespace

TEST_CASE("RTP by its header: sources, what only looks like it, a flood of SSRCs") {
    std::vector<ContentFlow> others;
    ContentRtp table([&others](const ContentFlow& flow) { others.push_back(flow); }, 50);
    std::uint64_t sent = 0;
    for (const rtp::Timed& packet : rtp::camera(20)) CHECK(table.see(rtp::datagram(packet, ++sent)));
    Packet odd;
    odd.source = client;
    odd.destination = server;
    const Bytes not_rtp = join({hex("8000"), number(7, 2), Bytes(20, 1)});
    odd.bytes = not_rtp;
    for (int i = 0; i < 5; ++i) CHECK(table.see(odd));           // the number does not move
    const Bytes rtcp = hex("80c8000600000001000000000000000000000000000000000000000000");
    odd.bytes = rtcp;
    CHECK_FALSE(table.see(odd));
    odd.bytes = ByteView(not_rtp).first(11);
    CHECK_FALSE(table.see(odd));
    for (std::uint32_t ssrc = 0; ssrc < 1000; ++ssrc) {
        const Bytes one = join({hex("8060"), number(ssrc, 2), number(0, 4), number(ssrc, 4), Bytes(8)});
        odd.bytes = one;
        CHECK(table.see(odd));
    }
    table.finish();
    CHECK(table.flows().empty());        // the camera was silent for a thousand sources: counted, not kept
    CHECK(table.dropped().flows == 1);
    CHECK(table.dropped().packets == sent);
    std::uint64_t packets = 0;
    for (const ContentFlow& flow : others) packets += flow.packets;
    CHECK(packets == 1005);
}

TEST_CASE("a pack header makes one packet enough; numbers that jump or a payload type that changes do not") {
    std::vector<ContentFlow> others;
    ContentRtp table([&others](const ContentFlow& flow) { others.push_back(flow); });
    Packet packet;
    packet.source = client;
    packet.destination = server;
    const auto see = [&](std::uint32_t ssrc, std::uint32_t type, std::uint32_t sequence, const Bytes& payload) {
        const Bytes bytes = join({{0x80}, number(type, 1), number(sequence, 2), number(0, 4), number(ssrc, 4), payload});
        packet.bytes = bytes;
        CHECK(table.see(packet));
    };
    see(1, 96, 7, hex("000001ba44000400"));
    for (const std::uint32_t sequence : {1U, 2U, 500U, 501U, 9000U}) see(2, 96, sequence, Bytes(20));
    for (const std::uint32_t type : {96U, 97U, 96U, 97U, 96U}) see(3, type, type, Bytes(20));
    for (const std::uint32_t sequence : {65534U, 65535U, 0U}) see(4, 8, sequence, Bytes(160));
    table.finish();
    REQUIRE(table.flows().size() == 2);
    CHECK(table.flows()[0]->ssrc == 1);
    CHECK(table.flows()[1]->ssrc == 4);
    CHECK(table.flows()[1]->payload_type == 8);
    CHECK(others.size() == 2);
}
