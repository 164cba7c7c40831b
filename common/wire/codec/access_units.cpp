#include "wire/codec/access_units.hpp"

#include <algorithm>

#include "wire/codec/audio.hpp"
#include "wire/codec/nal.hpp"

namespace gbkit::wire::codec {

namespace {

/// What a NAL unit means for the borders.
struct Role {
    bool slice = false;
    bool first_slice = false;   // of a picture
    bool opens = false;         // begins a unit when slices came before it
    bool key = false;
};

Role h264_role(ByteView nal) {
    const std::uint8_t type = h264::type_of(nal[0]);
    Role role;
    role.slice = type >= h264::slice && type <= h264::idr;
    role.first_slice = role.slice && (type == h264::slice || type == 2 || type == h264::idr) && nal.size() > 1 && (nal[1] & 0x80U) != 0;  // first_mb_in_slice 0
    role.key = type == h264::idr;
    role.opens = (type >= h264::sei && type <= h264::delimiter) || (type >= 14 && type <= 18);
    return role;
}

Role h265_role(ByteView nal) {
    const std::uint8_t type = h265::type_of(nal[0]);
    Role role;
    role.slice = h265::is_slice(type);
    role.first_slice = role.slice && nal.size() > 2 && (nal[2] & 0x80U) != 0;  // first_slice_segment_in_pic_flag
    role.key = h265::is_irap(type);
    role.opens = (type >= h265::vps && type <= h265::delimiter) || type == h265::prefix_sei || (type >= 41 && type <= 44) || (type >= 48 && type <= 55);
    return role;
}

}  // namespace

std::vector<AccessUnitCut> split_access_units(ByteView stream, Codec codec) {
    std::vector<AccessUnitCut> units;
    std::optional<std::size_t> begin;   // of the open unit
    bool slices = false, key = false;
    for (auto code = find_start_code(stream); code;) {
        const auto next = find_start_code(stream, code->end);
        const std::size_t start = code->end - 1 - code->zeros;
        const std::size_t end = next ? next->end - 1 - next->zeros : stream.size();
        if (end > code->end) {
            const ByteView nal = stream.subspan(code->end, end - code->end);
            const Role role = codec == Codec::h265 ? h265_role(nal) : h264_role(nal);
            if (begin && slices && (role.opens || role.first_slice)) {
                units.push_back({stream.subspan(*begin, start - *begin), key});
                begin.reset();
                slices = key = false;
            }
            if (!begin) begin = start;
            slices = slices || role.slice;
            key = key || role.key;
        }
        code = next;
    }
    if (begin && slices) units.push_back({stream.subspan(*begin), key});
    return units;
}

std::vector<ByteView> split_adts(ByteView stream) {
    std::vector<ByteView> frames;
    while (const auto header = parse_adts(stream)) {
        if (header->frame_length == 0 || header->frame_length > stream.size()) break;
        frames.push_back(stream.first(header->frame_length));
        stream = stream.subspan(header->frame_length);
    }
    return frames;
}

std::vector<ByteView> split_evenly(ByteView stream, std::size_t bytes) {
    std::vector<ByteView> pieces;
    for (; bytes > 0 && !stream.empty(); stream = stream.subspan(std::min(bytes, stream.size()))) pieces.push_back(stream.first(std::min(bytes, stream.size())));
    return pieces;
}

}  // namespace gbkit::wire::codec
