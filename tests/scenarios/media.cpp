// Every media cause makes its finding, at its place, and nothing else serious; loss and cuts invent nothing.
#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <set>

#include "base/findings/ps.hpp"
#include "base/findings/rtp.hpp"
#include "scenarios/implied.hpp"
#include "scenarios/media_causes.hpp"

using namespace gbkit;
using namespace gbkit::scenario;

namespace {

bool serious(const Finding& finding) { return info_of(finding.id).severity < Severity::info; }

bool only(const MediaTold& told, const std::set<FindingId>& allowed) {
    return std::all_of(told.findings.begin(), told.findings.end(),
                       [&](const Finding& finding) { return !serious(finding) || allowed.contains(finding.id); });
}

}  // namespace

TEST_CASE("each media cause is named at its place, with its certainty, and nothing else is wrong") {
    for (const MediaCause& cause : media_causes()) {
        CAPTURE(cause.id.slug);
        const MediaTold told = cause.make();
        CAPTURE(told.ids());
        const Finding* finding = told.find(cause.id);
        CHECK(finding != nullptr);
        if (finding == nullptr) continue;
        CHECK(finding->certainty == cause.certainty);
        REQUIRE(finding->where.offset.has_value());
        if (cause.offset) CHECK(*finding->where.offset == *cause.offset);
        CHECK(*finding->where.offset >= cause.from);
        CHECK(only(told, allowed_by(cause.id)));
        for (const Finding& each : told.findings)
            for (const Language language : {Language::english, Language::chinese}) {
                CAPTURE(each.id.slug);
                CHECK(message_of(each, language).find('?') == std::string::npos);
                CHECK(advice_of(each, language).find('{') == std::string::npos);
            }
    }
}

TEST_CASE("healthy streams are healthy: as a file, in RTP, and every prefix of both") {
    for (const HealthyMedia& healthy : healthy_media()) {
        CAPTURE(healthy.name);
        const MediaStream stream = record(healthy.plan);
        const Bytes bytes = stream.bytes();
        const std::vector<Bytes> packets = packetize(stream);
        for (const MediaTold& told : {judge_file(bytes), judge_rtp(packets)}) {
            CAPTURE(told.ids());
            CHECK(only(told, {}));
            CHECK(told.report.frames == static_cast<std::uint64_t>(healthy.plan.frames));
            CHECK(told.report.damaged_frames == 0);
            const auto& video = told.report.streams.at(0xE0);
            CHECK(video.codec == healthy.plan.video);
            CHECK(video.codec_by_content);
            CHECK(video.frames_per_second.value_or(0) == doctest::Approx(25));
        }
        for (std::size_t length = 0; length < std::min<std::size_t>(bytes.size(), 9000); length += length < 200 ? 1 : 97) {
            const MediaTold told = judge_file(ByteView(bytes).first(length));
            CAPTURE(length);
            CAPTURE(told.ids());
            CHECK(only(told, {}));
        }
        for (std::size_t length = 0; length < std::min<std::size_t>(packets.size(), 60); ++length) {
            const MediaTold told = judge_rtp({packets.begin(), packets.begin() + static_cast<std::ptrdiff_t>(length)});
            CAPTURE(length);
            CAPTURE(told.ids());
            CHECK(only(told, {}));
        }
    }
}

TEST_CASE("however a stream is cut into pieces, the same findings and frames come out") {
    std::mt19937 random(4);
    for (const HealthyMedia& healthy : healthy_media()) {
        CAPTURE(healthy.name);
        MediaPlan plan = healthy.plan;
        plan.frames = std::min(plan.frames, 30);
        const Bytes bytes = record(plan).bytes();
        const MediaTold whole = judge_file(bytes);
        for (int round = 0; round < 4; ++round) {
            std::vector<std::size_t> cuts{1};
            for (int i = 0; round > 0 && i < 50; ++i) cuts.push_back(1 + random() % 700);
            const MediaTold told = judge_file(bytes, cuts);
            CHECK(told.ids() == whole.ids());
            REQUIRE(told.frames.size() == whole.frames.size());
            for (std::size_t i = 0; i < told.frames.size(); ++i) {
                CHECK(told.frames[i].offset == whole.frames[i].offset);
                CHECK(told.frames[i].bytes == whole.frames[i].bytes);
                CHECK(told.frames[i].type == whole.frames[i].type);
                CHECK(told.frames[i].pts == whole.frames[i].pts);
            }
        }
    }
}

TEST_CASE("a capture that begins anywhere blames nobody") {
    for (const HealthyMedia& healthy : healthy_media()) {
        CAPTURE(healthy.name);
        const std::vector<Bytes> packets = packetize(record(healthy.plan));
        for (std::size_t from = 1; from < std::min<std::size_t>(packets.size(), 90); ++from) {
            const MediaTold told = judge_rtp({packets.begin() + static_cast<std::ptrdiff_t>(from), packets.end()});
            CAPTURE(from);
            CAPTURE(told.ids());
            CHECK(only(told, {}));
        }
    }
}

TEST_CASE("loss damages frames and is the cause of nothing else") {
    std::mt19937 random(9);
    for (const HealthyMedia& healthy : healthy_media()) {
        CAPTURE(healthy.name);
        const std::vector<Bytes> packets = packetize(record(healthy.plan));
        for (int round = 0; round < 60; ++round) {
            std::vector<bool> lost(packets.size());
            for (std::size_t i = 0; i < packets.size(); ++i) lost[i] = random() % 25 == 0;
            const MediaTold told = judge_rtp(packets, [&](std::size_t i) { return lost[i]; });
            CAPTURE(round);
            CAPTURE(told.ids());
            CHECK(only(told, {findings::media_frames_damaged}));
        }
    }
}

TEST_CASE("one lost packet: its frame is damaged, what follows depends on it, and the next key frame ends that") {
    const MediaPlan plan;
    const std::vector<Bytes> packets = packetize(record(plan));
    const std::size_t key_packets = 4;   // of 5,000 bytes and headers; others take one packet
    SUBCASE("inside a key frame") {
        const MediaTold told = judge_rtp(packets, [](std::size_t i) { return i == 2; });
        REQUIRE(told.frames.size() == 80);
        CHECK(told.frames[0].damaged);
        REQUIRE(told.frames[0].lost.size() == 1);
        CHECK(told.frames[0].lost[0] == std::pair<std::uint16_t, std::uint16_t>{65'502, 65'502});
        CHECK(!told.frames[0].depends_on_damage);
        for (std::size_t i = 1; i < 25; ++i) CHECK((told.frames[i].depends_on_damage && !told.frames[i].damaged));
        CHECK(!told.frames[25].depends_on_damage);
        CHECK(told.report.damaged_frames == 1);
        CHECK(told.report.undecodable_frames == 24);
    }
    SUBCASE("a whole frame") {
        const MediaTold told = judge_rtp(packets, [&](std::size_t i) { return i == key_packets + 3; });
        CHECK(told.report.frames == 79);
        CHECK(told.report.damaged_frames == 0);
        CHECK(told.report.undecodable_frames == 20);
        const Finding* finding = told.find(findings::media_frames_damaged);
        REQUIRE(finding != nullptr);
        CHECK(finding->observed == "1");
    }
    SUBCASE("the head of a key frame") {
        const std::size_t second_key = key_packets + 24;
        const MediaTold told = judge_rtp(packets, [&](std::size_t i) { return i == second_key; });
        REQUIRE(told.frames.size() == 80);
        CHECK(told.frames[25].damaged);
        CHECK(told.report.undecodable_frames == 24);
    }
}
