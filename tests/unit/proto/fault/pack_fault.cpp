// proto/fault/pack_fault: each fault does to the packs what it says, and says where.
#include "proto/fault/pack_fault.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>

#include "unit/wire/codec/samples.hpp"
#include "unit/wire/ps/events_log.hpp"
#include "wire/ps/muxer.hpp"

using namespace gbkit;
using namespace gbkit::test;
using namespace gbkit::proto::fault;
using wire::codec::Codec;

namespace {

// A second of video with a key frame every ten frames, and sound in packs of its own.
struct Recording {
    Bytes stream;
    std::optional<std::uint64_t> first_edit;

    explicit Recording(std::string_view fault = {}, std::size_t key_size = 300, int frames = 25) {
        auto filter = PackFilter::make(fault);
        wire::ps::Muxer muxer({.video = Codec::h264, .audio = Codec::g711a});
        const auto write = [&](Bytes pack) {
            if (filter) filter->apply(pack);
            stream.insert(stream.end(), pack.begin(), pack.end());
        };
        for (int frame = 0; frame < frames; ++frame) {
            const std::uint64_t pts = 90'000 + static_cast<std::uint64_t>(frame) * 3600;
            Bytes pack;
            const bool key = frame % 10 == 0;
            muxer.video(key ? codec::h264_key(key_size) : codec::h264_predicted(100), pts, std::nullopt, key, pack);
            write(pack);
            pack.clear();
            muxer.audio(codec::g711a_speech(320), pts, true, pack);
            write(pack);
        }
        if (filter) filter->finish(stream);
        if (filter) first_edit = filter->first_edit();
    }
};

std::string events(std::string_view fault, std::size_t key_size = 300) { return parsed(Recording(fault, key_size).stream); }

std::size_t count(std::string_view text, std::string_view what) {
    std::size_t found = 0;
    for (std::size_t at = text.find(what); at != std::string_view::npos; at = text.find(what, at + 1)) ++found;
    return found;
}

}  // namespace

TEST_CASE("a table of faults, each once, each a known finding with words in both languages") {
    std::set<std::string_view> names;
    for (const PackFault& fault : all_pack_faults()) {
        INFO(fault.id.slug);
        CHECK(names.insert(fault.id.slug).second);
        CHECK(find_finding(fault.id.slug) != nullptr);
        CHECK_FALSE(fault.what.english.empty());
        CHECK_FALSE(fault.what.chinese.empty());
        CHECK((fault.edit != nullptr || fault.at_end != nullptr));
        CHECK(find_pack_fault(fault.id.slug) == &fault);
    }
    CHECK(find_pack_fault("rtp-lost") == nullptr);
    CHECK_FALSE(PackFilter::make("ps-nothing").has_value());
}

TEST_CASE("every fault changes the stream, from the place it says on") {
    const Recording healthy({}, 70'000);
    for (const PackFault& fault : all_pack_faults()) {
        INFO(fault.id.slug);
        if (fault.id.slug == "ps-aac-as-g711") continue;  // there is no AAC in it
        const Recording faulty(fault.id.slug, 70'000);
        REQUIRE(faulty.first_edit.has_value());
        CHECK(faulty.stream != healthy.stream);
        const std::size_t at = *faulty.first_edit;
        REQUIRE(at <= faulty.stream.size());
        const std::size_t same = std::min(at, healthy.stream.size());
        CHECK(std::equal(faulty.stream.begin(), faulty.stream.begin() + static_cast<std::ptrdiff_t>(same), healthy.stream.begin()));
        CHECK(difference_of_cuts(Recording(fault.id.slug, 70'000, 2).stream) == "");
    }
}

TEST_CASE("maps: the one thing is wrong and the rest is right") {
    CHECK(count(events({}), "1b/e0 90/c0 crc0") == 3);
    CHECK(count(events("ps-psm-crc-swapped"), "1b/e0 90/c0 crc1") == 3);
    CHECK(count(events("ps-psm-crc-zero"), "1b/e0 90/c0 crc2") == 3);
    CHECK(count(events("ps-psm-crc-bad"), "1b/e0 90/c0 crc3") == 3);
    CHECK(count(events("ps-psm-lengths-differ"), "lengths 1b/e0 90/c0 crc0") == 3);
    CHECK(count(events("ps-psm-stream-missing"), " 1b/e0 crc0") == 3);
    CHECK(count(events("ps-psm-entry-hidden"), " 1b/e0 crc0") == 3);
    CHECK(count(events("ps-codec-differs"), "24/e0 90/c0 crc0") == 3);
    CHECK(count(events("ps-g711-law-differs"), "1b/e0 91/c0 crc0") == 3);
    CHECK(count(events("ps-psm-type-flips"), "24/e0 90/c0 crc0") == 1);
    CHECK(count(events("ps-psm-stream-late"), "1b/e0 90/c0 crc0") == 2);
    CHECK(count(events("ps-psm-version-moves"), "1b/e0 90/c0 crc0") == 3);
    CHECK(count(events("ps-no-psm"), "map@") == 0);
}

TEST_CASE("headers and lengths: what the parser makes of them") {
    CHECK(count(events("ps-pack-empty"), " empty") == 50);
    CHECK(count(events("ps-pack-stuffing-data"), "stuffing=ffff0000") == 50);
    CHECK(count(events("ps-pes-stuffing"), " stuffing") == 25);
    CHECK(count(events("ps-private-stream"), "end bd@") == 3);
    CHECK(count(events("ps-extra-zeros"), " zeros=1") == 50);
    CHECK(count(events("ps-pes-header-short"), " short pts=") == 25);
    CHECK(count(events("ps-pes-header-broken"), "no-markers") == 25);
    CHECK(count(events("ps-audio-without-pack"), "pack@") == 25);
    CHECK(count(events("ps-system-header-absent-streams"), "system@14 e0 c0 bf") == 1);
    CHECK(count(events("ps-leading-bytes"), "skipped@0 1000 leading") == 1);
    CHECK(count(events("ps-imkh-header"), "skipped@0 40 leading") == 1);
    CHECK(count(events("ps-ends-inside"), " end missing=") == 1);
    CHECK(count(events("ps-frame-over-packs"), "pack@") == 75);
    CHECK(count(events("ps-frames-in-one-pack"), "pack@") == 38);
    CHECK(count(events("ps-pes-too-long"), "next-start missing=50") == 25);
    CHECK(count(events("ps-place-lost"), " 20 resync") == 25);
    CHECK(count(events("ps-pes-length-wrapped", 70'000), " 65536 resync") == 3);
    CHECK(count(events("ps-pes-length-zero"), "skipped") == 0);
    CHECK(count(events("ps-pes-length-zero"), "end e0@") == 25);
}

TEST_CASE("times") {
    CHECK(events("ps-timestamps-zero").find("pts=9") == std::string::npos);
    CHECK(count(events("ps-pts-missing"), "pts=") == 0);
    CHECK(count(events("ps-timestamp-wrap"), "scr=8589916592") == 1);         // 2^33 - 18,000
    CHECK(count(events("ps-timestamp-wraps-early"), "scr=4294949296") == 1);  // 2^32 - 18,000
    CHECK(count(events("ps-timestamp-jump"), "pts=324126000") == 2);          // frame 10: video and sound
    CHECK(count(events("ps-gap-too-long"), "pts=216000") == 2);
    CHECK(count(events("ps-audio-clock-8k"), "pts=8000;") == 1);
}

TEST_CASE("pictures keep everything but what the fault takes") {
    const auto payload_of = [](std::string_view fault) { return Recording(fault, 300, 1).stream; };
    const Bytes healthy = payload_of({}), bare = payload_of("media-no-parameter-sets"), shortened = payload_of("media-short-start-codes");
    CHECK(healthy.size() - bare.size() == codec::h264_sps().size() + codec::h264_pps().size() + 8);
    CHECK(healthy.size() - shortened.size() == 3);
    CHECK(count(events("media-no-key-frame"), "pes e0@") == 22);
}

TEST_CASE("what is no pack goes through as it is") {
    auto filter = PackFilter::make("ps-psm-crc-bad");
    REQUIRE(filter.has_value());
    for (Bytes bytes : {Bytes{}, Bytes{1, 2, 3}, Bytes{0, 0, 1, 0xB9}, Bytes{0, 0, 1, 0xE0, 0xFF, 0xFF, 0x80, 0, 0}, Bytes{0, 0, 1, 0xE0, 0, 3, 0x80, 0, 9}}) {
        const Bytes before = bytes;
        filter->apply(bytes);
        CHECK(bytes == before);
    }
    CHECK_FALSE(filter->first_edit().has_value());
}
