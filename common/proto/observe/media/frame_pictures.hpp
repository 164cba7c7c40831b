// Where pictures and audio frames begin in an elementary stream whose PES packets do not begin with them.
//
// A camera puts one frame into one pack. Other muxers (ffmpeg, DVD) cut the elementary stream anywhere; there, frames
// are found by their start codes: H.264 7.4.1.2.3 and H.265 7.4.2.4.4 (first slice of a picture, and the parameter
// sets before it), MPEG-1/2 video (13818-2 6.2.2: 00 00 01 00, and the headers before it), MPEG-4 (B6), MPEG audio
// (13818-3 2.4.1.3: each header says its frame's length).
#pragma once

#include <array>
#include <cstdint>
#include <functional>

#include "base/bytes.hpp"
#include "wire/codec/codec.hpp"
#include "wire/codec/video.hpp"

namespace gbkit::proto::observe {

struct PictureStart {
    std::uint64_t at = 0;   // byte of the elementary stream where its access unit begins
    wire::codec::FrameType type = wire::codec::FrameType::unknown;
};

class PictureScanner {
public:
    /// Told when the picture's own header is there; in order.
    using Sink = std::function<void(const PictureStart&)>;

    void start(wire::codec::Codec codec) noexcept { codec_ = codec; }
    [[nodiscard]] wire::codec::Codec codec() const noexcept { return codec_; }
    void push(ByteView bytes, const Sink& sink);
    /// Bytes were lost: what was begun is over.
    void gap() noexcept;
    [[nodiscard]] std::uint64_t position() const noexcept { return position_; }

private:
    static constexpr std::size_t needed = 6;   // 00 00 01, and three bytes behind it
    void search(ByteView bytes, std::uint64_t base, const Sink& sink);
    void unit(const std::uint8_t* code, std::uint64_t at, const Sink& sink);

    wire::codec::Codec codec_ = wire::codec::Codec::unknown;
    std::uint64_t position_ = 0;               // bytes pushed so far
    std::array<std::uint8_t, needed> tail_{};  // the last bytes, where a start code may have begun
    std::size_t tail_bytes_ = 0;
    bool prefix_ = false;                      // parameter sets or headers of the next one were seen
    std::uint64_t prefix_at_ = 0;
};

/// MPEG audio frames (layer I, II, III) of one stream, by their headers.
class MpegAudioScanner {
public:
    /// `at`: byte of the elementary stream; `length`: of the frame, header included.
    using Sink = std::function<void(std::uint64_t at, std::uint32_t length)>;
    void push(ByteView bytes, const Sink& sink);
    void gap() noexcept { head_bytes_ = 0, left_ = 0; }
    [[nodiscard]] std::uint64_t position() const noexcept { return position_; }

private:
    std::uint64_t position_ = 0;
    std::uint64_t left_ = 0;                   // bytes of the present frame still to come
    std::array<std::uint8_t, 4> head_{};
    std::size_t head_bytes_ = 0;
};

/// Bytes of an MPEG audio frame by its four header bytes; 0 when they are no such header.
[[nodiscard]] std::uint32_t mpeg_audio_frame_length(const std::uint8_t* header) noexcept;

}  // namespace gbkit::proto::observe
