#include "proto/observe/media/frame_pictures.hpp"

#include <algorithm>
#include <cstring>

namespace gbkit::proto::observe {

using wire::codec::Codec;
using wire::codec::FrameType;

namespace {

/// slice_type of an H.264 slice whose first_mb_in_slice is 0: ue(v) behind the first bit (7.4.3).
FrameType h264_slice_type(std::uint8_t byte) noexcept {
    const unsigned bits = byte & 0x7FU;
    unsigned value = 0;
    if (bits & 0x40U) value = 0;
    else if (bits & 0x20U) value = 1 + ((bits >> 4) & 1U);
    else if (bits & 0x10U) value = 3 + ((bits >> 2) & 3U);
    else if (bits & 0x08U) value = 7 + (bits & 7U);
    switch (value % 5) {
        case 0: case 3: return FrameType::predicted;
        case 1: return FrameType::bidirectional;
        default: return FrameType::intra;
    }
}

FrameType mpeg_type(unsigned coding_type) noexcept {
    switch (coding_type) {
        case 1: return FrameType::key;
        case 2: return FrameType::predicted;
        case 3: return FrameType::bidirectional;
        default: return FrameType::unknown;
    }
}

}  // namespace

void PictureScanner::push(ByteView bytes, const Sink& sink) {
    // Start codes that begin in the tail are looked at together with the first new bytes.
    if (tail_bytes_ > 0) {
        std::array<std::uint8_t, 2 * needed> joint{};
        const std::size_t take = std::min(bytes.size(), needed - 1);
        std::copy_n(tail_.begin(), tail_bytes_, joint.begin());
        std::copy_n(bytes.begin(), take, joint.begin() + static_cast<std::ptrdiff_t>(tail_bytes_));
        search(ByteView(joint.data(), tail_bytes_ + take), position_ - tail_bytes_, sink);
    }
    search(bytes, position_, sink);
    position_ += bytes.size();
    if (bytes.size() >= needed - 1) {
        tail_bytes_ = needed - 1;
        std::copy_n(bytes.end() - static_cast<std::ptrdiff_t>(tail_bytes_), tail_bytes_, tail_.begin());
        return;
    }
    // A short piece: the oldest bytes make room.
    const std::size_t keep = std::min(tail_bytes_, needed - 1 - bytes.size());
    std::copy_n(tail_.begin() + static_cast<std::ptrdiff_t>(tail_bytes_ - keep), keep, tail_.begin());
    std::copy_n(bytes.begin(), bytes.size(), tail_.begin() + static_cast<std::ptrdiff_t>(keep));
    tail_bytes_ = keep + bytes.size();
}

void PictureScanner::gap() noexcept {
    tail_bytes_ = 0;
    prefix_ = false;
}

/// Every start code of which all `needed` bytes are in `bytes`.
void PictureScanner::search(ByteView bytes, std::uint64_t base, const Sink& sink) {
    if (bytes.size() < needed) return;
    const std::uint8_t* const begin = bytes.data();
    const std::uint8_t* const last = begin + bytes.size() - needed + 2;  // the 01 of the last one that fits
    const std::uint8_t* one = begin + 2;
    while (one <= last) {
        one = static_cast<const std::uint8_t*>(std::memchr(one, 1, static_cast<std::size_t>(last - one) + 1));
        if (one == nullptr) return;
        if (one[-1] == 0 && one[-2] == 0) unit(one + 1, base + static_cast<std::uint64_t>(one - 2 - begin), sink);
        ++one;
    }
}

void PictureScanner::unit(const std::uint8_t* code, std::uint64_t at, const Sink& sink) {
    bool picture = false;   // the first slice or header of a picture
    bool prefix = false;    // belongs to the next picture
    FrameType type = FrameType::unknown;
    switch (codec_) {
        case Codec::h264: {
            const unsigned kind = code[0] & 31U;
            picture = (kind == 1 || kind == 5) && (code[1] & 0x80U) != 0;
            prefix = kind >= 6 && kind <= 9;
            type = kind == 5 ? FrameType::key : h264_slice_type(code[1]);
            break;
        }
        case Codec::h265: {
            const unsigned kind = (code[0] >> 1) & 63U;
            picture = kind < 32 && (code[2] & 0x80U) != 0;
            prefix = (kind >= 32 && kind <= 35) || kind == 39;
            type = kind >= 16 && kind <= 23 ? FrameType::key : FrameType::predicted;
            break;
        }
        case Codec::mpeg_video:
            picture = code[0] == 0x00;
            prefix = code[0] == 0xB3 || code[0] == 0xB8;
            type = mpeg_type((code[2] >> 3) & 7U);
            break;
        case Codec::mpeg4:
            picture = code[0] == 0xB6;
            prefix = code[0] == 0xB0 || code[0] == 0xB3 || (code[0] >= 0x20 && code[0] <= 0x2F);
            type = mpeg_type((code[1] >> 6) + 1U);
            break;
        default: return;
    }
    if (prefix && !prefix_) {
        prefix_ = true;
        prefix_at_ = at;
    }
    if (!picture) return;
    sink({prefix_ ? prefix_at_ : at, type});
    prefix_ = false;
}

std::uint32_t mpeg_audio_frame_length(const std::uint8_t* header) noexcept {
    if (header[0] != 0xFF || (header[1] & 0xE0) != 0xE0) return 0;
    const unsigned version = (header[1] >> 3) & 3U;   // 0: 2.5, 2: 2, 3: 1
    const unsigned layer = 4U - ((header[1] >> 1) & 3U);
    const unsigned rate_index = header[2] >> 4;
    const unsigned frequency_index = (header[2] >> 2) & 3U;
    if (version == 1 || layer == 4 || rate_index == 0 || rate_index == 15 || frequency_index == 3) return 0;
    static constexpr std::uint16_t rates[5][15] = {
        {0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448},  // MPEG-1 layer I
        {0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384},     // II
        {0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320},      // III
        {0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256},     // MPEG-2 layer I
        {0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160},          // II and III
    };
    static constexpr std::uint32_t frequencies[3] = {44'100, 48'000, 32'000};
    const bool first_generation = version == 3;
    const std::size_t row = first_generation ? layer - 1 : layer == 1 ? 3 : 4;
    const std::uint32_t rate = rates[row][rate_index] * 1000U;
    const std::uint32_t frequency = frequencies[frequency_index] >> (first_generation ? 0 : version == 2 ? 1 : 2);
    const std::uint32_t padding = (header[2] >> 1) & 1U;
    if (layer == 1) return (12 * rate / frequency + padding) * 4;
    return (layer == 3 && !first_generation ? 72 : 144) * rate / frequency + padding;
}

void MpegAudioScanner::push(ByteView bytes, const Sink& sink) {
    std::size_t at = 0;
    while (at < bytes.size()) {
        if (left_ > 0) {
            const std::size_t take = std::min<std::uint64_t>(left_, bytes.size() - at);
            left_ -= take;
            at += take;
            continue;
        }
        head_[head_bytes_++] = bytes[at++];
        if (head_bytes_ < head_.size()) continue;
        if (const std::uint32_t length = mpeg_audio_frame_length(head_.data()); length > head_.size()) {
            sink(position_ + at - head_.size(), length);
            left_ = length - head_.size();
            head_bytes_ = 0;
        } else {
            std::copy(head_.begin() + 1, head_.end(), head_.begin());  // the place is lost: the next byte may be it
            --head_bytes_;
        }
    }
    position_ += bytes.size();
}

}  // namespace gbkit::proto::observe
