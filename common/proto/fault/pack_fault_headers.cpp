// What muxers get wrong in pack, system and PES headers, and around them: rows 11 to 15, 19 to 21, 26, 27, 35, 36.
#include <algorithm>

#include "base/findings/ps.hpp"
#include "proto/fault/pack_fault.hpp"
#include "wire/ps/events.hpp"

namespace gbkit::proto::fault {

namespace {

namespace stream_id = wire::ps::stream_id;

void pack_empty(PackEdit& pack, const PackHistory&) {
    if (PackUnit* header = pack.find(stream_id::pack)) header->header.resize(4);
}

// Six bytes: FF FF and a frame counter.
void stuffing_data(PackEdit& pack, const PackHistory& history) {
    PackUnit* unit = pack.find(stream_id::pack);
    if (!unit) return;
    unit->header[13] = static_cast<std::uint8_t>((unit->header[13] & 0xF8U) | 6U);
    ByteWriter writer(unit->header);
    writer.u16be(0xFFFF);
    writer.u32be(static_cast<std::uint32_t>(history.packs + 1));
}

bool has_room(const PackUnit& unit, std::size_t count) { return unit.header.size() + unit.payload.size() - 6 + count <= 65'535; }

// Two bytes that end in FC.
void pes_stuffing(PackEdit& pack, const PackHistory&) {
    for (PackUnit& unit : pack.units) {
        if (!unit.is_video() || !has_room(unit, 2)) continue;
        unit.header.insert(unit.header.end(), {0xFF, 0xFC});
        unit.header[8] = static_cast<std::uint8_t>(unit.header[8] + 2);
        unit.fit_length();
    }
}

// With what has misled demuxers: start codes in its payload.
void private_stream(PackEdit& pack, const PackHistory&) {
    if (!pack.has(stream_id::map)) return;
    PackUnit unit{stream_id::private_1,
                  {0, 0, 1, stream_id::private_1, 0, 0, 0x80, 0, 0},
                  {0x49, 0x4E, 0x46, 0x4F, 0, 0, 0, 1, 0, 0, 1, stream_id::pack, 0x10, 0x20, 0x30, 0x40}};
    unit.fit_length();
    pack.units.push_back(unit);
}

void extra_zero(PackEdit& pack, const PackHistory&) {
    const auto first = std::find_if(pack.units.begin(), pack.units.end(), [](const PackUnit& unit) { return unit.is_pes(); });
    if (first != pack.units.end()) pack.units.insert(first, PackUnit{0, {0}, {}});
}

// Without the second flag byte: header_data_length and what follows stand one byte early.
void header_short(PackEdit& pack, const PackHistory&) {
    for (PackUnit& unit : pack.units) {
        if (!unit.is_video() || unit.header.size() < 14) continue;
        unit.header.erase(unit.header.begin() + 7);
        unit.fit_length();
    }
}

void markers_missing(PackEdit& pack, const PackHistory&) {
    for (PackUnit& unit : pack.units)
        if (unit.is_video() && unit.header.size() >= 14) unit.header[9] &= 0xFE;
}

void bound_out_of_range(PackEdit& pack, const PackHistory&) {
    if (PackUnit* unit = pack.find(stream_id::system_header)) unit->header[9] |= 0xFC;  // audio_bound 63
}

void audio_without_pack(PackEdit& pack, const PackHistory&) {
    if (!pack.has_video() && pack.has(stream_id::first_audio)) pack.remove(stream_id::pack);
}

void absent_stream(PackEdit& pack, const PackHistory&) {
    PackUnit* unit = pack.find(stream_id::system_header);
    if (!unit) return;
    unit->header.insert(unit->header.end(), {stream_id::private_2, 0xE0, 0x80});
    unit->fit_length();
}

void changing_rate(PackEdit& pack, const PackHistory& history) {
    PackUnit* unit = pack.find(stream_id::system_header);
    if (unit && history.maps % 2 == 1) unit->header[7] ^= 0x40;  // rate_bound
}

void leading_bytes(PackEdit& pack, const PackHistory& history) {
    if (history.packs == 0) pack.units.insert(pack.units.begin(), PackUnit{0, Bytes(1000, 0x5A), {}});
}

void imkh(PackEdit& pack, const PackHistory& history) {
    if (history.packs > 0) return;
    Bytes header{'I', 'M', 'K', 'H', 1, 1, 0, 0, 2, 0, 1, 0, 0x21, 0x10, 1, 0x10, 0x40, 0x1F};
    header.resize(40);
    pack.units.insert(pack.units.begin(), PackUnit{0, header, {}});
}

// One more pack, the last one again a frame later, and half of it.
void cut_pack(Bytes& out, const PackHistory& history) {
    auto pack = PackEdit::read(history.last_pack);
    if (!pack || pack->units.empty()) return;
    pack->change_times([](std::uint64_t time) { return time + 3600; });
    Bytes bytes = pack->bytes();
    bytes.resize(bytes.size() - (pack->units.back().payload.size() + 1) / 2);
    out.insert(out.end(), bytes.begin(), bytes.end());
}

void two_frames_a_pack(PackEdit& pack, const PackHistory& history) {
    if (pack.has_video() && !pack.has(stream_id::map) && history.video_packs % 2 == 1) pack.remove(stream_id::pack);
}

// The second half of the frame gets a pack header of its own, 1 ms later.
void frame_over_packs(PackEdit& pack, const PackHistory&) {
    const auto video = std::find_if(pack.units.begin(), pack.units.end(), [](const PackUnit& unit) { return unit.is_video(); });
    const PackUnit* header = pack.find(stream_id::pack);
    if (video == pack.units.end() || !header || video->payload.size() < 2) return;
    PackUnit second_header = *header;
    PackEdit::change_unit_times(second_header, [](std::uint64_t time) { return time + 90; });
    const auto half = static_cast<std::ptrdiff_t>(video->payload.size() / 2);
    PackUnit rest{video->id, {0, 0, 1, video->id, 0, 0, 0x80, 0, 0}, Bytes(video->payload.begin() + half, video->payload.end())};
    video->payload.resize(static_cast<std::size_t>(half));
    video->fit_length();
    rest.fit_length();
    pack.units.insert(video + 1, {second_header, rest});
}

}  // namespace

std::vector<PackFault> header_faults() {
    using namespace findings;
    return {
        {ps_pack_empty, {"writes pack headers of four bytes", "包头只写 4 字节起始码"}, pack_empty},
        {ps_pack_stuffing_data, {"uses pack stuffing for a frame counter", "用包头填充字节存放帧计数"}, stuffing_data},
        {ps_pes_stuffing, {"ends PES stuffing with FC", "PES 填充以 FC 结尾"}, pes_stuffing},
        {ps_private_stream, {"adds private data to key frames", "关键帧附带私有数据"}, private_stream},
        {ps_extra_zeros, {"writes a zero byte before the first PES packet of a pack", "每包第一个 PES 之前多写一个零字节"}, extra_zero},
        {ps_pes_header_short, {"leaves out the second flag byte of video PES headers", "视频 PES 头少写第二个标志字节"}, header_short},
        {ps_pes_header_broken, {"clears a marker bit in PTS", "PTS 的标记位写 0"}, markers_missing},
        {ps_header_range, {"writes audio_bound 63", "audio_bound 写成 63"}, bound_out_of_range},
        {ps_audio_without_pack, {"sends audio without a pack header", "音频不带包头发送"}, audio_without_pack, {"audio in packs of its own", "单独成包的音频"}},
        {ps_system_header_absent_streams, {"lists private stream 2 in the system header and sends none", "系统头列出私有流 2 却不发送"}, absent_stream},
        {ps_system_header_differs, {"changes rate_bound in every other system header", "每隔一个系统头改变 rate_bound"}, changing_rate},
        {ps_leading_bytes, {"begins in the middle of a frame", "从一帧中间开始"}, leading_bytes},
        {ps_imkh_header, {"writes a Hikvision file header first", "开头写海康文件头"}, imkh},
        {ps_ends_inside, {"ends in the middle of a frame", "在一帧中间结束"}, nullptr, {}, cut_pack},
        {ps_frames_in_one_pack, {"puts two frames into one pack", "两帧放进一个包"}, two_frames_a_pack},
        {ps_frame_over_packs, {"spreads each frame over two packs", "一帧分成两个包"}, frame_over_packs},
    };
}

}  // namespace gbkit::proto::fault
