// What muxers get wrong in program stream maps: rows 1 to 10 of the field table, M8 to M11.
#include <algorithm>

#include "base/findings/ps.hpp"
#include "proto/fault/pack_fault.hpp"
#include "wire/codec/codec.hpp"
#include "wire/ps/events.hpp"

namespace gbkit::proto::fault {

namespace {

namespace stream_id = wire::ps::stream_id;
using wire::codec::Codec;

constexpr Bilingual with_audio{"audio", "音频"};

template <class Change>
void change_map(PackEdit& pack, Change change) {
    PackUnit* unit = pack.find(stream_id::map);
    if (!unit) return;
    MapEdit map = MapEdit::read(*unit);
    change(map);
    map.write(*unit);
}

void crc_swapped(PackEdit& pack, const PackHistory&) {
    if (PackUnit* map = pack.find(stream_id::map)) std::reverse(map->header.end() - 4, map->header.end());
}

void crc_zero(PackEdit& pack, const PackHistory&) {
    if (PackUnit* map = pack.find(stream_id::map)) std::fill(map->header.end() - 4, map->header.end(), std::uint8_t{0});
}

void crc_bad(PackEdit& pack, const PackHistory&) {
    if (PackUnit* map = pack.find(stream_id::map)) map->header.back() ^= 0x5A;
}

// As a Hikvision camera writes it: twelve bytes of descriptors, counted as sixteen.
void entry_hidden(PackEdit& pack, const PackHistory&) {
    change_map(pack, [](MapEdit& map) {
        if (map.entries.empty()) return;
        if (map.entries.size() == 1)
            map.entries.push_back({*stream_type_of(Codec::g711a), stream_id::first_audio, 0});
        map.entries[0].descriptors = {0x42, 0x0A, 0x10, 0x03, 0x7F, 0xFF, 0x02, 0xC0, 0x02, 0x40, 0x11, 0x29};
        map.entries[0].info_length = 16;
    });
}

void descriptors_overrun(PackEdit& pack, const PackHistory&) {
    change_map(pack, [](MapEdit& map) {
        if (map.entries.empty()) return;
        map.entries[0].descriptors = {0x42, 0x20, 0x10, 0x03};  // promises 32 bytes
        map.entries[0].info_length = 4;
    });
}

void lengths_differ(PackEdit& pack, const PackHistory&) {
    change_map(pack, [](MapEdit& map) { map.map_length_off_by = 4; });
}

void no_map(PackEdit& pack, const PackHistory&) { pack.remove(stream_id::map); }

Codec other_video(std::uint8_t type) {
    return wire::codec::codec_of_stream_type(type) == Codec::h264 ? Codec::h265 : Codec::h264;
}

void wrong_codec(PackEdit& pack, const PackHistory&) {
    change_map(pack, [](MapEdit& map) {
        if (MapEdit::Entry* video = map.video()) video->type = *stream_type_of(other_video(video->type));
    });
}

void type_flips(PackEdit& pack, const PackHistory& history) {
    if (history.maps % 2 == 1) wrong_codec(pack, history);
}

void video_late(PackEdit& pack, const PackHistory& history) {
    if (history.maps > 0) return;
    change_map(pack, [](MapEdit& map) {
        std::erase_if(map.entries, [](const MapEdit::Entry& entry) { return entry.id == stream_id::first_video; });
    });
}

void last_entry_missing(PackEdit& pack, const PackHistory&) {
    change_map(pack, [](MapEdit& map) {
        if (!map.entries.empty()) map.entries.pop_back();
    });
}

void version_moves(PackEdit& pack, const PackHistory& history) {
    change_map(pack, [&](MapEdit& map) { map.version = static_cast<std::uint8_t>((map.version + history.maps) & 0x1F); });
}

void aac_as_g711(PackEdit& pack, const PackHistory&) {
    change_map(pack, [](MapEdit& map) {
        if (MapEdit::Entry* audio = map.audio()) audio->type = *stream_type_of(Codec::g711a);
    });
}

void other_law(PackEdit& pack, const PackHistory&) {
    change_map(pack, [](MapEdit& map) {
        MapEdit::Entry* audio = map.audio();
        if (!audio) return;
        const bool a_law = wire::codec::codec_of_stream_type(audio->type) == Codec::g711a;
        audio->type = *stream_type_of(a_law ? Codec::g711u : Codec::g711a);
    });
}

}  // namespace

std::vector<PackFault> map_faults() {
    using namespace findings;
    return {
        {ps_psm_crc_swapped, {"writes the map's checksum in little-endian order", "把节目流映射的 CRC 按小端字节序写出"}, crc_swapped},
        {ps_psm_crc_zero, {"leaves the map's checksum 0", "节目流映射的 CRC 填 0"}, crc_zero},
        {ps_psm_crc_bad, {"writes a wrong checksum into the map", "节目流映射的 CRC 写错"}, crc_bad},
        {ps_psm_entry_hidden, {"counts the next entry of the map into the descriptors of the first", "第一项的描述符长度把映射的下一项也算进去"}, entry_hidden},
        {ps_psm_descriptors_overrun, {"writes a descriptor that is longer than its room", "写出的描述符超出其长度范围"}, descriptors_overrun},
        {ps_psm_lengths_differ, {"adds 4 to the length of the map's entries", "映射表项长度多写 4"}, lengths_differ},
        {ps_no_psm, {"sends no program stream map", "不发送节目流映射(PSM)"}, no_map},
        {ps_psm_type_flips, {"changes the video's stream_type in every other map", "每隔一个映射就改变视频的 stream_type"}, type_flips},
        {ps_psm_stream_late, {"leaves the video out of the first map", "第一个映射里没有视频"}, video_late},
        {ps_psm_stream_missing, {"leaves the last stream out of the map", "映射里漏掉最后一路流"}, last_entry_missing},
        {ps_psm_version_moves, {"raises the map's version though nothing changes", "内容不变却递增映射版本号"}, version_moves},
        {ps_codec_differs, {"says H.265 for H.264 and the other way round", "把 H.264 标成 H.265(或相反)"}, wrong_codec},
        {ps_aac_as_g711, {"says G.711A for AAC", "把 AAC 标成 G.711A"}, aac_as_g711, {"AAC audio", "AAC 音频"}},
        {ps_g711_law_differs, {"says A-law for mu-law and the other way round", "把 A 律标成 μ 律(或相反)"}, other_law, with_audio},
    };
}

}  // namespace gbkit::proto::fault
