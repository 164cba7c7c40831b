// What stands wrong in the pictures a muxer is given: rows M18 and M20, and key frames that never come.
#include "base/findings/ps.hpp"
#include "proto/fault/pack_fault.hpp"
#include "wire/codec/nal.hpp"
#include "wire/ps/events.hpp"

namespace gbkit::proto::fault {

namespace {

namespace codec = wire::codec;

bool is_parameter_set(ByteView nal) {
    if (nal.size() < 2) return false;
    if (nal[1] == 1 && codec::h265::type_of(nal[0]) >= codec::h265::vps && codec::h265::type_of(nal[0]) <= codec::h265::pps) return true;
    const std::uint8_t type = codec::h264::type_of(nal[0]);
    return codec::h264::is_header(nal[0]) && (type == codec::h264::sps || type == codec::h264::pps);
}

void append(ByteView bytes, Bytes& out) { out.insert(out.end(), bytes.begin(), bytes.end()); }

// Calls `take(start code with its zeros, NAL unit)` for each unit.
template <class Take>
void for_each_nal(ByteView payload, Take take) {
    auto code = codec::find_start_code(payload);
    while (code) {
        const auto next = codec::find_start_code(payload, code->end);
        const std::size_t end = next ? next->end - 1U - next->zeros : payload.size();
        take(payload.subspan(code->end - 1U - code->zeros, 1U + code->zeros), payload.subspan(code->end, end - code->end));
        code = next;
    }
}

template <class Rewrite>
void rewrite_video(PackEdit& pack, Rewrite rewrite) {
    for (PackUnit& unit : pack.units) {
        const auto first = codec::find_start_code(unit.payload);
        if (!unit.is_video() || !first) continue;
        Bytes kept;
        append(ByteView(unit.payload).first(first->end - 1U - first->zeros), kept);
        for_each_nal(unit.payload, [&](ByteView start, ByteView nal) { rewrite(start, nal, kept); });
        unit.payload = kept;
        unit.fit_length();
    }
}

void no_parameter_sets(PackEdit& pack, const PackHistory&) {
    rewrite_video(pack, [](ByteView start, ByteView nal, Bytes& out) {
        if (is_parameter_set(nal)) return;
        append(start, out);
        append(nal, out);
    });
}

void parameter_sets_once(PackEdit& pack, const PackHistory& history) {
    if (history.maps > 0) no_parameter_sets(pack, history);
}

void short_start_codes(PackEdit& pack, const PackHistory&) {
    rewrite_video(pack, [](ByteView start, ByteView nal, Bytes& out) {
        append(start.last(3), out);
        append(nal, out);
    });
}

// The packs of key frames keep their headers.
void no_key_frames(PackEdit& pack, const PackHistory&) {
    if (pack.has(wire::ps::stream_id::map))
        std::erase_if(pack.units, [](const PackUnit& unit) { return unit.is_video(); });
}

}  // namespace

std::vector<PackFault> picture_faults() {
    using namespace findings;
    return {
        {media_no_parameter_sets, {"sends no SPS and PPS", "不发送 SPS/PPS"}, no_parameter_sets},
        {media_parameter_sets_rare, {"sends SPS and PPS with the first key frame only", "只在第一个关键帧发送 SPS/PPS"}, parameter_sets_once},
        {media_no_key_frame, {"sends no key frames", "不发送关键帧"}, no_key_frames},
        {media_short_start_codes, {"writes start codes of three bytes", "使用三字节起始码"}, short_start_codes},
    };
}

}  // namespace gbkit::proto::fault
