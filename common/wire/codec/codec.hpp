// The codecs of GB/T 28181 and their names and stream types in the program stream map (GB/T 28181-2022 C.1).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace gbkit::wire::codec {

enum class Codec : std::uint8_t {
    unknown, mpeg4, h264, h265, svac, g711a, g711u, g722_1, g723_1, g729, aac, svac_audio, mpeg_audio, mpeg_video,
};

[[nodiscard]] std::string_view name_of(Codec codec) noexcept;  // "H.264", "G.711A"
[[nodiscard]] bool is_video(Codec codec) noexcept;
[[nodiscard]] bool is_audio(Codec codec) noexcept;
/// 0x1B H.264, 0x24 H.265, 0x10 MPEG-4, 0x80 SVAC, 0x90 G.711A ...; MPEG-1 and -2 video and audio as in 13818-1; else unknown.
[[nodiscard]] Codec codec_of_stream_type(std::uint8_t stream_type) noexcept;
/// The other way, for muxers; nothing when the codec has none.
[[nodiscard]] std::optional<std::uint8_t> stream_type_of(Codec codec) noexcept;

}  // namespace gbkit::wire::codec
