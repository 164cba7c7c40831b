#include "wire/codec/codec.hpp"

#include <array>

namespace gbkit::wire::codec {

namespace {

enum class Kind : std::uint8_t { none, video, audio };

// One row a codec. stream_type 0: the standard lists none, or another row owns it.
struct Row {
    Codec codec;
    std::string_view name;
    Kind kind;
    std::uint8_t stream_type;
};

// GB/T 28181-2022 C.1; 01, 02, 03 and 04 from ISO/IEC 13818-1 table 2-34, for program streams that are no cameras'.
constexpr std::array<Row, 14> rows{{
    {Codec::unknown, "unknown", Kind::none, 0},
    {Codec::mpeg4, "MPEG-4", Kind::video, 0x10},
    {Codec::h264, "H.264", Kind::video, 0x1B},
    {Codec::h265, "H.265", Kind::video, 0x24},
    {Codec::svac, "SVAC", Kind::video, 0x80},
    {Codec::g711a, "G.711A", Kind::audio, 0x90},
    {Codec::g711u, "G.711U", Kind::audio, 0x91},
    {Codec::g722_1, "G.722.1", Kind::audio, 0x92},
    {Codec::g723_1, "G.723.1", Kind::audio, 0x93},
    {Codec::g729, "G.729", Kind::audio, 0x99},
    {Codec::aac, "AAC", Kind::audio, 0x0F},
    {Codec::svac_audio, "SVAC audio", Kind::audio, 0x9B},
    {Codec::mpeg_audio, "MPEG audio", Kind::audio, 0x03},
    {Codec::mpeg_video, "MPEG video", Kind::video, 0x02},
}};

const Row& row_of(Codec codec) noexcept {
    const auto at = static_cast<std::size_t>(codec);
    return rows[at < rows.size() ? at : 0];
}

}  // namespace

std::string_view name_of(Codec codec) noexcept { return row_of(codec).name; }
bool is_video(Codec codec) noexcept { return row_of(codec).kind == Kind::video; }
bool is_audio(Codec codec) noexcept { return row_of(codec).kind == Kind::audio; }

Codec codec_of_stream_type(std::uint8_t stream_type) noexcept {
    if (stream_type == 0) return Codec::unknown;
    if (stream_type == 0x01) return Codec::mpeg_video;
    if (stream_type == 0x04) return Codec::mpeg_audio;
    for (const Row& row : rows)
        if (row.stream_type == stream_type) return row.codec;
    return Codec::unknown;
}

std::optional<std::uint8_t> stream_type_of(Codec codec) noexcept {
    const std::uint8_t type = row_of(codec).stream_type;
    return type == 0 ? std::nullopt : std::optional(type);
}

}  // namespace gbkit::wire::codec
