// wire/ps: system headers and program stream maps, as cameras write them.
#include <doctest/doctest.h>

#include <algorithm>

#include "unit/wire/ps/streams.hpp"
#include "wire/ps/crc.hpp"
#include "wire/ps/headers.hpp"

using namespace gbkit;
using namespace gbkit::test::ps;
using namespace gbkit::wire::ps;

namespace {

// A map of these entries, its lengths and checksum right.
Bytes map_of(const Bytes& entries, const Bytes& info = {}) {
    const std::size_t length = 10 + info.size() + entries.size();
    Bytes map{0, 0, 1, 0xBC, static_cast<std::uint8_t>(length >> 8), static_cast<std::uint8_t>(length), 0xE5, 0xFF};
    ByteWriter writer(map);
    writer.u16be(static_cast<std::uint16_t>(info.size()));
    writer.bytes(info);
    writer.u16be(static_cast<std::uint16_t>(entries.size()));
    writer.bytes(entries);
    writer.u32be(crc32_mpeg2(map));
    return map;
}

}  // namespace

TEST_CASE("CRC-32/MPEG-2") {
    CHECK(crc32_mpeg2(as_bytes("123456789")) == 0x0376E6E7);
    CHECK(crc32_mpeg2({}) == 0xFFFFFFFF);
    CHECK(crc32_mpeg2(map()) == 0);  // over a section with its checksum
}

TEST_CASE("the four states of a map's checksum") {
    Bytes bytes = map();
    CHECK(read_map(bytes).crc == Crc::ok);
    std::reverse(bytes.end() - 4, bytes.end());
    CHECK(read_map(bytes).crc == Crc::swapped);
    CHECK(read_map(bytes).crc_computed == 0xFEDFB1D7);
    CHECK(read_map(bytes).crc_stored == 0xD7B1DFFE);
    bytes.back() ^= 1;
    CHECK(read_map(bytes).crc == Crc::bad);
    std::fill(bytes.end() - 4, bytes.end(), std::uint8_t{0});
    CHECK(read_map(bytes).crc == Crc::zero);
}

TEST_CASE("entries and descriptors") {
    const Bytes bytes = map_of({0x24, 0xE0, 0, 5, 0x2A, 3, 1, 2, 3, 0x90, 0xC0, 0, 0}, {0x40, 2, 'H', 'K'});
    const StreamMap map = read_map(bytes);
    CHECK(map.whole);
    CHECK(map.lengths_fit);
    CHECK(map.current);
    CHECK(map.version == 5);
    CHECK(to_hex(map.info) == "4002484b");
    REQUIRE(map.entries.size() == 2);
    CHECK(map.entries[0].type == 0x24);
    CHECK(to_hex(map.entries[0].descriptors) == "2a03010203");
    CHECK(map.entries[0].descriptors_fit);
    CHECK_FALSE(map.entries[0].hides.has_value());
    CHECK(map.entries[1].id == 0xC0);
}

TEST_CASE("a descriptor length that swallows the next entry") {
    // As a Hikvision camera sent it: twelve bytes of descriptors counted as sixteen.
    const Bytes bytes = map_of({0x1B, 0xE0, 0, 16, 0x42, 10, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0x90, 0xC0, 0, 0});
    const StreamMap map = read_map(bytes);
    CHECK(map.lengths_fit);
    REQUIRE(map.entries.size() == 1);
    CHECK_FALSE(map.entries[0].descriptors_fit);
    CHECK(map.entries[0].hides == 0xC0);
    CHECK(map.entries[0].hidden_type == 0x90);
    // A descriptor that only overruns hides nothing.
    const Bytes overrun = map_of({0x1B, 0xE0, 0, 4, 0x42, 32, 1, 2});
    REQUIRE(read_map(overrun).entries.size() == 1);
    CHECK_FALSE(read_map(overrun).entries[0].descriptors_fit);
    CHECK_FALSE(read_map(overrun).entries[0].hides.has_value());
}

TEST_CASE("lengths that do not agree: the length of the map is believed") {
    for (const int wrong : {-8, -4, 4, 200}) {
        Bytes bytes = map();
        bytes[11] = static_cast<std::uint8_t>(bytes[11] + wrong);
        const StreamMap map = read_map(bytes);
        CHECK(map.whole);
        CHECK_FALSE(map.lengths_fit);
        CHECK(map.entries.size() == 2);
        CHECK(map.crc == Crc::bad);
    }
    Bytes info_over_end = map();
    info_over_end[8] = 1;
    CHECK_FALSE(read_map(info_over_end).whole);
    CHECK(read_map(info_over_end).entries.empty());
    Bytes entry_over_end = map();
    entry_over_end[19] = 9;
    CHECK_FALSE(read_map(entry_over_end).lengths_fit);
    CHECK(read_map(entry_over_end).entries.size() == 2);
    const Bytes tiny{0, 0, 1, 0xBC, 0, 3, 1, 2, 3};
    CHECK_FALSE(read_map(tiny).whole);
}

TEST_CASE("the extension stream's own three bytes are no descriptor") {
    Bytes bytes = map_of({0x1B, 0xFD, 0, 3, 0x81, 0x82, 0x83});
    bytes[6] = 0xA0;  // not single_extension_stream
    REQUIRE(read_map(bytes).entries.size() == 1);
    CHECK(read_map(bytes).entries[0].descriptors_fit);
}

TEST_CASE("a system header's fields") {
    const Bytes bytes{0, 0, 1, 0xBB, 0, 12, 0x80, 0x9C, 0xCF, 0x07, 0xE2, 0xFF, 0xE0, 0xE0, 0x80, 0xC0, 0xC0, 0x20};
    const SystemHeader header = read_system_header(bytes);
    CHECK(header.whole);
    CHECK(header.markers);
    CHECK(header.rate_bound == 20071);
    CHECK(header.audio_bound == 1);
    CHECK(header.fixed);
    CHECK(header.csps);
    CHECK(header.audio_lock);
    CHECK(header.video_lock);
    CHECK(header.video_bound == 2);
    CHECK(header.packet_rate_restriction);
    REQUIRE(header.streams.size() == 2);
    CHECK(header.streams[0].stream_id == 0xE0);
    CHECK(header.streams[0].scale);
    CHECK(header.streams[0].bound == 128);
    CHECK_FALSE(header.streams[1].scale);
    CHECK(header.streams[1].bound == 32);
    CHECK_FALSE(read_system_header(ByteView(bytes).first(14)).whole);
}
