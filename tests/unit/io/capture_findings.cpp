// io/capture_findings: a healthy capture says nothing; each loss says one thing, in both languages.
#include "io/capture_findings.hpp"

#include <doctest/doctest.h>

#include "base/findings/capture.hpp"
#include "base/findings/catalog.hpp"
#include "base/findings/connection.hpp"
#include "base/findings/dialog.hpp"
#include "base/findings/register.hpp"
#include "base/findings/rtp.hpp"
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
    CHECK(ids_in(Pcap{}.add(at(0), tcp_frame(1, 100, "abc")).add(at(1), tcp_frame(2, 110, "xyz")).add(at(2), answer)) == Ids{"capture-lost-packets"});
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

namespace {

/// One connection of `segments` segments of 1,000 bytes, all acknowledged; those that `lost` names were not captured.
CaptureFacts transfer(int segments, const std::function<bool(int)>& lost, std::size_t cut = 0) {
    Pcap file;
    std::uint32_t id = 1;
    const auto frame = [&id](bool back, std::uint32_t sequence, std::uint32_t acknowledgement, std::uint8_t flags, const Bytes& payload) {
        const Ip ip = back ? Ip{"10.0.0.2", "10.0.0.1", 6, ++id} : Ip{"10.0.0.1", "10.0.0.2", 6, ++id};
        return ethernet(ipv4(ip, back ? tcp(80, 40000, sequence, acknowledgement, flags, payload) : tcp(40000, 80, sequence, acknowledgement, flags, payload)));
    };
    std::int64_t now = 0;
    file.add(at(now), frame(false, 99, 0, syn, {})).add(at(now + 1), frame(true, 499, 100, syn | ack, {}));
    for (int i = 0; i < segments; ++i) {
        now += 1000;
        const auto sequence = 100 + static_cast<std::uint32_t>(i) * 1000;
        const Bytes whole = frame(false, sequence, 500, ack, Bytes(1000, static_cast<std::uint8_t>(i)));
        if (!lost(i)) file.add(at(now), Bytes(whole.begin(), whole.end() - static_cast<std::ptrdiff_t>(cut)), whole.size());
        file.add(at(now + 500), frame(true, 500, sequence + 1000, ack, {}));
    }
    return read_bytes(file.bytes).facts;
}
bool nothing(int) { return false; }

Finding absent(FindingId id, std::vector<std::pair<std::string_view, std::string>> values = {}) {
    Finding finding{.id = id};
    finding.subject = "ssrc 0100003190";
    finding.values = std::move(values);
    return finding;
}
StreamLoss loses(double share) {
    return [share](const std::string&) { return std::optional(share); };
}
Certainty weighed(Finding finding, const CaptureFacts& facts, const StreamLoss& loss = {}) {
    weigh(finding, facts, loss);
    CHECK(finding.capture_lossy == (finding.certainty == Certainty::possible));
    return finding.certainty;
}

}  // namespace

TEST_CASE("the mirror's own loss: what TCP confirms and the capture has not, as a share") {
    const CaptureFacts facts = transfer(1000, [](int i) { return i % 500 == 250; });
    CHECK(facts.tcp_lost_bytes == 2000);
    CHECK(facts.tcp_lost_segments == 2);
    CHECK(lost_share(facts) == doctest::Approx(0.002));
    const auto found = findings_of(facts);
    REQUIRE(ids_of(found) == Ids{"capture-lost-packets"});
    CHECK(message_of(found[0], Language::english) ==
          "The capture itself lost about 0.2 % of the packets: TCP confirms 2000 bytes that were never captured, some 2 segments.");
    CHECK(lost_share(transfer(1000, nothing)) == 0);
    CHECK(ids_of(findings_of(transfer(1000, nothing))).empty());
    CHECK(lost_share(transfer(10, [](int i) { return i == 5; })) == doctest::Approx(0.01));   // one of ten proves no tenth
}

TEST_CASE("a snap length loses bytes and no packets; a direction that is hardly there is no loss") {
    const CaptureFacts cut = transfer(200, nothing, 900);
    CHECK(cut.tcp_gap_bytes > 0);
    CHECK(lost_share(cut) == 0);
    const CaptureFacts elsewhere = transfer(200, [](int i) { return i > 3 && i < 197; });
    CHECK(elsewhere.tcp_lost_bytes == 193'000);
    CHECK(lost_share(elsewhere) == 0);
    CHECK(ids_of(findings_of(elsewhere)) == Ids{"capture-tcp-gap"});
}

TEST_CASE("RTP loss up to the capture's own is only possible, and says why; more of it stays") {
    const CaptureFacts lossy = transfer(1000, [](int i) { return i % 500 == 250; }), sound = transfer(1000, nothing);
    CHECK(weighed(absent(findings::rtp_lost), lossy, loses(0.0015)) == Certainty::possible);
    CHECK(weighed(absent(findings::rtp_lost), lossy, loses(0.01)) == Certainty::certain);
    CHECK(weighed(absent(findings::rtp_lost), sound, loses(0.0015)) == Certainty::certain);
    CHECK(weighed(absent(findings::rtp_lost), lossy) == Certainty::certain);            // of which stream is not known
    CHECK(weighed(absent(findings::rtp_silence), lossy, loses(0.0015)) == Certainty::certain);   // seconds of nothing
    CHECK(weighed(absent(findings::register_refused), lossy) == Certainty::certain);    // was seen
    Finding told = absent(findings::rtp_lost, {{"first", "7"}});
    weigh(told, lossy, loses(0.0015));
    CHECK(message_of(told, Language::english).ends_with(" The capture itself lost packets: this may be one of its holes, not the devices' doing."));
    CHECK(message_of(told, Language::chinese).ends_with("并非设备所致。"));
}

TEST_CASE("one answer that is missing may be the capture's hole; three in a row are not") {
    const CaptureFacts lossy = transfer(1000, [](int i) { return i % 500 == 250; });
    CHECK(weighed(absent(findings::query_unanswered), lossy) == Certainty::possible);
    CHECK(weighed(absent(findings::dialog_media_not_dialled), lossy) == Certainty::possible);
    CHECK(weighed(absent(findings::dialog_media_unanswered, {{"count", "4"}}), lossy) == Certainty::certain);
    CHECK(weighed(absent(findings::connection_no_answer, {{"count", "3"}}), lossy) == Certainty::certain);
    CHECK(weighed(absent(findings::keepalive_unanswered, {{"count", "3"}}), lossy) == Certainty::certain);
    CHECK(weighed(absent(findings::register_no_answer, {{"count", "11"}}), lossy) == Certainty::certain);
    Finding catalog = absent(findings::catalog_incomplete, {{"parts", "10"}});
    catalog.expected = "11";
    catalog.observed = "10";
    CHECK(weighed(catalog, lossy) == Certainty::possible);
    catalog.expected = "140";
    CHECK(weighed(catalog, lossy) == Certainty::certain);
    CaptureFacts overrun = transfer(10, nothing);
    overrun.not_captured = 1;
    CHECK(weighed(absent(findings::keepalive_unanswered, {{"count", "3"}}), overrun) == Certainty::possible);   // live: how many of what, nobody knows
}

TEST_CASE("a mirror that lost copies has lost packets; one or two at the edges prove nothing") {
    CaptureFacts facts;
    facts.udp = facts.frames = 1;
    facts.copies = 990;
    facts.copies_missing = 2;
    CHECK(lost_share(facts) == 0);
    facts.copies_missing = 20;
    CHECK(lost_share(facts) == doctest::Approx(0.01));
    REQUIRE(ids_of(findings_of(facts)) == Ids{"capture-lost-packets"});
    CHECK(message_of(findings_of(facts)[0], Language::english).find("20 packets came once where all others come twice") != std::string::npos);
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
