// The judge on a real camera's stream, on other muxers' streams, and on bytes that are nothing; its counts and sinks.
#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>
#include <set>

#include "base/findings/ps.hpp"
#include "proto/observe/media/ps_judge.hpp"
#include "unit/wire/codec/samples.hpp"
#include "wire/ps/muxer.hpp"
#include "wire/rtp/framer.hpp"
#include "wire/rtp/packet.hpp"

using namespace gbkit;
using namespace gbkit::proto::observe;
using wire::codec::Codec;
using wire::codec::FrameType;

namespace {

struct Seen {
    std::vector<Finding> findings;
    std::vector<MediaFrame> frames;
    std::vector<PsPacketSeen> packets;
    std::uint64_t maps = 0, changed_maps = 0;
    std::map<std::uint8_t, Bytes> payload;
    Bytes program_stream;
    std::vector<std::uint64_t> packs_of;   // frame numbers that came with program stream bytes

    [[nodiscard]] PsJudge::Sinks sinks(bool everything) {
        PsJudge::Sinks to;
        to.finding = [this](Finding finding) { findings.push_back(std::move(finding)); };
        to.frame = [this](const MediaFrame& frame) { frames.push_back(frame); };
        to.map = [this](const MapSeen& map) { ++maps, changed_maps += map.changed ? 1U : 0U; };
        if (!everything) return to;
        to.packet = [this](const PsPacketSeen& packet) { packets.push_back(packet); };
        to.payload = [this](const PayloadSeen& seen) { payload[seen.stream_id].insert(payload[seen.stream_id].end(), seen.bytes.begin(), seen.bytes.end()); };
        to.program_stream = [this](ByteView bytes, const MediaFrame* frame) {
            program_stream.insert(program_stream.end(), bytes.begin(), bytes.end());
            if (frame != nullptr) packs_of.push_back(frame->number);
        };
        return to;
    }
    [[nodiscard]] bool has(FindingId id) const {
        return std::any_of(findings.begin(), findings.end(), [&](const Finding& finding) { return finding.id == id; });
    }
};

/// A reader of a file: skips what may be skipped, in pieces of `piece` bytes.
StreamReport read_file(ByteView bytes, Seen& seen, bool everything, std::size_t piece = 4096) {
    PsJudge judge({.subject = "file", .complete = true}, seen.sinks(everything));
    for (std::size_t at = 0; at < bytes.size();) {
        const std::size_t skip = std::min<std::uint64_t>(judge.skippable(), bytes.size() - at);
        if (skip > 0) {
            judge.skip(skip);
            at += skip;
            continue;
        }
        const std::size_t size = std::min(piece, bytes.size() - at);
        judge.see(bytes.subspan(at, size));
        at += size;
    }
    judge.finish(false);
    return judge.report();
}

Bytes small_stream(int frames = 30) {
    Bytes out;
    wire::ps::Muxer muxer({.video = Codec::h264, .audio = Codec::g711a});
    for (int i = 0; i < frames; ++i) {
        const auto pts = 900'000 + static_cast<std::uint64_t>(i) * 3600;
        const auto seed = static_cast<std::uint32_t>(i + 1);
        muxer.video(i % 10 == 0 ? test::codec::h264_key(3000, seed) : test::codec::h264_predicted(700, seed), pts, std::nullopt, i % 10 == 0, out);
        muxer.audio(test::codec::g711a_speech(320, static_cast<std::size_t>(i) * 320), pts, false, out);
    }
    return out;
}

Bytes camera() {
    const char* shared = std::getenv("GBKIT_SHARED");
    std::ifstream file(std::string(shared == nullptr ? "../shared" : shared) + "/captures/cam_01e168e1.rtp", std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_CASE("a real camera: 1400 frames, 56 key frames, 25 a second, and only habits are told") {
    const Bytes dump = camera();
    if (dump.empty()) {
        MESSAGE("SKIPPED: no captures (GBKIT_SHARED/captures/cam_01e168e1.rtp)");
        return;
    }
    Seen seen;
    PsJudge judge({.subject = "ssrc 0100003190", .rtp = true}, seen.sinks(false));
    std::uint64_t number = 0;
    wire::rtp::Framer framer({[&](const wire::rtp::FramedPacket& framed) {
                                  const auto packet = wire::rtp::parse_packet(framed.bytes);
                                  REQUIRE(packet.has_value());
                                  ++number;
                                  judge.see(RtpInOrder{*packet, {.packet = number, .frame = number, .offset = framed.offset, .time = {}}});
                              },
                              {}},
                             wire::rtp::Framing::bare);
    framer.push(dump);
    framer.finish();
    judge.finish(false);
    const StreamReport& report = judge.report();
    CHECK(number == 3096);
    CHECK(report.packs == 1400);
    CHECK(report.maps == 56);
    CHECK(report.system_headers == 56);
    CHECK(report.pes_packets == 1568 + 56);
    CHECK(report.frames == 1400);
    CHECK(report.key_frames == 56);
    CHECK(report.damaged_frames == 0);
    CHECK(report.duration_ms == 56'000);
    const ElementaryStream& video = report.streams.at(0xE0);
    CHECK(video.codec == Codec::h264);
    CHECK(video.stream_type == 0x1B);
    REQUIRE(video.format.has_value());
    CHECK(video.format->width == 704);
    CHECK(video.format->height == 576);
    CHECK(video.format->profile == "Main");
    CHECK(video.frames_per_second == doctest::Approx(25));
    CHECK(video.key_frame_interval_s == doctest::Approx(1));
    CHECK(report.streams.at(0xBD).private_signature == "0002001700018000");
    CHECK(seen.maps == 1);
    REQUIRE(seen.frames.size() == 1400);
    std::uint64_t packets = 0;
    for (const MediaFrame& frame : seen.frames) packets += frame.packets;
    CHECK(packets >= 3096 - 56);   // a packet may hold private data alone
    CHECK(seen.frames.back().type == FrameType::predicted);
    for (const Finding& finding : seen.findings) {
        CAPTURE(finding.id.slug);
        CHECK(info_of(finding.id).severity >= Severity::vendor);
        if (info_of(finding.id).severity == Severity::vendor)
            CHECK((finding.id == findings::ps_psm_crc_swapped || finding.id == findings::ps_pes_stuffing));
    }
    CHECK(seen.has(findings::ps_psm_crc_swapped));
    CHECK(seen.has(findings::ps_pack_stuffing_data));
    CHECK(seen.has(findings::ps_private_stream));
    CHECK(seen.has(findings::ps_system_header_absent_streams));
}

TEST_CASE("payload that nobody wants is skipped, and the report is the same") {
    const Bytes bytes = small_stream();
    Seen lazy, eager;
    const StreamReport skipped = read_file(bytes, lazy, false);
    const StreamReport read = read_file(bytes, eager, true);
    CHECK(skipped.bytes == bytes.size());
    CHECK(read.bytes == bytes.size());
    REQUIRE(lazy.frames.size() == eager.frames.size());
    for (std::size_t i = 0; i < lazy.frames.size(); ++i) {
        CHECK(lazy.frames[i].bytes == eager.frames[i].bytes);
        CHECK(lazy.frames[i].type == eager.frames[i].type);
    }
    CHECK(lazy.findings.size() == eager.findings.size());
    Seen unread;
    PsJudge judge({.subject = "file"}, unread.sinks(false));
    judge.see(ByteView(bytes).first(2500));   // well inside the first slice
    CHECK(judge.skippable() > 0);
}

TEST_CASE("the sinks give every payload byte, every packet and the whole program stream") {
    const Bytes bytes = small_stream();
    Bytes garbage{1, 2, 3, 4, 5, 6, 7};
    garbage.insert(garbage.end(), bytes.begin(), bytes.end());
    Bytes video, audio;
    for (int i = 0; i < 30; ++i) {
        const auto seed = static_cast<std::uint32_t>(i + 1);
        const Bytes unit = i % 10 == 0 ? test::codec::h264_key(3000, seed) : test::codec::h264_predicted(700, seed);
        video.insert(video.end(), unit.begin(), unit.end());
        const Bytes sound = test::codec::g711a_speech(320, static_cast<std::size_t>(i) * 320);
        audio.insert(audio.end(), sound.begin(), sound.end());
    }
    for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{100'000}}) {
        Seen seen;
        const StreamReport report = read_file(garbage, seen, true, piece);
        CHECK(seen.payload[0xE0] == video);
        CHECK(seen.payload[0xC0] == audio);
        CHECK(seen.program_stream == bytes);   // without what stands before it
        CHECK(seen.packs_of.size() == 30);
        CHECK(seen.packets.size() == report.packs + report.system_headers + report.maps + report.pes_packets);
        CHECK(seen.has(findings::ps_leading_bytes));
    }
}

TEST_CASE("the map sink tells the first map and changes only") {
    Bytes bytes = small_stream(20);
    wire::ps::Muxer other({.video = Codec::h264});
    for (int i = 20; i < 40; ++i)
        other.video(test::codec::h264_key(1000, 1), 900'000 + static_cast<std::uint64_t>(i) * 3600, std::nullopt, true, bytes);
    Seen seen;
    const StreamReport report = read_file(bytes, seen, false);
    CHECK(report.maps == 22);
    CHECK(seen.maps == 2);
    CHECK(seen.changed_maps == 1);
}

TEST_CASE("a hole in a file damages the frame that has it") {
    Bytes bytes = small_stream();
    Seen whole;
    read_file(bytes, whole, false);
    const std::uint64_t at = whole.frames[10].offset;   // some frame's beginning
    bytes.erase(bytes.begin() + static_cast<std::ptrdiff_t>(at) + 200, bytes.begin() + static_cast<std::ptrdiff_t>(at) + 900);
    Seen seen;
    const StreamReport report = read_file(bytes, seen, false);
    CHECK(report.damaged_frames >= 1);
    CHECK((seen.has(findings::ps_place_lost) || seen.has(findings::ps_pes_too_long)));
    CHECK(seen.has(findings::media_frames_damaged));
    for (const Finding& finding : seen.findings)
        if (info_of(finding.id).severity <= Severity::violation) CHECK(finding.certainty == Certainty::likely);
}

TEST_CASE("bytes that are nothing, and streams with bytes changed at random: bounded and without a crash") {
    std::mt19937 random(11);
    const Bytes stream = small_stream(12);
    for (int round = 0; round < 300; ++round) {
        Bytes bytes = round % 3 == 0 ? Bytes(4000) : stream;
        if (round % 3 == 0)
            for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random() % (round % 2 == 0 ? 256 : 3));
        for (int i = 0; i < 20; ++i) bytes[random() % bytes.size()] = static_cast<std::uint8_t>(random());
        Seen seen;
        const StreamReport report = read_file(bytes, seen, round % 2 == 0, 1 + random() % 900);
        CHECK(report.bytes == bytes.size());
        CHECK(seen.findings.size() < bytes.size());
        for (const Finding& finding : seen.findings) CHECK(finding.where.offset.value_or(0) <= bytes.size());
    }
}

TEST_CASE("a hole that is the capture's own damages frames only possibly") {
    for (const bool of_capture : {false, true}) {
        CAPTURE(of_capture);
        const Bytes stream = small_stream();
        Seen seen;
        PsJudge judge({.subject = "s", .rtp = true}, seen.sinks(false));
        std::uint16_t sequence = 0;
        bool after_hole = false;
        for (std::size_t at = 0; at < stream.size(); at += 1000, ++sequence) {
            const bool hole = sequence == 12;   // inside a frame
            if (!hole) {
                wire::rtp::Packet packet;
                packet.sequence = sequence;
                packet.payload = ByteView(stream).subspan(at, std::min<std::size_t>(1000, stream.size() - at));
                RtpInOrder in_order{packet, {.packet = sequence + 1U, .frame = sequence + 1U}};
                in_order.lost_before = after_hole ? 1 : 0;
                in_order.first_lost = 12;
                in_order.capture_lost = after_hole && of_capture;
                judge.see(in_order);
            }
            after_hole = hole;
        }
        judge.finish(true);
        const auto damaged = std::find_if(seen.findings.begin(), seen.findings.end(), [](const Finding& finding) { return finding.id == findings::media_frames_damaged; });
        REQUIRE(damaged != seen.findings.end());
        CHECK(damaged->certainty == (of_capture ? Certainty::possible : Certainty::certain));
    }
}
