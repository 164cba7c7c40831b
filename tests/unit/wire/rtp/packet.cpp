// RTP headers: what fits and what does not; RTCP told apart; SSRC as y=.
#include <doctest/doctest.h>

#include "unit/wire/rtp/samples.hpp"
#include "wire/rtp/packet.hpp"

using namespace gbkit;
using namespace gbkit::wire::rtp;
namespace samples = gbkit::test::rtp;

TEST_CASE("rtp packet: what is written reads back") {
    const Bytes payload{1, 2, 3};
    const Bytes bytes = samples::packet({.sequence = 65535, .timestamp = 0xFFFFFFFF, .payload_type = 98, .marker = true}, payload);
    const auto packet = parse_packet(bytes);
    REQUIRE(packet);
    CHECK(packet->sequence == 65535);
    CHECK(packet->timestamp == 0xFFFFFFFF);
    CHECK(packet->ssrc == samples::ssrc);
    CHECK(packet->payload_type == 98);
    CHECK(packet->marker);
    CHECK(packet->header_bytes == 12);
    CHECK_FALSE(packet->extension);
    CHECK(Bytes(packet->payload.begin(), packet->payload.end()) == payload);
}

TEST_CASE("rtp packet: contributing sources, extension and padding are no payload") {
    // V=2 P X CC=2, two CSRCs, extension of one word, "abc", 2 bytes of padding.
    const Bytes bytes = *from_hex("b2600001" "00000002" "00000003" "00000004" "00000005" "bede0001" "01020304" "616263" "0002");
    const auto packet = parse_packet(bytes);
    REQUIRE(packet);
    CHECK(packet->csrcs == 2);
    CHECK(packet->extension == 0xBEDE);
    CHECK(packet->extension_bytes == 4);
    CHECK(packet->padding == 2);
    CHECK(packet->header_bytes == 28);
    CHECK(as_text(packet->payload) == "abc");
    // Every prefix ends inside the head, or its last byte promises too much padding: no payload is made up.
    for (std::size_t size = 0; size < 28; ++size) CHECK_FALSE(parse_packet(ByteView(bytes).first(size)));
}

TEST_CASE("rtp packet: lengths that lie") {
    Bytes bytes = samples::packet({}, {1, 2, 3, 4});
    bytes[0] |= 0x20;
    for (const int padding : {0, 5, 255}) {
        bytes.back() = static_cast<std::uint8_t>(padding);
        CHECK_FALSE(parse_packet(bytes));
        CHECK_FALSE(looks_like_rtp(bytes));
    }
    bytes.back() = 4;  // nothing but padding
    CHECK(parse_packet(bytes)->payload.empty());
    bytes[0] = 0x90;  // an extension of 0x0304 words
    CHECK_FALSE(parse_packet(bytes));
    // 65,535 words: four times that is more than 16 bits.
    Bytes huge = samples::packet({}, *from_hex("bedeffff00000000"));
    huge[0] = 0x90;
    CHECK_FALSE(parse_packet(huge));
    for (const int version : {0x00, 0x40, 0xC0}) {
        Bytes other = samples::packet({}, {});
        other[0] = static_cast<std::uint8_t>(version);
        const auto packet = parse_packet(other);
        REQUIRE_FALSE(packet);
        CHECK(packet.error().code == Errc::malformed);
    }
}

TEST_CASE("rtp packet: RTCP and its range of payload types are not RTP") {
    const Bytes report = samples::sender_report();
    CHECK(looks_like_rtcp(report));
    CHECK_FALSE(looks_like_rtp(report));
    for (int type = 0; type < 128; ++type) {
        CAPTURE(type);
        const Bytes bytes = samples::packet({.payload_type = static_cast<std::uint8_t>(type), .marker = true}, {0});
        CHECK(looks_like_rtcp(bytes) == (type >= 72 && type <= 79));
        CHECK(looks_like_rtp(bytes) == (type < 64 || type > 95));
    }
}

TEST_CASE("rtp: the clock of a payload type") {
    for (const int audio : {0, 4, 8, 9, 18}) CHECK(clock_of(static_cast<std::uint8_t>(audio)) == 8'000);
    for (const int other : {14, 26, 31, 33, 34, 96, 98, 127}) CHECK(clock_of(static_cast<std::uint8_t>(other)) == 90'000);
    CHECK(clock_of(10) == 44'100);
    CHECK_FALSE(is_dynamic(34));
    CHECK(is_dynamic(96));
}

TEST_CASE("rtp: the SSRC as the y= line says it") {
    const SsrcMeaning live = meaning_of_ssrc(0x05F5ED76);
    CHECK(live.digits == "0100003190");
    CHECK_FALSE(live.history);
    CHECK(live.fits);
    CHECK(live.domain == "10000");
    CHECK(live.stream == "3190");
    CHECK(meaning_of_ssrc(1'200'000'001).history);
    CHECK(meaning_of_ssrc(0).digits == "0000000000");
    CHECK_FALSE(meaning_of_ssrc(0xFFFFFFFF).fits);
    CHECK(meaning_of_ssrc(0xFFFFFFFF).digits == "4294967295");
}
