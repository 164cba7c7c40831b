// RTCP: compounds walked by their lengths, lengths that lie.
#include <doctest/doctest.h>

#include "unit/wire/rtp/samples.hpp"
#include "wire/rtp/rtcp.hpp"

using namespace gbkit;
using namespace gbkit::wire::rtp;
namespace samples = gbkit::test::rtp;

TEST_CASE("rtcp: a compound of SR and SDES, then BYE and APP") {
    Bytes bytes = samples::sender_report();
    ByteWriter writer(bytes);
    writer.u32be(0x81CB'0001);  // BYE of one source
    writer.u32be(samples::ssrc);
    writer.u32be(0x80CC'0002);  // APP "abcd"
    writer.u32be(samples::ssrc);
    writer.u32be(0x6162'6364);
    const Rtcp rtcp = parse_rtcp(bytes);
    CHECK_FALSE(rtcp.defect);
    REQUIRE(rtcp.parts.size() == 4);
    CHECK(name_of_rtcp(rtcp.parts[0].type) == "SR");
    CHECK(name_of_rtcp(rtcp.parts[1].type) == "SDES");
    CHECK(name_of_rtcp(rtcp.parts[2].type) == "BYE");
    CHECK(name_of_rtcp(rtcp.parts[3].type) == "APP");
    CHECK(rtcp.parts[1].offset == 28);
    CHECK(rtcp.parts[2].ssrc == samples::ssrc);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        CAPTURE(size);
        const Rtcp part = parse_rtcp(ByteView(bytes).first(size));
        const bool border = size == 28 || size == 40 || size == 48;
        CHECK(part.defect.has_value() == !border);
    }
}

TEST_CASE("rtcp: lengths that lie") {
    const auto defect_of = [](std::string_view hex) { return parse_rtcp(*from_hex(hex)).defect.has_value(); };
    CHECK(defect_of("80c90005" "00000001"));                    // longer than the packet
    CHECK(defect_of("81c90001" "00000001"));                    // one report block, no room for it
    CHECK_FALSE(defect_of("80c90001" "00000001"));              // an empty RR
    CHECK(defect_of("80c80001" "00000001"));                    // SR without sender info
    CHECK(defect_of("81ca0002" "00000001" "01ff6100"));         // an SDES item longer than its chunk
    CHECK(defect_of("82cb0001" "00000001"));                    // BYE of two sources, one there
    CHECK(defect_of("00c90001" "00000001"));                    // version 0
    CHECK(defect_of("80c90001" "00000001" "8060"));             // something after the last part
}
