// Frames found by start codes, however the bytes are cut; MPEG audio frames by their headers.
#include <doctest/doctest.h>

#include "proto/observe/media/frame_pictures.hpp"
#include "unit/wire/codec/samples.hpp"

using namespace gbkit;
using namespace gbkit::proto::observe;
using wire::codec::Codec;
using wire::codec::FrameType;

namespace {

std::vector<PictureStart> scan(Codec codec, ByteView bytes, std::size_t piece) {
    std::vector<PictureStart> found;
    PictureScanner scanner;
    scanner.start(codec);
    for (std::size_t at = 0; at < bytes.size(); at += piece)
        scanner.push(bytes.subspan(at, std::min(piece, bytes.size() - at)), [&](const PictureStart& start) { found.push_back(start); });
    CHECK(scanner.position() == bytes.size());
    return found;
}

struct Expected {
    Bytes bytes;
    std::vector<PictureStart> frames;
    void add(const Bytes& unit, FrameType type) {
        frames.push_back({bytes.size(), type});
        bytes.insert(bytes.end(), unit.begin(), unit.end());
    }
};

void check(Codec codec, const Expected& expected) {
    for (const std::size_t piece : {std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{5}, std::size_t{6}, std::size_t{7}, std::size_t{64}, expected.bytes.size()}) {
        const auto found = scan(codec, expected.bytes, piece);
        CAPTURE(piece);
        REQUIRE(found.size() == expected.frames.size());
        for (std::size_t i = 0; i < found.size(); ++i) {
            // A long start code's first zero may count to the unit before: nobody loses a byte by it.
            CHECK(found[i].at >= expected.frames[i].at);
            CHECK(found[i].at <= expected.frames[i].at + 1);
            CHECK(found[i].type == expected.frames[i].type);
        }
    }
}

}  // namespace

TEST_CASE("H.264 and H.265: parameter sets belong to the picture that follows") {
    using namespace test::codec;
    Expected h264;
    h264.add(h264_key(900), FrameType::key);
    h264.add(h264_predicted(300), FrameType::predicted);
    h264.add(h264_bidirectional(5), FrameType::bidirectional);
    h264.add(h264_intra(50), FrameType::intra);
    h264.add(h264_key(3), FrameType::key);
    check(Codec::h264, h264);
    Expected h265;
    h265.add(h265_key(900), FrameType::key);
    h265.add(h265_predicted(300), FrameType::predicted);
    h265.add(h265_key(10), FrameType::key);
    check(Codec::h265, h265);
}

TEST_CASE("a further slice of the same picture begins no frame") {
    using namespace test::codec;
    Expected expected;
    expected.add(h264_key(100), FrameType::key);
    const Bytes slice = annex_b(joined({{0x65, 0x20, 0x88}, filler(80)}));   // first_mb_in_slice is not 0
    expected.bytes.insert(expected.bytes.end(), slice.begin(), slice.end());
    expected.add(h264_predicted(60), FrameType::predicted);
    check(Codec::h264, expected);
}

TEST_CASE("MPEG-2 video: sequence and group headers belong to the picture that follows") {
    using namespace test::codec;
    const auto picture = [](std::uint8_t type) { return joined({{0, 0, 1, 0x00, 0x00, static_cast<std::uint8_t>(type << 3), 0xFF, 0xF8}, {0, 0, 1, 0x01}, filler(90)}); };
    Expected expected;
    expected.add(joined({{0, 0, 1, 0xB3, 0x28, 0x01, 0xE0}, {0, 0, 1, 0xB8, 0x08, 0x40}, picture(1)}), FrameType::key);
    expected.add(picture(2), FrameType::predicted);
    expected.add(picture(3), FrameType::bidirectional);
    check(Codec::mpeg_video, expected);
}

TEST_CASE("MPEG audio frames: lengths of all layers, garbage passed over, frames cut anywhere") {
    const std::uint8_t layer2[] = {0xFF, 0xFD, 0xB4, 0x04};   // 224 kbit/s, 48 kHz
    CHECK(mpeg_audio_frame_length(layer2) == 672);
    const std::uint8_t layer3[] = {0xFF, 0xFB, 0x90, 0x64};   // 128 kbit/s, 44.1 kHz
    CHECK(mpeg_audio_frame_length(layer3) == 417);
    const std::uint8_t silence[] = {0xFF, 0xFF, 0xFF, 0xFF};  // mu-law
    CHECK(mpeg_audio_frame_length(silence) == 0);
    Bytes bytes{9, 9, 9};
    for (int i = 0; i < 4; ++i) {
        bytes.insert(bytes.end(), std::begin(layer2), std::end(layer2));
        bytes.insert(bytes.end(), 668, 7);
    }
    for (const std::size_t piece : {std::size_t{1}, std::size_t{5}, bytes.size()}) {
        std::vector<std::uint64_t> found;
        MpegAudioScanner scanner;
        for (std::size_t at = 0; at < bytes.size(); at += piece)
            scanner.push(ByteView(bytes).subspan(at, std::min(piece, bytes.size() - at)), [&](std::uint64_t begin, std::uint32_t length) {
                found.push_back(begin);
                CHECK(length == 672);
            });
        CHECK(found == std::vector<std::uint64_t>{3, 675, 1347, 2019});
    }
}
