// wire/sanitize/frames: every frame keeps its own story and loses its names, whatever it came through.
#include "wire/sanitize/frames.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "../frames.hpp"
#include "wire/checksum.hpp"
#include "wire/duplicates.hpp"
#include "wire/load.hpp"

using namespace gbkit;
using namespace gbkit::test;
using namespace gbkit::wire;
using namespace gbkit::wire::sanitize;

namespace {

const std::string device = "51010600001320000264";
// No alias is as long as this name: a message changes its length.
const std::string host = "registrar-of-the-whole-district.example.gov";

std::string message(int number) {
    const std::string body = "<?xml version=\"1.0\"?>\r\n<Notify>\r\n<CmdType>Keepalive</CmdType>\r\n<SN>" + std::to_string(number) + "</SN>\r\n<DeviceID>" + device + "</DeviceID>\r\n</Notify>\r\n";
    return "MESSAGE sip:51010600002000000001@" + host + " SIP/2.0\r\nVia: SIP/2.0/TCP 192.168.77.64:5060;branch=z9hG4bK" + std::to_string(number) + "\r\nFrom: <sip:" + device + "@" + host +
           ">;tag=1\r\nTo: <sip:51010600002000000001@" + host + ">\r\nCall-ID: " + std::to_string(number) + "\r\nCSeq: 1 MESSAGE\r\nContent-Type: Application/MANSCDP+xml\r\nContent-Length: " +
           std::to_string(body.size()) + "\r\n\r\n" + body;
}

struct Written {
    Time time{};
    std::uint32_t link_type = 0;
    Bytes bytes;
    std::size_t wire_length = 0;
    [[nodiscard]] Frame frame() const {
        const auto decoded = decode_frame(link_type, bytes, wire_length);
        REQUIRE_MESSAGE(decoded, decoded.error().text());
        return *decoded;
    }
};

struct Run {
    Aliases aliases;
    Messages messages{aliases, [](std::string_view, std::string_view) { return std::nullopt; }, "new"};
    std::vector<Written> written;
    Frames frames{messages, aliases, false, [this](const CapturedFrame& frame) {
                      written.push_back({frame.time, frame.link_type, Bytes(frame.bytes.begin(), frame.bytes.end()), frame.wire_length});
                  }};
    std::uint64_t number = 0;

    void push(const Bytes& bytes, std::int64_t microsecond = 0, std::uint32_t link = link_type::ethernet, std::size_t wire_length = 0) {
        CapturedFrame frame;
        frame.time = at(microsecond);
        frame.link_type = link;
        frame.bytes = bytes;
        frame.wire_length = wire_length == 0 ? bytes.size() : wire_length;
        frames.push(frame, ++number);
    }
    /// Is this text in any frame?
    [[nodiscard]] bool holds(std::string_view text) const {
        for (const Written& one : written)
            if (as_text(one.bytes).find(text) != std::string_view::npos) return true;
        return false;
    }
};

bool checksums_are_right(const Written& one) {
    const Frame frame = one.frame();
    const std::size_t header = frame.link_bytes;
    const bool v6 = one.bytes[header] >> 4 == 6;
    const ByteView all(one.bytes);
    if (!v6 && checksum_of(sum_of_words(all.subspan(header, (one.bytes[header] & 15U) * 4U))) != 0) return false;
    if (frame.ip.fragment) return true;
    const bool icmp = frame.ip.protocol == ip_protocol::icmp;
    std::uint64_t sum = icmp ? 0 : sum_of_words(all.subspan(header + (v6 ? 8 : 12), v6 ? 32 : 8), frame.ip.protocol + frame.ip.payload.size());
    if (frame.ip.protocol == ip_protocol::udp && load16be(frame.ip.payload, 6) == 0) return true;
    return checksum_of(sum_of_words(frame.ip.payload, sum)) == 0;
}

const Bytes sip_datagram = udp(5060, 5060, text(message(1)));
const Ip camera{.source = "192.168.77.64", .destination = "203.0.113.9"};

std::string payload_of(const Written& one) { return std::string(as_text(one.frame().ip.payload)); }

/// The byte stream of one direction as a reader puts it together, and how much of it was missing.
struct Read {
    std::string text;
    std::uint64_t missing = 0;
};
Read read_back(const std::vector<Written>& written, std::uint16_t source_port) {
    Read read;
    TcpStream there;
    const auto sink = [&](const TcpPiece& piece) { read.text += as_text(piece.bytes); };
    for (const Written& one : written) {
        const Frame frame = one.frame();
        const auto segment = decode_tcp(frame.ip);
        REQUIRE(segment);
        if (segment->source_port == source_port) there.push(*segment, 1, sink);
        else if (segment->ack) there.acknowledged(segment->acknowledgement, sink);
    }
    there.finish(sink);
    read.missing = there.counts().gap_bytes;
    return read;
}

}  // namespace

TEST_CASE("tags, TTL and identification stay, addresses and names go") {
    Run run;
    Ip ip = camera;
    ip.ttl = 61;
    ip.id = 0x1234;
    Bytes bytes = ethernet(ipv4(ip, sip_datagram), 0x0800, {100, 7});
    const Bytes mac = hex("0c0ffee0c0de");
    std::copy(mac.begin(), mac.end(), bytes.begin());
    run.push(bytes, 5);
    run.frames.finish();
    REQUIRE(run.written.size() == 1);
    const Frame frame = run.written[0].frame();
    CHECK(frame.vlan_count == 2);
    CHECK(frame.vlans[0] == 100);
    CHECK(frame.ip.hop_limit == 61);
    CHECK(frame.ip.id == 0x1234);
    CHECK(frame.ip.source.is_private());
    CHECK(frame.ip.source != gbkit::test::ip("192.168.77.64"));
    CHECK(run.written[0].time == at(5));
    CHECK(checksums_are_right(run.written[0]));
    CHECK_FALSE(run.holds("192.168.77.64"));
    CHECK_FALSE(run.holds(device));
    CHECK_FALSE(run.holds(host));
    CHECK_FALSE(run.holds(as_text(mac)));
    CHECK_FALSE(run.holds(as_text(octets("192.168.77.64"))));
    CHECK(run.frames.counts().messages == 1);
}

TEST_CASE("every link layer and tunnel stays what it is") {
    const Bytes packet = ipv4(camera, sip_datagram);
    const Bytes inner = ethernet(packet);
    const auto around = [&](std::uint8_t protocol, const Bytes& payload) { return ethernet(ipv4({.source = "192.168.77.1", .destination = "192.168.77.2", .protocol = protocol}, payload)); };
    const Bytes cooked = join({hex("0000000100060c0ffee0c0de0000"), number(0x0800, 2), packet});
    const Bytes cooked_2 = join({hex("0800000000000003000100060c0ffee0c0de0000"), packet});
    const std::pair<std::uint32_t, Bytes> cases[] = {
        {link_type::raw, packet},
        {link_type::ipv4, packet},
        {link_type::linux_sll, cooked},
        {link_type::linux_sll2, cooked_2},
        {link_type::null, join({number(2, 4, false), packet})},
        {link_type::ppp, join({hex("ff030021"), packet})},
        {link_type::wifi, join({hex("08010000"), hex("0c0ffee0c0de"), hex("0c0ffee0c0df"), hex("0c0ffee0c0d0"), hex("0000aaaa03000000"), number(0x0800, 2), packet})},
        {link_type::ethernet, ethernet(join({hex("110000010000"), number(0x0021, 2), packet}), 0x8864)},
        {link_type::ethernet, around(17, udp(40000, 4789, join({hex("0800000000000700"), inner})))},
        {link_type::ethernet, around(47, join({hex("00000800"), packet}))},
        {link_type::ethernet, around(47, join({hex("100088be00000001"), Bytes(8, 0), inner}))},
        {link_type::ethernet, around(4, packet)},
        {link_type::ethernet, ethernet(ipv6({.source = "2400:1::64", .destination = "2400:1::9"}, sip_datagram), 0x86DD)},
    };
    for (const auto& one : cases) {
        const std::uint32_t link = one.first;
        const Bytes& frame = one.second;
        CAPTURE(link);
        CAPTURE(to_hex(ByteView(frame).first(60)));
        Run run;
        run.push(frame, 0, link);
        run.frames.finish();
        REQUIRE(run.written.size() == 1);
        CHECK(run.written[0].link_type == link);
        const auto before = decode_frame(link, frame, frame.size());
        REQUIRE(before);
        const Frame after = run.written[0].frame();
        CHECK(after.tunnel_count == before->tunnel_count);
        CHECK(checksums_are_right(run.written[0]));
        CHECK(decode_udp(after.ip));
        CHECK(payload_of(run.written[0]).find("MESSAGE sip:") != std::string::npos);
        for (const std::string_view gone : {std::string_view(device), std::string_view(host), std::string_view("\x0C\x0F\xFE\xE0\xC0", 5), std::string_view("\xC0\xA8\x4D", 3), std::string_view("\x24\x00\x00\x01\x00", 5)})
            CHECK_FALSE(run.holds(gone));
    }
}

TEST_CASE("a second copy stays one: another tag and TTL, the same content, counted once") {
    Run run;
    run.push(ethernet(ipv4(camera, sip_datagram), 0x0800, {100}), 0);
    Ip later = camera;
    --later.ttl;
    run.push(ethernet(ipv4(later, sip_datagram), 0x0800, {200}), 40);
    run.frames.finish();
    REQUIRE(run.written.size() == 2);
    CHECK(payload_of(run.written[0]) == payload_of(run.written[1]));
    CHECK(run.frames.counts().messages == 1);
    Duplicates duplicates;
    CHECK_FALSE(duplicates.is_copy(run.written[0].frame(), run.written[0].bytes, 0, run.written[0].time));
    CHECK(duplicates.is_copy(run.written[1].frame(), run.written[1].bytes, 0, run.written[1].time));
}

TEST_CASE("segments, acknowledgements and resends fit the messages that are there now, whatever the cuts") {
    const std::string stream = "\r\n\r\n" + message(1) + message(2) + "</Response>" + message(3);
    std::string expected;
    for (const std::size_t step : {std::size_t{1}, std::size_t{7}, std::size_t{100}, std::size_t{333}, std::size_t{1400}, std::size_t{10000}}) {
        CAPTURE(step);
        Run run;
        const Ip back{.source = "203.0.113.9", .destination = "192.168.77.64", .protocol = 6};
        Ip there = camera;
        there.protocol = 6;
        const auto up = [&](std::uint32_t sequence, std::uint8_t flags, const std::string& data) { run.push(ethernet(ipv4(there, tcp(1000, 5060, sequence, 901, flags, text(data))))); };
        const auto down = [&](std::uint32_t acknowledged, std::uint8_t flags) { run.push(ethernet(ipv4(back, tcp(5060, 1000, 901, acknowledged, flags, {})))); };
        up(0xFFFFFF00U, syn, "");
        run.push(ethernet(ipv4(back, tcp(5060, 1000, 900, 0xFFFFFF01U, syn | ack, {}))));
        for (std::size_t done = 0; done < stream.size(); done += step) {
            const std::string part = stream.substr(done, step);
            const auto sequence = static_cast<std::uint32_t>(0xFFFFFF01U + done);
            up(sequence, ack, part);
            if (done / step % 3 == 1) up(sequence, ack, part);   // again
            down(sequence + static_cast<std::uint32_t>(part.size()), ack);
        }
        const auto end = static_cast<std::uint32_t>(0xFFFFFF01U + stream.size());
        up(end, fin | ack, "");
        down(end + 1, ack);
        const std::uint64_t pushed = run.number;
        run.frames.finish();
        CHECK(run.written.size() == pushed);
        const Read read = read_back(run.written, 1000);
        CHECK(read.missing == 0);
        if (expected.empty()) expected = read.text;
        CHECK(read.text == expected);
        CHECK(read.text.starts_with("\r\n\r\nMESSAGE sip:"));
        CHECK(read.text.find("</xxxxxxxx>MESSAGE sip:") != std::string::npos);
        CHECK_FALSE(run.holds(device));
        const auto last = decode_tcp(run.written.back().frame().ip);
        CHECK(last->acknowledgement == static_cast<std::uint32_t>(0xFFFFFF01U + read.text.size() + 1));
        for (const Written& one : run.written) CHECK(checksums_are_right(one));
    }
    CHECK(expected.size() != stream.size());
    sip::Framer framer;
    framer.push(expected);
    int messages = 0;
    while (const auto piece = framer.next()) ++messages;
    CHECK(messages == 3);
}

TEST_CASE("bytes that were never captured are missing as before, and a connection that begins anew does") {
    Run run;
    const Ip back{.source = "203.0.113.9", .destination = "192.168.77.64", .protocol = 6};
    Ip there = camera;
    there.protocol = 6;
    const std::string one = message(1), two = message(2);
    for (const std::uint32_t first : {1000U, 500000U}) {
        run.push(ethernet(ipv4(there, tcp(1000, 5060, first - 1, 0, syn, {}))));
        run.push(ethernet(ipv4(there, tcp(1000, 5060, first, 1, ack, text(one)))));
        const auto next = first + static_cast<std::uint32_t>(one.size());
        run.push(ethernet(ipv4(there, tcp(1000, 5060, next + 700, 1, ack, text(two)))));
        for (int i = 0; i < 6; ++i) run.push(ethernet(ipv4(back, tcp(5060, 1000, 1, next + 700 + static_cast<std::uint32_t>(two.size()), ack, {}))));
    }
    run.frames.finish();
    const Read read = read_back(run.written, 1000);
    CHECK(read.missing == 1400);
    sip::Framer framer;
    framer.push(read.text);
    int messages = 0;
    while (const auto piece = framer.next()) ++messages;
    CHECK(messages == 4);
    CHECK(run.frames.counts().messages == 4);
}

TEST_CASE("a message whose rest never comes holds nothing up for ever, and does not show itself") {
    Run run;
    Ip there = camera;
    there.protocol = 6;
    run.push(ethernet(ipv4(there, tcp(1000, 5060, 1, 1, ack, text(message(1) + message(2).substr(0, 200))))));
    const Bytes rtp = udp(30000, 30002, join({hex("80600001000000000000abcd"), Bytes(1300, 'v')}));
    for (std::size_t i = 0; i < Frames::waiting_bytes / 1300 + 10; ++i) run.push(ethernet(ipv4(camera, rtp)));
    CHECK(run.written.size() > 100);
    CHECK_FALSE(run.holds(device));
    CHECK_FALSE(run.holds("vvvv"));
    run.push(ethernet(ipv4(there, tcp(1000, 5060, 1 + static_cast<std::uint32_t>(message(1).size() + 200), 1, ack, text(message(2).substr(200))))));
    run.push(ethernet(ipv4(there, tcp(1000, 5060, 1 + static_cast<std::uint32_t>(message(1).size() + message(2).size()), 1, ack, text(message(3))))));
    run.frames.finish();
    CHECK(run.written.size() == run.number);
    CHECK_FALSE(run.holds(device));
    CHECK(read_back({run.written.front(), run.written[run.written.size() - 2], run.written.back()}, 1000).text.find("Call-ID: 3") != std::string::npos);
}

TEST_CASE("connections that never make sense are bounded together, and a message after that is still found") {
    Aliases aliases;
    Messages messages{aliases, [](std::string_view, std::string_view) { return std::nullopt; }, "new"};
    Connections connections(messages, aliases, false);
    const Endpoint server{ip("203.0.113.9"), 5060};
    const std::string nonsense(1000, 'x'), last = message(9);
    std::vector<Connections::Ticket> tickets;
    for (std::uint32_t turn = 0; turn <= 60; ++turn)
        for (std::uint16_t port = 1000; port < 1600; ++port) {
            const std::string& data = turn < 60 ? nonsense : last;
            TcpSegment segment;
            segment.sequence = 1 + turn * 1000;
            segment.payload = as_bytes(data);
            auto ticket = connections.push({ip("192.168.77.64"), port}, server, segment, 1);
            CHECK(connections.held_bytes() <= Connections::max_held);
            if (turn == 60) tickets.push_back(std::move(ticket));
        }
    connections.finish();
    CHECK(connections.messages_seen() == 600);
    const Bytes header = tcp(1, 2, 1 + 60'000, 0, ack, text(last));
    for (const Connections::Ticket& ticket : tickets) {
        REQUIRE(ticket.ready());
        CHECK(as_text(ticket.segment(header)).find(device) == std::string_view::npos);
        CHECK(as_text(ticket.segment(header)).find("Call-ID: 9") != std::string_view::npos);
    }
}

TEST_CASE("fragments stay fragments of the datagram as it is now, in any order and through a tunnel") {
    const Bytes datagram = udp(5060, 5060, text(message(1)));
    const auto fragment = [&](std::size_t from, std::size_t to, std::uint32_t id) {
        Ip ip = camera;
        ip.id = id;
        ip.offset = static_cast<std::uint32_t>(from);
        ip.more = to < datagram.size();
        return ethernet(ipv4(ip, Bytes(datagram.begin() + static_cast<std::ptrdiff_t>(from), datagram.begin() + static_cast<std::ptrdiff_t>(std::min(to, datagram.size())))));
    };
    for (const std::vector<int>& order : {std::vector<int>{0, 1, 2}, {2, 1, 0}, {1, 1, 0, 2, 0}}) {
        Run run;
        for (const int part : order) run.push(fragment(static_cast<std::size_t>(part) * 200, part == 2 ? 9999 : static_cast<std::size_t>(part) * 200 + 200, 9));
        run.push(fragment(0, 200, 10), 500'000);   // its rest never comes
        run.frames.finish();
        REQUIRE(run.written.size() == order.size() + 1);
        IpFragments fragments({}, at(0));
        std::optional<std::string> whole;
        for (const Written& one : run.written) {
            const Frame frame = one.frame();
            CHECK(frame.ip.fragment);
            if (const auto packet = fragments.push(frame.ip, one.time)) whole = std::string(as_text(packet->payload));
            CHECK(checksums_are_right(one));
        }
        REQUIRE(whole);
        CHECK(fragments.counts().conflicting == 0);
        CHECK(whole->find("MESSAGE sip:") == 8);
        CHECK(whole->ends_with("</Notify>\r\n"));
        CHECK(load16be(as_bytes(*whole), 4) == whole->size());
        CHECK_FALSE(run.holds(device));
        fragments.finish(at(1'000'000));
        CHECK(fragments.counts().incomplete == 1);
    }
    // A mirror's tunnel that cut a full frame in two.
    const Bytes tunnel = join({hex("100088be00000001"), Bytes(8, 0), ethernet(ipv4(camera, datagram))});
    Run run;
    for (const bool last : {false, true}) {
        const Ip ip{.source = "192.168.77.1", .destination = "192.168.77.2", .protocol = 47, .id = 3, .offset = last ? 400U : 0U, .more = !last};
        run.push(ethernet(ipv4(ip, last ? Bytes(tunnel.begin() + 400, tunnel.end()) : Bytes(tunnel.begin(), tunnel.begin() + 400))));
    }
    run.frames.finish();
    REQUIRE(run.written.size() == 2);
    CHECK_FALSE(run.holds(device));
    CHECK(run.frames.counts().messages == 1);
}

TEST_CASE("an ICMP error speaks of the packet as it is now; what speaks of other things is left out") {
    Run run;
    const Bytes about = ipv4(camera, udp(5060, 5061, text(message(1))));
    const Ip back{.source = "203.0.113.9", .destination = "192.168.77.64", .protocol = 1};
    run.push(ethernet(ipv4(camera, sip_datagram)));
    run.push(ethernet(ipv4(back, join({hex("0303000000000000"), about}))));
    run.push(ethernet(ipv4(back, join({hex("05000000"), octets("192.168.77.1"), about}))));   // redirect
    run.push(ethernet(ipv4(back, join({hex("0800000000010001"), text("secret")}))));
    run.push(ethernet(hex("0001080006040001"), 0x0806));
    run.frames.finish();
    REQUIRE(run.written.size() == 3);
    const auto error = decode_unreachable(run.written[1].frame().ip);
    REQUIRE(error);
    CHECK(error->source.address == run.written[0].frame().ip.source);
    CHECK(error->destination.port == 5061);
    CHECK(checksums_are_right(run.written[1]));
    CHECK_FALSE(run.holds(device));
    CHECK_FALSE(run.holds("secret"));
    CHECK_FALSE(run.holds(as_text(octets("192.168.77.64"))));
    CHECK(run.frames.counts().left_out.at("ARP") == 1);
    CHECK(run.frames.counts().left_out.at("ICMP") == 1);
}

TEST_CASE("a frame captured short stays short by as much") {
    Run run;
    const Bytes whole = ethernet(ipv4(camera, sip_datagram));
    Bytes cut(whole.begin(), whole.end() - 120);
    run.push(cut, 0, link_type::ethernet, whole.size());
    run.frames.finish();
    REQUIRE(run.written.size() == 1);
    CHECK(run.written[0].wire_length == run.written[0].bytes.size() + 120);
    CHECK(run.written[0].frame().ip.cut == 120);
    CHECK_FALSE(run.holds(device));
}

TEST_CASE("every prefix of every frame, and damaged ones, give readable frames or none") {
    const Bytes packet = ipv4(camera, sip_datagram);
    const Bytes frames[] = {ethernet(packet, 0x0800, {5}), ethernet(ipv4({.protocol = 17}, udp(1, 4789, join({hex("0800000000000700"), ethernet(packet)})))),
                            ethernet(ipv4({.protocol = 6, .options = hex("01010100")}, tcp(1, 2, 3, 4, ack, text(message(4))))),
                            ethernet(ipv4({.protocol = 1}, join({hex("0303000000000000"), packet}))),
                            ethernet(ipv6({.source = "2400::1", .destination = "2400::2", .protocol = 0}, join({hex("1100010400000000"), sip_datagram})), 0x86DD)};
    std::uint32_t state = 1;
    const auto random = [&] { return state = state * 1664525U + 1013904223U, state >> 16; };
    Run run;
    for (const Bytes& frame : frames) {
        for (std::size_t size = 0; size <= frame.size(); ++size) run.push(Bytes(frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(size)), 0, link_type::ethernet, frame.size());
        for (int i = 0; i < 3000; ++i) {
            Bytes broken = frame;
            for (int k = 0; k < 3; ++k) broken[random() % std::min<std::size_t>(broken.size(), 120)] = static_cast<std::uint8_t>(random());
            run.push(broken, i);
        }
    }
    run.frames.finish();
    CHECK(run.written.size() > 1000);
    for (const Written& one : run.written) CHECK(decode_frame(one.link_type, one.bytes, one.wire_length));
}
