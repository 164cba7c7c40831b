// wire/ps/muxer: what goes in comes out of the parser, in packs as Annex C.1 of GB/T 28181-2022 asks for.
#include "wire/ps/muxer.hpp"

#include <doctest/doctest.h>

#include <map>

#include "unit/wire/codec/samples.hpp"
#include "unit/wire/ps/events_log.hpp"

using namespace gbkit;
using namespace gbkit::test;
using namespace gbkit::wire::ps;
using wire::codec::Codec;

namespace {

constexpr std::uint64_t clock_end = 1ULL << 33;

// What a stream holds, gathered by id.
struct Read {
    std::map<std::uint8_t, Bytes> payload;
    std::vector<Pack> packs;
    std::vector<Pes> pes;
    std::vector<Bytes> system_headers, maps;
    std::uint64_t wrong = 0;  // skipped bytes, unfinished packets, broken headers and maps

    explicit Read(ByteView bytes) {
        std::uint8_t id = 0;
        Parser parser([&](const Event& event) {
            if (const auto* pack = std::get_if<Pack>(&event)) packs.push_back(*pack), wrong += !pack->markers;
            if (const auto* system = std::get_if<SystemHeader>(&event)) {
                system_headers.emplace_back(system->raw.begin(), system->raw.end());
                wrong += !system->whole || !system->markers;
            }
            if (const auto* map = std::get_if<StreamMap>(&event)) {
                maps.emplace_back(map->raw.begin(), map->raw.end());
                wrong += !map->whole || !map->lengths_fit || map->crc != Crc::ok;
            }
            if (const auto* one = std::get_if<Pes>(&event)) {
                pes.push_back(*one);
                id = one->id;
                wrong += !one->markers || !one->header_fits || one->layout != Pes::Layout::mpeg2;
            }
            if (const auto* piece = std::get_if<Payload>(&event))
                payload[id].insert(payload[id].end(), piece->bytes.begin(), piece->bytes.end());
            if (const auto* end = std::get_if<PesEnd>(&event)) wrong += end->why != PesEnd::Why::complete;
            wrong += std::holds_alternative<Skipped>(event);
        });
        parser.push(bytes);
        parser.finish();
    }
};

}  // namespace

TEST_CASE("a key frame, a predicted frame, audio: the order of Annex C.1") {
    Muxer muxer({.video = Codec::h264, .audio = Codec::g711a});
    Bytes out;
    muxer.video(codec::h264_key(100), 90'000, std::nullopt, true, out);
    muxer.audio(codec::g711a_speech(320), 90'000, false, out);
    muxer.video(codec::h264_predicted(50), 93'600, std::nullopt, false, out);
    muxer.audio(codec::g711a_speech(320), 93'600, true, out);
    Muxer::end(out);
    CHECK(parsed(out) ==
          "pack@0 scr=89100; system@14 e0 c0; map@32 1b/e0 90/c0 crc0; pes e0@56+14 pts=90000; payload@70 143; end e0@213 complete; "
          "pes c0@213+14 pts=90000; payload@227 320; end c0@547 complete; "
          "pack@547 scr=92700; pes e0@561+14 pts=93600; payload@575 56; end e0@631 complete; "
          "pack@631 scr=92701; pes c0@645+14 pts=93600; payload@659 320; end c0@979 complete; endcode@979");
    CHECK(difference_of_cuts(out) == "");
}

TEST_CASE("what goes in comes out: frames of every size about the limits") {
    for (const std::size_t limit : {1000U, 65'000U, 65'535U}) {
        Muxer muxer({.video = Codec::h265, .audio = Codec::aac, .mux_rate = 4'000'000, .pes_payload_limit = limit});
        Bytes out, video, audio;
        std::uint64_t pts = clock_end - 10'000;  // the clock wraps on the way
        std::size_t frames = 0;
        for (const std::size_t size : {1U, 990U, 1000U, 1001U, 64'990U, 65'520U, 65'522U, 65'536U, 200'000U}) {
            const Bytes unit = codec::h265_key(size);
            const Bytes sound = codec::adts_frame(size % 5000);
            muxer.video(unit, pts + 7200, pts, frames % 3 == 0, out);
            muxer.audio(sound, pts, frames % 2 == 0, out);
            video.insert(video.end(), unit.begin(), unit.end());
            audio.insert(audio.end(), sound.begin(), sound.end());
            pts += 3600;
            ++frames;
        }
        const Read read(out);
        CHECK(read.wrong == 0);
        CHECK(read.payload.at(0xE0) == video);
        CHECK(read.payload.at(0xC0) == audio);
        CHECK(read.packs.size() == 9 + 5);
        CHECK(read.maps.size() == 3);
        std::uint64_t expected = clock_end - 10'000;
        for (const Pes& pes : read.pes) {
            if (pes.id != 0xE0 || !pes.pts) continue;
            CHECK(pes.pts == (expected + 7200) % clock_end);
            CHECK(pes.dts == expected % clock_end);
            expected += 3600;
        }
        CHECK(expected == pts);
    }
}

TEST_CASE("SCR runs before DTS and always forward; system headers and maps are all the same") {
    Muxer muxer({.video = Codec::h264, .audio = Codec::g711u});
    Bytes out;
    std::uint64_t dts = clock_end - 40 * 3600;
    for (int frame = 0; frame < 100; ++frame, dts += 3600) {
        muxer.video(codec::h264_predicted(20), dts + 3600, dts, frame % 25 == 0, out);
        muxer.audio(codec::g711u_speech(160), dts - 1800, true, out);  // a little behind
    }
    const Read read(out);
    CHECK(read.wrong == 0);
    std::uint64_t last = read.packs.front().scr - 1;
    for (const Pack& pack : read.packs) {
        CHECK(((pack.scr - last - 1) % clock_end) < 90'000);
        CHECK(pack.scr_extension < 300);
        CHECK(pack.mux_rate == 20'000);
        last = pack.scr;
    }
    CHECK(read.system_headers.size() == 4);
    for (const Bytes& header : read.system_headers) CHECK(header == read.system_headers.front());
    for (const Bytes& map : read.maps) CHECK(map == read.maps.front());
}

TEST_CASE("a stream that begins at 0 does not begin with a wrap") {
    Muxer muxer({.video = Codec::h264});
    Bytes out;
    for (std::uint64_t pts = 0; pts < 36'000; pts += 3600) muxer.video(codec::h264_predicted(20), pts, pts, pts == 0, out);
    const Read read(out);
    CHECK(read.packs.front().scr == 0);
    for (std::size_t i = 1; i < read.packs.size(); ++i) CHECK(read.packs[i].scr > read.packs[i - 1].scr);
    for (const Pes& pes : read.pes) CHECK_FALSE(pes.dts.has_value());  // the same as PTS
}

TEST_CASE("sound alone has its map in the first pack; nothing is written for nothing") {
    Muxer muxer({.audio = Codec::g711a});
    Bytes out;
    muxer.audio({}, 0, true, out);
    muxer.video({}, 0, std::nullopt, true, out);
    CHECK(out.empty());
    muxer.audio(codec::g711a_speech(160), 0, true, out);
    muxer.audio(codec::g711a_speech(160), 1800, true, out);
    const Read read(out);
    CHECK(read.wrong == 0);
    CHECK(read.maps.size() == 1);
    CHECK(read.packs.size() == 2);
}

TEST_CASE("options out of range are brought into it") {
    Muxer muxer({.video = Codec::h264, .mux_rate = 0, .pes_payload_limit = 0});
    Bytes out;
    muxer.video(codec::h264_key(10), 0, 0, true, out);
    const Read read(out);
    CHECK(read.wrong == 0);
    CHECK(read.packs.front().mux_rate == 1);
    CHECK(read.payload.at(0xE0) == codec::h264_key(10));
    Muxer fast({.video = Codec::h264, .mux_rate = 0xFFFFFFFF, .pes_payload_limit = 1 << 20});
    Bytes large;
    fast.video(codec::h264_key(70'000), 5, 4, true, large);
    CHECK(Read(large).wrong == 0);
    CHECK(Read(large).packs.front().mux_rate == 0x3FFFFF);
    CHECK(Read(large).payload.at(0xE0) == codec::h264_key(70'000));
}
