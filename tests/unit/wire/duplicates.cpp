// wire/duplicates: what a mirror port shows twice counts once; what was sent twice counts twice.
#include "wire/duplicates.hpp"

#include <doctest/doctest.h>

#include "unit/wire/frames.hpp"

using namespace gbkit;
using namespace gbkit::test;
using namespace gbkit::wire;

namespace {

const Bytes request = text("REGISTER sip:34020000002000000001@3402000000 SIP/2.0\r\n");

struct Capture {
    Duplicates duplicates = {};
    bool copy(const Bytes& frame, std::int64_t microsecond, std::uint32_t interface = 0) {
        const auto decoded = decode_frame(link_type::ethernet, frame, frame.size());
        REQUIRE(decoded);
        return duplicates.is_copy(*decoded, frame, interface, at(microsecond));
    }
};

Bytes frame_of(std::uint32_t id, std::uint8_t ttl = 64, const std::vector<std::uint16_t>& vlans = {}, const Bytes& payload = request) {
    return ethernet(ipv4({.id = id, .ttl = ttl}, udp(5060, 5060, payload)), 0x0800, vlans);
}
Bytes answer_of(std::uint32_t id) { return ethernet(ipv4({"10.0.0.2", "10.0.0.1", 17, id}, udp(5060, 5060, text("SIP/2.0 200 OK")))); }

}  // namespace

TEST_CASE("a copy has the same IP packet: TTL, tag and path may differ") {
    Capture capture;
    CHECK_FALSE(capture.copy(frame_of(77, 64, {100}), 0));
    CHECK(capture.copy(frame_of(77, 63, {200}), 40));
    CHECK(capture.copy(frame_of(77, 64, {100}), 45));
    CHECK_FALSE(capture.copy(frame_of(78), 50));
    CHECK(capture.copy(frame_of(78), 9'000));
    CHECK_FALSE(capture.copy(frame_of(78), 11'001));  // 10 ms are over
    CHECK(capture.copy(frame_of(78), 11'050));        // and its copy
}

TEST_CASE("another packet is not a copy: id, content, ports, address, fragment place") {
    Capture capture;
    CHECK_FALSE(capture.copy(frame_of(77), 0));
    CHECK_FALSE(capture.copy(frame_of(78), 1));
    CHECK_FALSE(capture.copy(frame_of(77, 64, {}, text("other")), 2));
    CHECK_FALSE(capture.copy(ethernet(ipv4({.id = 77}, udp(5060, 5061, request))), 3));
    CHECK_FALSE(capture.copy(ethernet(ipv4({.destination = "10.0.0.3", .id = 77}, udp(5060, 5060, request))), 4));
    CHECK_FALSE(capture.copy(ethernet(ipv4({.id = 77, .more = true}, udp(5060, 5060, request))), 5));
    CHECK_FALSE(capture.copy(ethernet(ipv4({.id = 77, .offset = 8}, udp(5060, 5060, request))), 6));
}

TEST_CASE("a SIP resend is not a copy, with a new id or without any") {
    Capture capture;
    CHECK_FALSE(capture.copy(frame_of(1), 0));
    CHECK_FALSE(capture.copy(frame_of(2), 500'000));
    CHECK_FALSE(capture.copy(frame_of(0), 1'000'000));
    CHECK_FALSE(capture.copy(frame_of(0), 1'500'000));
    CHECK_FALSE(capture.copy(frame_of(0), 2'500'000));
}

TEST_CASE("the same bytes sent twice at once without an id count twice") {
    Capture capture;  // a program that sends its keepalive twice, 5 us apart, and nobody mirrors
    for (int i = 0; i < 20; ++i) {
        CHECK_FALSE(capture.copy(frame_of(0), i * 1'000'000));
        CHECK_FALSE(capture.copy(frame_of(0), i * 1'000'000 + 5));
    }
    CHECK(capture.duplicates.unproved_twins() == 20);
    Capture six;
    const Bytes packet = ethernet(ipv6({"2001:db8::1", "2001:db8::2"}, udp(5060, 5060, request)), 0x86DD);
    CHECK_FALSE(six.copy(packet, 0));
    CHECK_FALSE(six.copy(packet, 5));
}

TEST_CASE("without an id another path proves the copy") {
    Capture capture;
    CHECK_FALSE(capture.copy(frame_of(0, 64), 0));
    CHECK(capture.copy(frame_of(0, 63), 40));
    Capture interfaces;  // tcpdump -i any, or two files
    CHECK_FALSE(interfaces.copy(frame_of(0), 0, 0));
    CHECK(interfaces.copy(frame_of(0), 300, 1));
    Capture late;
    CHECK_FALSE(late.copy(frame_of(0, 64), 0));
    CHECK_FALSE(late.copy(frame_of(0, 63), 20'000));
}

TEST_CASE("once the capture has proved to be a mirror, twins without an id are copies, within 1 ms") {
    Capture capture;
    CHECK_FALSE(capture.copy(frame_of(9), 0));
    CHECK(capture.copy(frame_of(9), 30));
    CHECK_FALSE(capture.copy(frame_of(0), 100));
    CHECK(capture.copy(frame_of(0), 130));
    CHECK_FALSE(capture.copy(frame_of(0), 2'000));  // 1.9 ms after: sent again

    Capture tcp_proof;
    const Bytes segment = ethernet(ipv6({"2001:db8::1", "2001:db8::2", 6}, tcp(1, 2, 3, 4, ack, request)), 0x86DD);
    CHECK_FALSE(tcp_proof.copy(segment, 0));
    CHECK(tcp_proof.copy(segment, 30));
    CHECK_FALSE(tcp_proof.copy(frame_of(0), 100));
    CHECK(tcp_proof.copy(frame_of(0), 130));
}

TEST_CASE("twins from both ends of a conversation are the network's doing") {
    Capture capture;
    CHECK_FALSE(capture.copy(frame_of(0), 0));
    CHECK_FALSE(capture.copy(frame_of(0), 20));     // not yet known
    CHECK_FALSE(capture.copy(answer_of(0), 1'000));
    CHECK(capture.copy(answer_of(0), 1'020));       // the other end's twin: a mirror
    CHECK_FALSE(capture.copy(frame_of(0), 500'000));
    CHECK(capture.copy(frame_of(0), 500'020));
}

TEST_CASE("copies on another path do not prove that twins on one path are copies") {
    Capture capture;  // captured at two places; the program sends everything twice
    for (int i = 0; i < 10; ++i) {
        CHECK_FALSE(capture.copy(frame_of(0), i * 1'000'000, 0));
        CHECK_FALSE(capture.copy(frame_of(0), i * 1'000'000 + 5, 0));
        CHECK(capture.copy(frame_of(0), i * 1'000'000 + 300, 1));
        CHECK(capture.copy(frame_of(0), i * 1'000'000 + 305, 1));
    }
}

TEST_CASE("the unused bytes of a Linux cooked address are noise, not another path") {
    const Bytes packet = ipv6({"::1", "::1"}, udp(5060, 5061, request));
    const auto twice = [&](std::uint32_t type, const Bytes& first, const Bytes& second) {
        Duplicates duplicates;
        const Bytes one = join({first, packet}), two = join({second, packet});
        const auto a = decode_frame(type, one, one.size()), b = decode_frame(type, two, two.size());
        REQUIRE(a);
        REQUIRE(b);
        CHECK_FALSE(duplicates.is_copy(*a, one, 0, at(0)));
        return duplicates.is_copy(*b, two, 0, at(5));
    };
    CHECK_FALSE(twice(link_type::linux_sll, hex("000003040006000000000000" "9c0b" "86dd"), hex("000003040006000000000000" "8201" "86dd")));
    CHECK_FALSE(twice(link_type::linux_sll2, hex("86dd0000000000010304" "0006000000000000" "9c0b"), hex("86dd0000000000010304" "0006000000000000" "8201")));
    CHECK(twice(link_type::linux_sll, hex("000003040006000000000000" "9c0b" "86dd"), hex("000403040006000000000000" "8201" "86dd")));  // in and out
    CHECK(twice(link_type::linux_sll2, hex("86dd0000000000010304" "0006000000000000" "9c0b"), hex("86dd0000000000020304" "0006000000000000" "8201")));
}

TEST_CASE("bare TCP acknowledgements may repeat in earnest") {
    Capture capture;
    const Bytes duplicate_ack = ethernet(ipv4({.protocol = 6, .id = 0}, tcp(1, 2, 3, 4, ack, {})));
    CHECK_FALSE(capture.copy(duplicate_ack, 0));
    CHECK_FALSE(capture.copy(duplicate_ack, 10));
}

TEST_CASE("a clock that steps back does not hide a copy") {
    Capture capture;
    CHECK_FALSE(capture.copy(frame_of(9), 1'000));
    CHECK(capture.copy(frame_of(9, 63), 990));
}

TEST_CASE("a busy second in between: copies are still found, nothing else is") {
    Capture capture;
    std::size_t copies = 0;
    for (std::uint32_t i = 1; i < 60'000; ++i) {  // 100 000 packets a second
        REQUIRE_FALSE(capture.copy(frame_of(i), i * 10));
        if (i > 100) copies += capture.copy(frame_of(i - 100, 63), i * 10 + 1);
    }
    CHECK(copies == 60'000 - 101);
}

TEST_CASE("between hosts whose packets come twice, the one that came once lost its copy to the mirror") {
    Capture capture;
    for (std::uint32_t i = 0; i < 400; ++i) {
        const std::int64_t now = i * 20'000;
        const Bytes payload = join({request, number(i, 4)});
        CHECK_FALSE(capture.copy(frame_of(1000 + i, 64, {100}, payload), now));
        if (i % 50 != 7) CHECK(capture.copy(frame_of(1000 + i, 63, {200}, payload), now + 30));
        if (i % 50 == 9) CHECK(capture.copy(frame_of(1000 + i, 62, {300}, payload), now + 60));   // a third time
    }
    CHECK(capture.duplicates.pairs().twice == 392);
    CHECK(capture.duplicates.pairs().once == 8);
    for (std::uint32_t i = 0; i < 300; ++i) {   // a direction that is mirrored once is no loss
        const Bytes answer = ethernet(ipv4({"10.0.0.2", "10.0.0.1", 17, 5000 + i}, udp(5060, 5060, number(i, 4))));
        CHECK_FALSE(capture.copy(answer, 9'000'000 + i * 20'000));
    }
    CHECK(capture.duplicates.pairs().once == 8);
}

TEST_CASE("a few twins, or many packets without, are no rule") {
    Capture few;
    for (std::uint32_t i = 0; i < 90; ++i) {
        (void)few.copy(frame_of(1 + i, 64, {100}), i * 20'000);
        if (i % 10 != 0) (void)few.copy(frame_of(1 + i, 63, {200}), i * 20'000 + 30);
    }
    CHECK(few.duplicates.pairs().once == 0);
    Capture half;   // one of two ports sees everything, the other one half of it
    for (std::uint32_t i = 0; i < 400; ++i) {
        (void)half.copy(frame_of(1 + i, 64, {100}), i * 20'000);
        if (i % 2 == 0) (void)half.copy(frame_of(1 + i, 63, {200}), i * 20'000 + 30);
    }
    CHECK(half.duplicates.pairs().twice == 0);
    CHECK(half.duplicates.pairs().once == 0);
}
