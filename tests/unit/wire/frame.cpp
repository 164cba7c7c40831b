// wire/frame, wire/frame_ip, wire/frame_transport: every link layer, IP version, and what is wrong with a frame.
#include "wire/frame.hpp"

#include <doctest/doctest.h>

#include "unit/wire/frames.hpp"
#include "wire/frame_build.hpp"
#include "wire/frame_transport.hpp"

using namespace gbkit;
using namespace gbkit::test;
using namespace gbkit::wire;

namespace {

const Bytes hello = text("hello");

Decoded<Frame> decode(std::uint32_t type, const Bytes& frame) { return decode_frame(type, frame, frame.size()); }

// The payload of the UDP datagram in a frame, or why there is none.
std::string udp_in(std::uint32_t type, const Bytes& frame) {
    const auto decoded = decode(type, frame);
    if (!decoded) return decoded.error().text();
    const auto datagram = decode_udp(decoded->ip);
    if (!datagram) return datagram.error().text();
    return std::string(as_text(datagram->payload));
}

Bytes packet4() { return ipv4({}, udp(5060, 5061, hello)); }
Bytes packet6() { return ipv6({"2001:db8::1", "2001:db8::2"}, udp(5060, 5061, hello)); }

}  // namespace

TEST_CASE("each link layer leads to the same packet") {
    CHECK(udp_in(link_type::ethernet, ethernet(packet4())) == "hello");
    CHECK(udp_in(link_type::ethernet, ethernet(packet6(), 0x86DD)) == "hello");
    CHECK(udp_in(link_type::linux_sll, join({hex("0000000100060200000000010000"), hex("0800"), packet4()})) == "hello");
    CHECK(udp_in(link_type::linux_sll2, join({hex("0800000000000002000100060200000000010000"), packet4()})) == "hello");
    CHECK(udp_in(link_type::raw, packet4()) == "hello");
    CHECK(udp_in(link_type::raw_bsd, packet6()) == "hello");
    CHECK(udp_in(link_type::raw_openbsd, packet4()) == "hello");
    CHECK(udp_in(link_type::ipv4, packet4()) == "hello");
    CHECK(udp_in(link_type::ipv6, packet6()) == "hello");
    for (const std::uint32_t type : {link_type::null, link_type::loop}) {
        CHECK(udp_in(type, join({hex("02000000"), packet4()})) == "hello");
        CHECK(udp_in(type, join({hex("00000002"), packet4()})) == "hello");
        for (const char* family : {"0a000000", "0000001e", "18000000", "1c000000"}) CHECK(udp_in(type, join({hex(family), packet6()})) == "hello");
        CHECK(udp_in(type, join({hex("00000007"), packet4()})) == "address family 7");
    }
    CHECK(udp_in(147, packet4()) == "link type 147");
}

TEST_CASE("VLAN tags nest and are listed, outermost first") {
    const Bytes frame = ethernet(packet4(), 0x0800, {0x2000 | 100, 200});
    const auto decoded = decode(link_type::ethernet, frame);
    REQUIRE(decoded);
    REQUIRE(decoded->vlan_count == 2);
    CHECK(decoded->vlans[0] == 100);  // without its priority
    CHECK(decoded->vlans[1] == 200);
    CHECK(decoded->link_bytes == 22);
    CHECK(udp_in(link_type::ethernet, ethernet(packet4(), 0x0800, {1, 2, 3, 4, 5, 6})) == "hello");
    Bytes provider = ethernet(packet4(), 0x0800, {7});
    provider[12] = 0x88, provider[13] = 0xA8;
    CHECK(udp_in(link_type::ethernet, provider) == "hello");
}

TEST_CASE("PPPoE sessions are looked into") {
    CHECK(udp_in(link_type::ethernet, ethernet(join({hex("1100000100250021"), packet4()}), 0x8864)) == "hello");
    CHECK(udp_in(link_type::ethernet, ethernet(join({hex("110000010025c021"), packet4()}), 0x8864)) == "PPP control");
}

TEST_CASE("what holds no IP packet is named") {
    CHECK(udp_in(link_type::ethernet, ethernet(Bytes(46), 0x0806)) == "ARP");
    CHECK(udp_in(link_type::ethernet, ethernet(Bytes(46), 0x88CC)) == "LLDP");
    CHECK(udp_in(link_type::ethernet, ethernet(Bytes(46), 38)) == "802.3 (spanning tree and the like)");
    CHECK(udp_in(link_type::ethernet, ethernet(Bytes(46), 0x1234)) == "ethertype 4660");
    CHECK(udp_in(link_type::ethernet, Bytes(13)) == "Ethernet header cut off");
    CHECK(udp_in(link_type::ethernet, ethernet({}, 0x8100)) == "VLAN tag cut off");
    CHECK(udp_in(link_type::raw, hex("30")) == "bad IP version");
    CHECK(udp_in(link_type::raw, {}) == "IP header cut off");
}

TEST_CASE("IPv4: options are skipped, Ethernet padding is not payload") {
    CHECK(udp_in(link_type::raw, ipv4({.options = hex("94040000")}, udp(1, 2, hello))) == "hello");
    CHECK(udp_in(link_type::ethernet, join({ethernet(packet4()), Bytes(20, 0x55)})) == "hello");
    Bytes offloaded = packet4();
    offloaded[2] = offloaded[3] = 0;  // total length 0: segmentation offload
    CHECK(udp_in(link_type::raw, offloaded) == "hello");
    Bytes short_header = packet4();
    short_header[0] = 0x44;
    CHECK(udp_in(link_type::raw, short_header) == "bad IPv4 header");
    Bytes short_total = packet4();
    short_total[3] = 19;
    CHECK(udp_in(link_type::raw, short_total) == "bad IPv4 header");
}

TEST_CASE("IPv6 extension headers are walked to the transport") {
    const Bytes inner = udp(1, 2, hello);
    const Bytes hop = join({{60, 0}, Bytes(6)});                           // hop-by-hop, then destination options
    const Bytes destination = join({{51, 1}, Bytes(14)});                  // 16 bytes, then AH
    const Bytes authentication = join({{17, 4}, Bytes(22)});               // (4+2)*4 = 24 bytes, then UDP
    const Ip ends{"2001:db8::1", "2001:db8::2", 0};
    CHECK(udp_in(link_type::raw, ipv6(ends, join({hop, destination, authentication, inner}))) == "hello");
    CHECK(udp_in(link_type::raw, ipv6(ends, hex("11ff000000000000"))) == "bad IPv6 extension header");
    const Bytes atomic = fragment_header(17, {.id = 9}, inner);            // RFC 6946: whole although it has a fragment header
    CHECK(udp_in(link_type::raw, ipv6({"2001:db8::1", "2001:db8::2", 44}, atomic)) == "hello");
}

TEST_CASE("fragments are told apart from whole packets") {
    auto first = decode(link_type::raw, ipv4({.offset = 0, .more = true}, Bytes(16)));
    REQUIRE(first);
    CHECK(first->ip.fragment);
    CHECK(first->ip.more_fragments);
    auto last = decode(link_type::raw, ipv4({.offset = 1480}, Bytes(16)));
    REQUIRE(last);
    CHECK(last->ip.fragment);
    CHECK(last->ip.fragment_offset == 1480);
    auto six = decode(link_type::raw, ipv6({"::1", "::2", 44}, fragment_header(17, {.id = 0x01020304, .offset = 1448, .more = true}, Bytes(8))));
    REQUIRE(six);
    CHECK(six->ip.fragment);
    CHECK(six->ip.id == 0x01020304);
    CHECK(six->ip.fragment_offset == 1448);
    CHECK(six->ip.protocol == 17);
}

TEST_CASE("a frame cut by the snap length says how much is missing") {
    const Bytes whole = ethernet(packet4());
    const ByteView captured = ByteView(whole).first(whole.size() - 2);
    const auto decoded = decode_frame(link_type::ethernet, captured, whole.size());
    REQUIRE(decoded);
    CHECK(decoded->ip.cut == 2);
    const auto datagram = decode_udp(decoded->ip);
    REQUIRE(datagram);
    CHECK(as_text(datagram->payload) == "hel");
    CHECK(datagram->cut == 2);
    const auto shorter = decode_frame(link_type::ethernet, ByteView(whole).first(14 + 20 + 7), whole.size());
    REQUIRE(shorter);
    CHECK(decode_udp(shorter->ip).error().text() == "UDP header cut off");
}

TEST_CASE("UDP and TCP headers that lie are refused") {
    CHECK(udp_in(link_type::raw, ipv4({}, Bytes(7))) == "bad UDP header");
    CHECK(udp_in(link_type::raw, ipv4({}, hex("0001000200070000"))) == "bad UDP length");
    CHECK(udp_in(link_type::raw, ipv4({}, hex("0001000200090000"))) == "bad UDP length");
    CHECK(udp_in(link_type::raw, ipv4({}, join({udp(1, 2, hello), text("more than UDP says")}))) == "hello");
    Bytes segment = tcp(1, 2, 3, 4, ack, hello);
    const auto tcp_of = [](const Bytes& bytes) {
        const Bytes packet = ipv4({.protocol = 6}, bytes);
        const auto decoded = decode_tcp(decode(link_type::raw, packet)->ip);
        return decoded ? std::string(as_text(decoded->payload)) : decoded.error().text();
    };
    CHECK(tcp_of(segment) == "hello");
    segment[12] = 0x40;
    CHECK(tcp_of(segment) == "bad TCP header");
    segment[12] = 0xF0;
    CHECK(tcp_of(segment) == "bad TCP header");
    CHECK(tcp_of(Bytes(19)) == "bad TCP header");
}

TEST_CASE("ICMP port unreachable names the UDP packet it is about") {
    const Bytes about = ipv4({"10.0.0.2", "10.0.0.1"}, udp(5060, 40312, hello));
    const Bytes packet = ipv4({.protocol = 1}, join({hex("0303000000000000"), Bytes(about.begin(), about.begin() + 28)}));
    const auto error = decode_unreachable(decode(link_type::raw, packet)->ip);
    REQUIRE(error);
    CHECK(error->source.text() == "10.0.0.2:5060");
    CHECK(error->destination.text() == "10.0.0.1:40312");
    CHECK(error->code == 3);

    const Bytes about6 = ipv6({"2001:db8::2", "2001:db8::1"}, udp(5060, 40312, hello));
    const Bytes packet6 = ipv6({"2001:db8::1", "2001:db8::2", 58}, join({hex("0104000000000000"), about6}));
    const auto error6 = decode_unreachable(decode(link_type::raw, packet6)->ip);
    REQUIRE(error6);
    CHECK(error6->destination.text() == "[2001:db8::1]:40312");
    CHECK(error6->code == 3);

    const Bytes echo = ipv4({.protocol = 1}, join({hex("0800000000000000"), about}));
    CHECK_FALSE(decode_unreachable(decode(link_type::raw, echo)->ip));
    const Bytes about_tcp = ipv4({.protocol = 1}, join({hex("0303000000000000"), ipv4({.protocol = 6}, Bytes(8))}));
    CHECK_FALSE(decode_unreachable(decode(link_type::raw, about_tcp)->ip));
}

TEST_CASE("every prefix of every frame is survived, whatever length it claims") {
    const std::vector<Bytes> frames{
        ethernet(packet4(), 0x0800, {1, 2}), ethernet(packet6(), 0x86DD), ethernet(join({hex("1100000100250021"), packet4()}), 0x8864),
        ipv6({"::1", "::2", 0}, join({{44, 0}, Bytes(6), fragment_header(60, {.id = 1}, join({{17, 0}, Bytes(6), udp(1, 2, hello)}))})),
        ipv4({.protocol = 1}, join({hex("0303000000000000"), packet4()}))};
    for (const Bytes& frame : frames)
        for (std::size_t length = 0; length <= frame.size(); ++length)
            for (const std::uint32_t type : {0U, 1U, 12U, 101U, 108U, 113U, 228U, 276U, 999U}) {
                const Bytes prefix(frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(length));
                const auto decoded = decode_frame(type, prefix, frame.size());
                if (!decoded) {
                    CHECK_FALSE(decoded.error().what.empty());
                    continue;
                }
                (void)decode_udp(decoded->ip);
                (void)decode_tcp(decoded->ip);
                (void)decode_unreachable(decoded->ip);
            }
}

TEST_CASE("what frame_build makes is what the decoder reads") {
    for (const char* address : {"192.0.2.1", "2001:db8::7"}) {
        const Endpoint from{ip(address), 5060}, to{ip(address), 15060};
        Bytes packet;
        append_udp(packet, from, to, 5, hello);
        CHECK(udp_in(link_type::raw, packet) == "hello");
        packet.clear();
        append_tcp(packet, from, to, 6, {100, 200, false, true, true}, hello);
        const auto segment = decode_tcp(decode(link_type::raw, packet)->ip);
        REQUIRE(segment);
        CHECK(segment->sequence == 100);
        CHECK(segment->acknowledgement == 200);
        CHECK(segment->fin);
        CHECK_FALSE(segment->syn);
        CHECK(as_text(segment->payload) == "hello");
        packet.clear();
        append_unreachable(packet, from, to, 7, 3);
        const auto error = decode_unreachable(decode(link_type::raw, packet)->ip);
        REQUIRE(error);
        CHECK(error->source == from);
        CHECK(error->destination == to);
        CHECK(error->code == 3);
    }
    CHECK(max_udp_payload({ip("1.2.3.4"), 1}, {ip("1.2.3.4"), 2}) == 65507);
    Bytes mixed;  // a v4 end and a v6 socket
    append_udp(mixed, {ip("192.0.2.1"), 1}, {ip("2001:db8::1"), 2}, 1, hello);
    CHECK(decode(link_type::raw, mixed)->ip.source.text() == "::ffff:192.0.2.1");
}
