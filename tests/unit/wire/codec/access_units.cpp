// Elementary streams cut for a muxer: the pieces are the stream, and each begins where a picture begins.
#include "wire/codec/access_units.hpp"

#include <doctest/doctest.h>

#include "unit/wire/codec/samples.hpp"

using namespace gbkit;
using namespace gbkit::test::codec;
using wire::codec::AccessUnitCut;
using wire::codec::Codec;
using wire::codec::split_access_units;

namespace {

Bytes all_of(const std::vector<AccessUnitCut>& units) {
    Bytes all;
    for (const AccessUnitCut& unit : units) all.insert(all.end(), unit.bytes.begin(), unit.bytes.end());
    return all;
}

}  // namespace

TEST_CASE("H.264: a unit for each picture, its parameter sets with it") {
    const Bytes key = h264_key(500), first = h264_predicted(40), second = h264_predicted(41);
    const Bytes stream = joined({key, first, second, key, first});
    const auto units = split_access_units(stream, Codec::h264);
    REQUIRE(units.size() == 5);
    CHECK(units[0].bytes.size() == key.size());
    CHECK(units[0].key);
    CHECK_FALSE(units[1].key);
    CHECK(units[2].bytes.size() == second.size());
    CHECK(units[3].key);
    CHECK(all_of(units) == stream);
}

TEST_CASE("H.265 likewise") {
    const Bytes stream = joined({h265_key(300), h265_predicted(20), h265_bidirectional(21), h265_key(301)});
    const auto units = split_access_units(stream, Codec::h265);
    REQUIRE(units.size() == 4);
    CHECK(units[0].key);
    CHECK_FALSE(units[2].key);
    CHECK(units[3].key);
    CHECK(all_of(units) == stream);
}

TEST_CASE("slices of one picture stay together; a delimiter begins a unit") {
    const Bytes second_slice = annex_b(joined({{0x41, 0x40}, filler(30)}), false);   // first_mb_in_slice is not 0
    const Bytes delimiter = annex_b({0x09, 0x30});
    const Bytes stream = joined({h264_key(100), second_slice, delimiter, h264_predicted(50), second_slice});
    const auto units = split_access_units(stream, Codec::h264);
    REQUIRE(units.size() == 2);
    CHECK(units[1].bytes.size() == delimiter.size() + h264_predicted(50).size() + second_slice.size());
    CHECK(all_of(units) == stream);
}

TEST_CASE("what is no picture makes no unit") {
    CHECK(split_access_units({}, Codec::h264).empty());
    CHECK(split_access_units(filler(1000), Codec::h264).empty());
    CHECK(split_access_units(annex_b(h264_sps()), Codec::h264).empty());
    CHECK(split_access_units(Bytes{0, 0, 1}, Codec::h265).empty());
    const Bytes garbage = filler(20), key = h264_key(50);
    const auto units = split_access_units(joined({garbage, key, annex_b(h264_sps())}), Codec::h264);
    REQUIRE(units.size() == 1);
    CHECK(units[0].bytes.size() == key.size());   // neither the bytes before it nor the parameter sets of the next one
}

TEST_CASE("every prefix is survived, and loses only the end") {
    const Bytes stream = joined({h264_key(60), h264_predicted(10), h264_key(20)});
    for (std::size_t size = 0; size <= stream.size(); ++size) {
        const auto units = split_access_units(ByteView(stream).first(size), Codec::h264);
        CHECK(all_of(units).size() <= size);
        CHECK(split_access_units(ByteView(stream).first(size), Codec::h265).size() <= 8);
    }
}

TEST_CASE("ADTS frames by their own lengths, up to where the chain breaks") {
    const Bytes stream = joined({adts_frame(100), adts_frame(7), adts_frame(300)});
    const auto frames = wire::codec::split_adts(stream);
    REQUIRE(frames.size() == 3);
    CHECK(frames[1].size() == 14);
    CHECK(wire::codec::split_adts(ByteView(stream).first(stream.size() - 1)).size() == 2);
    CHECK(wire::codec::split_adts(joined({adts_frame(10), filler(50)})).size() == 1);
    CHECK(wire::codec::split_adts({}).empty());
}

TEST_CASE("even pieces") {
    const Bytes stream = filler(1000);
    const auto pieces = wire::codec::split_evenly(stream, 320);
    REQUIRE(pieces.size() == 4);
    CHECK(pieces[0].size() == 320);
    CHECK(pieces[3].size() == 40);
    CHECK(wire::codec::split_evenly(stream, 0).empty());
}
