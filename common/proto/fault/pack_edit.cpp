#include "proto/fault/pack_edit.hpp"

#include <algorithm>
#include <utility>

#include "wire/ps/clock.hpp"
#include "wire/ps/crc.hpp"
#include "wire/ps/events.hpp"

namespace gbkit::proto::fault {

namespace stream_id = wire::ps::stream_id;

bool PackUnit::is_pes() const noexcept { return id > stream_id::map; }
bool PackUnit::is_video() const noexcept { return id >= stream_id::first_video && id <= stream_id::last_video; }
bool PackUnit::is_audio() const noexcept { return id >= stream_id::first_audio && id <= stream_id::last_audio; }

void PackUnit::set_length(std::size_t length) {
    header[4] = static_cast<std::uint8_t>(length >> 8 & 0xFF);
    header[5] = static_cast<std::uint8_t>(length & 0xFF);
}

Result<PackEdit> PackEdit::read(ByteView bytes) {
    PackEdit pack;
    while (!bytes.empty()) {
        if (bytes.size() < 9 || bytes[0] != 0 || bytes[1] != 0 || bytes[2] != 1) return fail(Errc::malformed, "no start code");
        PackUnit unit;
        unit.id = bytes[3];
        const bool is_pack = unit.id == stream_id::pack;
        if (is_pack && bytes.size() < 14) return fail(Errc::truncated, "a pack header that is cut off");
        const std::size_t size = is_pack ? 14U + (bytes[13] & 7U) : 6U + bytes[4] * 256U + bytes[5];
        const std::size_t header = unit.is_pes() ? 9U + bytes[8] : size;
        if (size > bytes.size() || header > size) return fail(Errc::malformed, "a length over the end of the pack");
        unit.header.assign(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(header));
        unit.payload.assign(bytes.begin() + static_cast<std::ptrdiff_t>(header), bytes.begin() + static_cast<std::ptrdiff_t>(size));
        pack.units.push_back(std::move(unit));
        bytes = bytes.subspan(size);
    }
    return pack;
}

Bytes PackEdit::bytes() const {
    Bytes all;
    for (const PackUnit& unit : units) {
        all.insert(all.end(), unit.header.begin(), unit.header.end());
        all.insert(all.end(), unit.payload.begin(), unit.payload.end());
    }
    return all;
}

PackUnit* PackEdit::find(std::uint8_t id) {
    const auto found = std::find_if(units.begin(), units.end(), [id](const PackUnit& unit) { return unit.id == id; });
    return found == units.end() ? nullptr : &*found;
}

bool PackEdit::has(std::uint8_t id) const noexcept {
    return std::any_of(units.begin(), units.end(), [id](const PackUnit& unit) { return unit.id == id; });
}

void PackEdit::remove(std::uint8_t id) {
    std::erase_if(units, [id](const PackUnit& unit) { return unit.id == id; });
}

bool PackEdit::has_video() const noexcept {
    return std::any_of(units.begin(), units.end(), [](const PackUnit& unit) { return unit.is_video(); });
}

MapEdit MapEdit::read(const PackUnit& map) {
    MapEdit edit;
    ByteReader reader(map.header);
    reader.skip(6);
    edit.version = reader.u8() & 0x1F;
    reader.skip(1);
    reader.skip(reader.u16be());
    reader.skip(2);
    while (reader.ok() && reader.remaining() >= 8) {  // an entry and the checksum
        Entry entry;
        entry.type = reader.u8();
        entry.id = reader.u8();
        entry.info_length = reader.u16be();
        const ByteView descriptors = reader.take(entry.info_length);
        entry.descriptors.assign(descriptors.begin(), descriptors.end());
        if (reader.ok()) edit.entries.push_back(std::move(entry));
    }
    return edit;
}

void MapEdit::write(PackUnit& map) const {
    Bytes body;
    ByteWriter entry_writer(body);
    for (const Entry& entry : entries) {
        entry_writer.u8(entry.type);
        entry_writer.u8(entry.id);
        entry_writer.u16be(entry.info_length);
        entry_writer.bytes(entry.descriptors);
    }
    map.header = {0, 0, 1, stream_id::map, 0, 0, static_cast<std::uint8_t>(0xE0 | version), 0xFF, 0, 0};
    ByteWriter writer(map.header);
    writer.u16be(static_cast<std::uint16_t>(static_cast<int>(body.size()) + map_length_off_by));
    writer.bytes(body);
    map.set_length(10 + body.size());
    writer.u32be(wire::ps::crc32_mpeg2(map.header));
}

MapEdit::Entry* MapEdit::video() {
    const auto found = std::find_if(entries.begin(), entries.end(), [](const Entry& entry) { return entry.id == stream_id::first_video; });
    return found == entries.end() ? nullptr : &*found;
}

MapEdit::Entry* MapEdit::audio() {
    const auto found = std::find_if(entries.begin(), entries.end(), [](const Entry& entry) { return entry.id == stream_id::first_audio; });
    return found == entries.end() ? nullptr : &*found;
}

void PackEdit::change_times(const std::function<std::uint64_t(std::uint64_t)>& change) {
    for (PackUnit& unit : units) change_unit_times(unit, change);
}

void PackEdit::change_unit_times(PackUnit& unit, const std::function<std::uint64_t(std::uint64_t)>& change) {
    if (unit.id == stream_id::pack) {
        const std::span<std::uint8_t, 6> clock(unit.header.data() + 4, 6);
        wire::ps::write_scr(change(wire::ps::read_scr(clock)), wire::ps::read_scr_extension(clock), clock);
        return;
    }
    if (!unit.is_pes()) return;
    const std::size_t stamps = unit.header[7] >> 6 == 3 ? 2 : unit.header[7] >> 6 == 2 ? 1 : 0;
    for (std::size_t i = 0; i < stamps && unit.header.size() >= 14 + 5 * i; ++i) {
        const std::span<std::uint8_t, 5> stamp(unit.header.data() + 9 + 5 * i, 5);
        wire::ps::write_timestamp(change(wire::ps::read_timestamp(stamp)), stamp[0] >> 4, stamp);
    }
}

}  // namespace gbkit::proto::fault
