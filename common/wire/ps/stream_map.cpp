// The program stream map (ISO/IEC 13818-1 2.5.4), read as far as it can be: cameras get its lengths wrong.
//
//   00 00 01 BC | length 16 | current 1 .. version 5 | .. 1 | info length 16 | descriptors
//   map length 16 | { type 8 | id 8 | info length 16 | descriptors } ... | CRC 32
#include "wire/ps/crc.hpp"
#include "wire/ps/headers.hpp"

namespace gbkit::wire::ps {

namespace {

// Ids that cameras map.
bool is_mapped_id(std::uint8_t id) noexcept {
    return id == stream_id::private_1 || id == stream_id::private_2 ||
           (id >= stream_id::first_audio && id <= stream_id::last_video);
}

// Walks tag-length-value. Where it leads over the end, an entry may stand whose bytes info_length counted as its own.
void judge_descriptors(StreamMapEntry& entry, bool single_extension) noexcept {
    ByteView rest = entry.descriptors;
    if (entry.id == stream_id::extended && !single_extension && rest.size() >= 3) rest = rest.subspan(3);
    while (rest.size() >= 2 && rest.size() >= 2U + rest[1]) rest = rest.subspan(2U + rest[1]);
    if (rest.empty()) return;
    entry.descriptors_fit = false;
    ByteReader reader(rest);
    const std::uint8_t type = reader.u8(), id = reader.u8();
    const std::uint16_t info = reader.u16be();
    if (!reader.ok() || !is_mapped_id(id) || info > reader.remaining()) return;
    entry.hides = id;
    entry.hidden_type = type;
}

void read_entries(ByteView bytes, bool single_extension, StreamMap& map) {
    ByteReader reader(bytes);
    while (reader.remaining() > 0) {
        StreamMapEntry entry;
        entry.type = reader.u8();
        entry.id = reader.u8();
        entry.info_length = reader.u16be();
        if (!reader.ok()) {
            map.lengths_fit = false;
            return;
        }
        const bool fits = entry.info_length <= reader.remaining();
        entry.descriptors = fits ? reader.take(entry.info_length) : reader.rest();
        judge_descriptors(entry, single_extension);
        if (!fits) map.lengths_fit = entry.descriptors_fit = false;
        map.entries.push_back(entry);
    }
}

void judge_crc(StreamMap& map, ByteView bytes) noexcept {
    map.crc_computed = crc32_mpeg2(bytes.first(bytes.size() - 4));
    map.crc_stored = ByteReader(bytes.last(4)).u32be();
    const std::uint32_t swapped = ByteReader(bytes.last(4)).u32le();
    map.crc = map.crc_stored == map.crc_computed ? Crc::ok
              : swapped == map.crc_computed      ? Crc::swapped
              : map.crc_stored == 0              ? Crc::zero
                                                 : Crc::bad;
}

}  // namespace

StreamMap read_map(ByteView bytes) {
    StreamMap map;
    map.raw = bytes;
    ByteReader reader(bytes);
    reader.skip(4);
    map.length = reader.u16be();
    const std::uint8_t flags = reader.u8();
    reader.skip(1);
    map.info_length = reader.u16be();
    map.current = (flags & 0x80) != 0;
    map.version = flags & 0x1F;
    const bool all_there = bytes.size() == 6U + map.length;
    map.whole = all_there && map.length >= 10 && map.info_length <= map.length - 10U;
    map.lengths_fit = map.whole;
    if (all_there && map.length >= 4) judge_crc(map, bytes);
    else map.crc = Crc::bad;
    if (!reader.ok() || map.info_length > reader.remaining()) return map;
    map.info = reader.take(map.info_length);
    map.map_length = reader.u16be();
    if (!reader.ok()) return map;
    if (10U + map.info_length + map.map_length != map.length) map.lengths_fit = false;
    const std::size_t tail = all_there ? 4 : 0;
    if (reader.remaining() > tail) read_entries(reader.take(reader.remaining() - tail), (flags & 0x40) != 0, map);
    return map;
}

}  // namespace gbkit::wire::ps
