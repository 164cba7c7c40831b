// wire/codec/codec: names and stream types of GB/T 28181-2022 C.1, there and back.
#include "wire/codec/codec.hpp"

#include <doctest/doctest.h>

using namespace gbkit::wire::codec;

TEST_CASE("stream types are those of the standard, and lead back to themselves") {
    constexpr std::pair<int, Codec> types[] = {{0x10, Codec::mpeg4}, {0x1B, Codec::h264},   {0x24, Codec::h265},   {0x80, Codec::svac},
                                               {0x90, Codec::g711a}, {0x91, Codec::g711u},  {0x92, Codec::g722_1}, {0x93, Codec::g723_1},
                                               {0x99, Codec::g729},  {0x9B, Codec::svac_audio}, {0x0F, Codec::aac}};
    for (const auto& [type, codec] : types) {
        CHECK(codec_of_stream_type(static_cast<std::uint8_t>(type)) == codec);
        CHECK(stream_type_of(codec) == type);
    }
    CHECK(codec_of_stream_type(0x01) == Codec::mpeg_video);
    CHECK(codec_of_stream_type(0x02) == Codec::mpeg_video);
    CHECK(codec_of_stream_type(0x03) == Codec::mpeg_audio);
    CHECK(codec_of_stream_type(0x04) == Codec::mpeg_audio);
    int known = 0;
    for (int type = 0; type < 256; ++type) known += codec_of_stream_type(static_cast<std::uint8_t>(type)) != Codec::unknown;
    CHECK(known == 15);
    CHECK_FALSE(stream_type_of(Codec::unknown));
}

TEST_CASE("each codec has a name and is video, audio or neither") {
    CHECK(name_of(Codec::g711a) == "G.711A");
    CHECK(name_of(Codec::h265) == "H.265");
    CHECK(name_of(static_cast<Codec>(200)) == "unknown");
    for (int i = 1; i <= static_cast<int>(Codec::mpeg_video); ++i) {
        const auto codec = static_cast<Codec>(i);
        CHECK(name_of(codec) != "unknown");
        CHECK(is_video(codec) != is_audio(codec));
    }
    CHECK_FALSE((is_video(Codec::unknown) || is_audio(Codec::unknown)));
    CHECK((is_video(Codec::svac) && is_audio(Codec::svac_audio)));
}
