// io/capture_findings: a healthy capture says nothing; each loss says one thing, in both languages.
#include "io/capture_findings.hpp"

#include <doctest/doctest.h>

#include "base/findings/capture.hpp"
#include "unit/io/capture_runs.hpp"
#include "unit/wire/frames.hpp"

using namespace gbkit;
using namespace gbkit::test;
using namespace gbkit::io;

namespace {

std::vector<std::string_view> ids_of(const std::vector<Finding>& found) {
    std::vector<std::string_view> ids;
    for (const Finding& finding : found) {
        ids.push_back(finding.id.slug);
        for (const Language language : {Language::english, Language::chinese}) {
            CHECK(message_of(finding, language).find('?') == std::string::npos);   // every placeholder is filled
            CHECK(message_of(finding, language).find('{') == std::string::npos);
            CHECK(advice_of(finding, language).find('{') == std::string::npos);
        }
    }
    return ids;
}

using Ids = std::vector<std::string_view>;

Bytes udp_frame(std::uint32_t id, std::uint8_t ttl = 64) { return ethernet(ipv4({.id = id, .ttl = ttl}, udp(1, 2, text("x")))); }
Bytes tcp_frame(std::uint32_t id, std::uint32_t sequence, std::string_view payload) {
    return ethernet(ipv4({.protocol = 6, .id = id}, tcp(1, 2, sequence, 0, ack, text(payload))));
}
Ids ids_in(const Pcap& file) { return ids_of(findings_of(read_bytes(file.bytes).facts)); }

}  // namespace

TEST_CASE("a healthy capture has nothing to say") {
    CHECK(ids_in(Pcap{}.add(at(0), udp_frame(1))).empty());
}

TEST_CASE("each loss is one finding") {
    CHECK(ids_in(Pcap{}.add(at(0), udp_frame(1)).add(at(1), udp_frame(1, 63))) == Ids{"capture-mirror-copies"});
    CHECK(ids_in(Pcap{}.add(at(0), udp_frame(0)).add(at(9), udp_frame(0))) == Ids{"capture-twins"});
    CHECK(ids_in(Pcap{}.add(at(0), udp_frame(1), 1500)) == Ids{"capture-cut-frames"});
    CHECK(ids_in(Pcap{}.add(at(5), udp_frame(1)).add(at(1), udp_frame(2))) == Ids{"capture-time-backwards"});
    CHECK(ids_in(Pcap{}.add(at(0), ethernet(Bytes(46), 0x0806))) == Ids{"capture-nothing-to-judge"});
    CHECK(ids_in(Pcap{.link_type = 147}.add(at(0), text("?"))) == Ids{"capture-unknown-link", "capture-nothing-to-judge"});
    CHECK(ids_in(Pcap{}.add(at(0), udp_frame(1)).add(at(1'000'000), ethernet(ipv4({.more = true}, Bytes(16)))).add(at(2'000'000), udp_frame(2))) ==
          Ids{"capture-fragments-missing"});
    CHECK(ids_in(Pcap{}.add(at(0), udp_frame(1)).add(at(1), ethernet(ipv4({.offset = 8, .more = true}, Bytes(16, 1))))
                     .add(at(2), ethernet(ipv4({.offset = 8, .more = true}, Bytes(16, 2))))) == Ids{"capture-fragments-conflict"});
    const Bytes answer = ethernet(ipv4({"10.0.0.2", "10.0.0.1", 6, 9}, tcp(2, 1, 500, 113, ack, {})));
    CHECK(ids_in(Pcap{}.add(at(0), tcp_frame(1, 100, "abc")).add(at(1), tcp_frame(2, 110, "xyz")).add(at(2), answer)) == Ids{"capture-tcp-gap"});
    CHECK(ids_in(Pcap{}.add(at(0), tcp_frame(1, 100, "abc")).add(at(1), tcp_frame(2, 105, "XYZ")).add(at(2), tcp_frame(3, 103, "dexyz"))) ==
          Ids{"capture-tcp-conflict"});
}

TEST_CASE("what may have come before the first or after the last frame is not missing") {
    const Bytes first = ethernet(ipv4({.id = 5, .more = true}, Bytes(16))), last = ethernet(ipv4({.id = 6, .offset = 16}, Bytes(16)));
    CHECK(ids_in(Pcap{}.add(at(0), udp_frame(1)).add(at(5'000'000), first)).empty());
    CHECK(ids_in(Pcap{}.add(at(0), last).add(at(40'000'000), udp_frame(1))).empty());
    CHECK(ids_in(Pcap{}.add(at(0), udp_frame(1)).add(at(1'000'000), last).add(at(2'000'000), udp_frame(2))) == Ids{"capture-fragments-missing"});
    CHECK(ids_in(Pcap{}.add(at(0), tcp_frame(1, 100, "abc")).add(at(1), tcp_frame(2, 110, "xyz"))).empty());   // not acknowledged
}

TEST_CASE("what the kernel lost of a live capture is told") {
    CaptureFacts facts = read_bytes(Pcap{}.add(at(0), udp_frame(1)).bytes).facts;
    facts.not_captured = 12;
    const auto found = findings_of(facts);
    REQUIRE(ids_of(found) == Ids{"capture-overrun"});
    CHECK(message_of(found[0], Language::english).find("12 frames reached this machine") == 0);
}

TEST_CASE("what rests on absence is known; what was seen is no such thing") {
    for (const std::string_view slug : {"rtp-lost", "register-no-answer", "keepalive-unanswered", "media-frames-damaged"}) CHECK(rests_on_absence({slug}));
    for (const std::string_view slug : {"register-refused", "digest-realm-mismatch", "ps-psm-crc-swapped", "capture-overrun"}) CHECK_FALSE(rests_on_absence({slug}));
}

TEST_CASE("a cut file is named with its place") {
    Pcap file;
    file.add(at(0), udp_frame(1)).add(at(1), udp_frame(2));
    file.bytes.pop_back();
    const auto found = findings_of(read_bytes(file.bytes).facts);
    REQUIRE(ids_of(found) == Ids{"capture-cut-file"});
    CHECK(found[0].subject == "memory");
    CHECK(found[0].where.offset == 24 + 16 + 43);
    CHECK(message_of(found[0], Language::english) ==
          "memory cannot be read beyond byte 83: a record cut off after 58 bytes. What came after is not looked at.");
}

TEST_CASE("none of them blames a device: no error among them") {
    for (const FindingInfo& info : findings::capture_table()) CHECK(info.severity != Severity::error);
}
