// Video and audio by content: nothing crashes or reads outside, pieces change nothing, sizes stay in bounds.
#include <algorithm>
#include <cstdlib>

#include "wire/codec/audio.hpp"
#include "wire/codec/container.hpp"
#include "wire/codec/nal.hpp"
#include "wire/codec/video.hpp"

using namespace gbkit;
using namespace gbkit::wire::codec;

namespace {

void require(bool condition) {
    if (!condition) std::abort();
}

void check(const VideoFormat& format) {
    require(format.width > 0 && format.width <= 32768 && format.height > 0 && format.height <= 65536);
    require(format.codec == Codec::mpeg_video || (!format.profile.empty() && !format.level.empty()));
    if (format.frames_per_second) require(*format.frames_per_second > 0 && *format.frames_per_second <= 1000);
}

// The unit in pieces of one size (0: whole).
AccessUnit scan(AccessUnitScanner& scanner, ByteView bytes, Codec known, std::size_t piece) {
    scanner.start(known);
    while (!bytes.empty()) {
        const std::size_t size = piece == 0 ? bytes.size() : std::min(piece, bytes.size());
        if (!scanner.push(bytes.first(size))) break;
        bytes = bytes.subspan(size);
    }
    scanner.finish();
    return scanner.unit();
}

void look_at_video(ByteView bytes, Codec known, std::size_t piece) {
    AccessUnitScanner one, other, third;  // each with the parameter sets of its own past only
    const AccessUnit whole = scan(one, bytes, known, 0);
    require(scan(other, bytes, known, 1) == whole);
    require(scan(third, bytes, known, piece) == whole);
    require(whole.bytes_before_nal <= bytes.size());
    require(!whole.slice || whole.codec != Codec::unknown);
    if (whole.format) check(*whole.format);
    if (const auto format = parse_h264_sps(bytes)) check(*format);
    if (const auto format = parse_h265_sps(bytes)) check(*format);
    for (auto code = find_start_code(bytes); code; code = find_start_code(bytes, code->end))
        require(code->end >= 3 && bytes[code->end - 1] == 1 && bytes[code->end - 2] == 0 && bytes[code->end - 3] == 0);
}

void look_at_audio(ByteView bytes, std::size_t piece) {
    if (is_adts_chain(bytes, true)) require(parse_adts(bytes)->frame_length <= bytes.size() && is_adts_chain(bytes, false));
    G711Guess whole, pieces;
    whole.push(bytes);
    for (ByteView rest = bytes; !rest.empty(); rest = rest.subspan(std::min(piece, rest.size())))
        pieces.push(rest.first(std::min(piece, rest.size())));
    require(whole.codec() == pieces.codec());
}

}  // namespace

// Input: | codec known 1 | piece 1 | bytes |.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const auto known = static_cast<Codec>(data[0] % (static_cast<unsigned>(Codec::mpeg_video) + 1));
    const std::size_t piece = std::size_t{data[1]} + 1;
    const ByteView bytes = ByteView(data, size).subspan(2);
    look_at_video(bytes, known, piece);
    look_at_audio(bytes, piece);
    (void)container_of(bytes);
    (void)container_of_rtp_payload(bytes);
    return 0;
}
