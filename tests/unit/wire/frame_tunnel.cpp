// wire/frame_tunnel, wire/frame_wifi, PPP: what is carried inside is what counts, and what is not a tunnel stays whole.
#include "wire/frame_tunnel.hpp"

#include <doctest/doctest.h>

#include "unit/wire/frames.hpp"
#include "wire/duplicates.hpp"
#include "wire/frame.hpp"
#include "wire/frame_transport.hpp"

using namespace gbkit;
using namespace gbkit::test;
using namespace gbkit::wire;

namespace {

Bytes hello_packet() { return ipv4({}, udp(5060, 5061, text("hello"))); }

std::string kinds(const Frame& frame) {
    std::string all;
    for (std::size_t i = 0; i < frame.tunnel_count; ++i) all += std::string(frame.tunnels[i]) + ' ';
    return all;
}

// The tunnels on the way and the payload found, or why there is none.
std::string found_in(std::uint32_t type, const Bytes& frame, std::size_t wire_length = 0) {
    const auto decoded = decode_frame(type, frame, wire_length);
    if (!decoded) return decoded.error().text();
    const auto datagram = decode_udp(decoded->ip);
    if (!datagram) return datagram.error().text();
    return kinds(*decoded) + std::string(as_text(datagram->payload));
}
std::string carried(std::uint8_t protocol, const Bytes& payload) {
    return found_in(link_type::ethernet, ethernet(ipv4({.source = "192.0.2.1", .destination = "192.0.2.2", .protocol = protocol}, payload)));
}
Bytes vxlan(const Bytes& inner) { return udp(40000, 4789, join({hex("0800000000000700"), inner})); }

}  // namespace

TEST_CASE("a packet in a packet is found, whatever carries it") {
    CHECK(carried(4, hello_packet()) == "IP in IP hello");
    CHECK(carried(41, ipv6({"2001:db8::1", "2001:db8::2"}, udp(1, 2, text("hello")))) == "IP in IP hello");
    CHECK(carried(17, vxlan(ethernet(hello_packet()))) == "VXLAN hello");
    CHECK(carried(17, vxlan(ethernet(hello_packet(), 0x0800, {7}))) == "VXLAN hello");
    CHECK(carried(47, join({hex("00000800"), hello_packet()})) == "GRE hello");
    CHECK(carried(47, join({hex("B0000800"), hex("112233445566778899aabbcc"), hello_packet()})) == "GRE hello");  // checksum, key, sequence
    CHECK(carried(47, join({hex("20006558"), hex("00000001"), ethernet(hello_packet())})) == "GRE hello");
    CHECK(carried(47, join({hex("3081880B"), hex("00200001"), hex("00000001"), hex("00000002"), hex("ff030021"), hello_packet()})) == "GRE hello");
    CHECK(carried(47, join({hex("000088BE"), ethernet(hello_packet())})) == "ERSPAN hello");                           // I
    CHECK(carried(47, join({hex("100088BE"), hex("00000009"), hex("1064000100000000"), ethernet(hello_packet())})) == "ERSPAN hello");  // II
    CHECK(carried(47, join({hex("100022EB"), hex("00000009"), Bytes(12), ethernet(hello_packet())})) == "ERSPAN hello");  // III
    CHECK(carried(47, join({hex("100022EB"), hex("00000009"), Bytes(11), {1}, Bytes(8), ethernet(hello_packet())})) == "ERSPAN hello");
}

TEST_CASE("tunnels nest four deep; a fifth is the end in itself") {
    Bytes packet = hello_packet();
    for (int i = 0; i < 4; ++i) packet = ipv4({.protocol = 4}, packet);
    CHECK(found_in(link_type::raw, packet) == "IP in IP IP in IP IP in IP IP in IP hello");
    const auto deeper = decode_frame(link_type::raw, ipv4({.protocol = 4}, packet), 0);
    REQUIRE(deeper);
    CHECK(deeper->ip.protocol == 4);
}

TEST_CASE("what only looks like a tunnel stays what it is") {
    CHECK(carried(17, udp(5060, 4789, text("REGISTER sip:1@2 SIP/2.0 and some more bytes"))) == "REGISTER sip:1@2 SIP/2.0 and some more bytes");
    CHECK(carried(17, vxlan(ethernet(hex("0001080006040001"), 0x0806))) == "ARP");
    const auto unknown = decode_frame(link_type::raw, ipv4({.protocol = 47}, hex("000012340102030405")), 0);
    REQUIRE(unknown);
    CHECK(unknown->ip.protocol == 47);  // counted as GRE by name
    const auto fragment = decode_frame(link_type::raw, ipv4({.protocol = 4, .more = true}, hello_packet()), 0);
    REQUIRE(fragment);
    CHECK(fragment->tunnel_count == 0);  // opened once it is whole
}

TEST_CASE("a packet cut inside a tunnel knows how much is missing") {
    const Bytes frame = ethernet(ipv4({.protocol = 17}, vxlan(ethernet(ipv4({}, udp(1, 2, Bytes(500, 'x')))))));
    const auto decoded = decode_frame(link_type::ethernet, ByteView(frame).first(frame.size() - 300), frame.size());
    REQUIRE(decoded);
    const auto datagram = decode_udp(decoded->ip);
    REQUIRE(datagram);
    CHECK(datagram->payload.size() == 200);
    CHECK(datagram->cut == 300);
    CHECK(decoded->link_bytes == 14 + 20 + 8 + 8 + 14);
}

TEST_CASE("PPP with and without address and control, with a short protocol") {
    CHECK(found_in(link_type::ppp, join({hex("ff030021"), hello_packet()})) == "hello");
    CHECK(found_in(link_type::ppp_hdlc, join({hex("0021"), hello_packet()})) == "hello");
    CHECK(found_in(link_type::ppp, join({hex("21"), hello_packet()})) == "hello");
    CHECK(found_in(link_type::ppp, hex("ff03c0210101")) == "PPP control");
    CHECK(found_in(link_type::ppp, hex("ff03")) == "PPP header cut off");
}

TEST_CASE("802.11 data frames, plain and with radiotap") {
    const Bytes addresses = hex("020000000001020000000002020000000003");
    const Bytes snap = hex("aaaa030000000800");
    const auto wifi = [&](std::string_view control, std::string_view extra) {
        return join({hex(control), hex("0000"), addresses, hex("1000"), hex(extra), snap, hello_packet()});
    };
    CHECK(found_in(link_type::wifi, wifi("0801", "")) == "hello");
    CHECK(found_in(link_type::wifi, wifi("8801", "0000")) == "hello");                          // QoS
    CHECK(found_in(link_type::wifi, wifi("8803", "0200000000040000")) == "hello");              // between access points, QoS
    CHECK(found_in(link_type::wifi, wifi("8881", "000011223344")) == "hello");                  // HT control
    CHECK(found_in(link_type::wifi, wifi("8801", "8000")) == "802.11 A-MSDU");
    CHECK(found_in(link_type::wifi, wifi("0841", "")) == "encrypted 802.11");
    CHECK(found_in(link_type::wifi, wifi("8000", "")) == "802.11 management");
    CHECK(found_in(link_type::wifi, wifi("c400", "")) == "802.11 control");
    CHECK(found_in(link_type::wifi, wifi("4801", "")) == "802.11 without data");
    CHECK(found_in(link_type::wifi, hex("0801")) == "802.11 header cut off");
    CHECK(found_in(link_type::radiotap, join({hex("0000080000000000"), wifi("0801", "")})) == "hello");
    // TSFT and flags (padded header), a second present word
    const Bytes padded = join({hex("00001500"), hex("03000080"), hex("00000000"), hex("00000000"), Bytes(0)});
    CHECK(found_in(link_type::radiotap, join({hex("00001900"), hex("03000080"), hex("00000000"), hex("00000000"), Bytes(8), hex("20"),
                                              hex("8801"), hex("0000"), addresses, hex("1000"), hex("0000"), hex("0000"), snap, hello_packet()})) == "hello");
    CHECK(found_in(link_type::radiotap, hex("0000ff0000000000")) == "radiotap header cut off");
    CHECK(found_in(link_type::radiotap, hex("0000040000000000")) == "bad radiotap header");
    CHECK(found_in(link_type::radiotap, padded) == "radiotap header cut off");
}

TEST_CASE("every prefix of a tunnelled frame is survived") {
    for (const Bytes& frame : {ethernet(ipv4({.protocol = 17}, vxlan(ethernet(hello_packet())))),
                               ethernet(ipv4({.protocol = 47}, join({hex("100022EB"), hex("00000009"), Bytes(12), ethernet(hello_packet())})))})
        for (std::size_t length = 0; length < frame.size(); ++length) (void)decode_frame(link_type::ethernet, ByteView(frame).first(length), frame.size());
}

TEST_CASE("a mirror's copy in a tunnel counts once though the tunnel's own header differs") {
    Duplicates duplicates(16);
    const auto in_tunnel = [](std::uint32_t outer_id) { return ethernet(ipv4({.protocol = 17, .id = outer_id}, vxlan(ethernet(hello_packet())))); };
    const Bytes first = in_tunnel(1), second = in_tunnel(2);
    const auto a = decode_frame(link_type::ethernet, first, first.size());
    const auto b = decode_frame(link_type::ethernet, second, second.size());
    REQUIRE(a);
    REQUIRE(b);
    CHECK_FALSE(duplicates.is_copy(*a, first, 0, at(0)));
    CHECK(duplicates.is_copy(*b, second, 0, at(40)));
}
