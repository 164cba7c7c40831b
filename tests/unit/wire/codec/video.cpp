// wire/codec/video, nal, nal_reading, mpeg_video: access units told by content, cut anywhere, mixed up, or none at all.
#include "wire/codec/video.hpp"

#include <doctest/doctest.h>

#include <random>

#include "unit/wire/codec/bit_writer.hpp"
#include "unit/wire/codec/samples.hpp"
#include "wire/codec/nal.hpp"

using namespace gbkit;
using namespace gbkit::test::codec;
using namespace gbkit::wire::codec;

namespace {

AccessUnit scan(const Bytes& bytes, Codec known = Codec::unknown) {
    AccessUnitScanner scanner;
    scanner.start(known);
    (void)scanner.push(bytes);
    scanner.finish();
    return scanner.unit();
}

// "H.264 key 2+1 vps sps pps sei aud first format": everything that pieces may not change.
std::string told(const AccessUnit& unit) {
    std::string line = std::string(name_of(unit.codec)) + ' ' + std::string(name_of(unit.type)) + ' ' +
                       std::to_string(unit.long_start_codes) + '+' + std::to_string(unit.short_start_codes);
    for (const auto& [set, name] : {std::pair{unit.vps, " vps"}, {unit.sps, " sps"}, {unit.pps, " pps"}, {unit.sei, " sei"},
                                    {unit.delimiter, " aud"}, {unit.slice, " slice"}, {unit.starts_slice, " first"}})
        if (set) line += name;
    if (unit.format) line += ' ' + std::to_string(unit.format->width);
    if (unit.bytes_before_nal != 0) line += " after " + std::to_string(unit.bytes_before_nal);
    return line;
}

Bytes nal(std::initializer_list<int> head, std::size_t size = 40) {
    Bytes bytes;
    for (const int byte : head) bytes.push_back(static_cast<std::uint8_t>(byte));
    return annex_b(joined({bytes, filler(size)}), false);
}

}  // namespace

TEST_CASE("frames of H.264 and H.265 are told by their content alone") {
    CHECK(told(scan(h264_key(500))) == "H.264 key 3+0 sps pps slice first 704");
    CHECK(told(scan(h264_predicted(500))) == "H.264 P 1+0 slice first");
    CHECK(told(scan(h264_bidirectional(500))) == "H.264 B 1+0 slice first");
    CHECK(told(scan(h264_intra(500))) == "H.264 I 1+0 slice first");
    CHECK(told(scan(h265_key(500))) == "H.265 key 4+0 vps sps pps slice first 1920");
    CHECK(told(scan(h265_predicted(500))) == "H.265 P 1+0 slice first");
    CHECK(told(scan(h265_bidirectional(500), Codec::h265)) == "H.265 B 1+0 slice first");
    // Two bytes that MPEG video may begin with as well: alone, they say nothing.
    CHECK(scan(h265_bidirectional(500)).codec == Codec::unknown);
}

TEST_CASE("the codec of earlier units does not blind it to another one") {
    CHECK(told(scan(h265_key(100), Codec::h264)) == "H.265 key 4+0 vps sps pps slice first 1920");
    CHECK(told(scan(h265_predicted(100), Codec::h264)) == "H.265 P 1+0 slice first");
    CHECK(told(scan(h264_key(100), Codec::h265)) == "H.264 key 3+0 sps pps slice first 704");
    CHECK(told(scan(h264_predicted(100), Codec::h265)) == "H.264 P 1+0 slice first");
    CHECK(told(scan(h264_key(100), Codec::mpeg_video)) == "H.264 key 3+0 sps pps slice first 704");
    CHECK(told(scan(h265_key(100), Codec::mpeg4)) == "H.265 key 4+0 vps sps pps slice first 1920");
    CHECK(scan({}, Codec::h264).codec == Codec::unknown);
}

TEST_CASE("parameter sets of one codec and slices of the other: the sets decide, the slices are not believed") {
    const AccessUnit mixed = scan(joined({annex_b(h265_vps()), annex_b(h265_sps()), annex_b(h264_idr(50))}));
    CHECK(mixed.codec == Codec::h265);
    CHECK_FALSE(mixed.slice);
}

TEST_CASE("SEI, delimiters and short start codes are noted on the way") {
    const Bytes h264 = joined({annex_b({0x09, 0x10}), annex_b(h264_sps()), annex_b(h264_pps()), annex_b({0x06, 0xE5, 0x01, 0x3C, 0x80}),
                               annex_b(h264_idr(90), false)});
    CHECK(told(scan(h264)) == "H.264 key 4+1 sps pps sei aud slice first 704");
    const Bytes h265 = joined({annex_b({0x46, 0x01, 0x10}), annex_b({0x4E, 0x01, 0x05, 0x10}, false), h265_predicted(90)});
    CHECK(told(scan(h265)) == "H.265 P 2+1 sei aud slice first");
}

TEST_CASE("an I slice behind a recovery point that takes effect at once is a key frame") {
    CHECK(scan(joined({annex_b({0x06, 0x06, 0x01, 0xC4, 0x80}), h264_intra(50)})).type == FrameType::key);
    CHECK(scan(joined({annex_b({0x06, 0x00, 0x02, 0x11, 0x22, 0x06, 0x01, 0xC4, 0x80}), h264_intra(50)})).type == FrameType::key);
    CHECK(scan(joined({annex_b({0x06, 0x06, 0x01, 0x44, 0x80}), h264_intra(50)})).type == FrameType::intra);  // takes effect later
    CHECK(scan(joined({annex_b({0x06, 0x06, 0x01, 0xC4, 0x80}), h264_predicted(50)})).type == FrameType::predicted);
    AccessUnitScanner scanner;  // forgotten with the unit
    scanner.start(Codec::h264);
    scanner.push(joined({annex_b({0x06, 0x06, 0x01, 0xC4, 0x80}), h264_intra(50)}));
    scanner.start(Codec::h264);
    scanner.push(h264_intra(50));
    CHECK(scanner.unit().type == FrameType::intra);
}

TEST_CASE("a slice that is not its picture's first is told as such") {
    const AccessUnit h264 = scan(nal({0x41, 0x2B}));  // first_mb_in_slice 4
    CHECK((h264.slice && !h264.starts_slice));
    const AccessUnit h265 = scan(nal({0x02, 0x01, 0x50}));
    CHECK((h265.slice && !h265.starts_slice));
    CHECK(h265.type == FrameType::unknown);  // behind an address whose length only the SPS tells
    CHECK(scan(nal({0x26, 0x01, 0x2F})).type == FrameType::key);
}

TEST_CASE("an H.265 slice is read as its picture parameter set asks, in later units too") {
    BitWriter set;
    set.ue(0).ue(0).u(2, 0).u(3, 2).u(8, 0xA5);  // two extra bits before the slice type
    BitWriter slice;
    slice.u(1, 1).ue(0).u(2, 3).ue(1).u(32, 0xBEEFBEEF).u(32, 0xBEEFBEEF).u(32, 0xBEEFBEEF).u(32, 0xBEEFBEEF);
    const Bytes predicted = annex_b(slice.nal({0x02, 0x01}));
    AccessUnitScanner scanner;
    scanner.start(Codec::h265);
    scanner.push(predicted);
    CHECK(scanner.unit().type == FrameType::bidirectional);  // not known yet: none assumed
    scanner.start(Codec::h265);
    scanner.push(joined({annex_b(set.nal({0x44, 0x01})), h265_predicted(40)}));
    scanner.start(Codec::h265);
    scanner.push(predicted);
    CHECK(scanner.unit().type == FrameType::predicted);
}

TEST_CASE("all H.265 random access pictures are key frames, all leading and trailing ones are not") {
    for (int type = 16; type <= 21; ++type) CHECK(scan(nal({type << 1, 0x01, 0xAF})).type == FrameType::key);
    for (const int type : {1, 6, 7, 8, 9}) CHECK(scan(nal({type << 1, 0x01, 0xD0})).type == FrameType::predicted);
    for (const int type : {2, 3, 4, 5}) CHECK(scan(nal({type << 1, 0x02, 0xD0}), Codec::h265).type == FrameType::predicted);
    CHECK(scan(nal({0x02, 0x01, 0xDC})).type == FrameType::intra);
}

TEST_CASE("MPEG video and MPEG-4 are told by their sequence of headers") {
    const Bytes sequence = annex_b({0xB3, 0x2D, 0x02, 0x40, 0x33, 0x24, 0x9F, 0x23, 0x81}, false);
    const Bytes mpeg2 = joined({sequence, nal({0xB5, 0x14}), nal({0xB8, 0x00}), nal({0x00, 0x00, 0x0F, 0xFF})});
    CHECK(told(scan(mpeg2)) == "MPEG video key 0+4 sps slice first 720");
    CHECK(scan(mpeg2).format == VideoFormat{Codec::mpeg_video, "", "", 720, 576, 25.0});
    for (const auto& [at, value] : {std::pair{1, 0x00}, {4, 0x03}, {4, 0xF3}, {4, 0x30}, {4, 0x39}, {7, 0x03}}) {
        Bytes wrong = sequence;  // no width, aspect 0 and 15, rates 0 and 9, no marker bit
        wrong[3 + static_cast<std::size_t>(at)] = static_cast<std::uint8_t>(value);
        CHECK(scan(wrong).codec == Codec::unknown);
    }
    CHECK(scan(nal({0x00, 0x01, 0x97}), Codec::mpeg_video).type == FrameType::predicted);
    CHECK(scan(nal({0x00, 0x01, 0x5F}), Codec::mpeg_video).type == FrameType::bidirectional);
    const Bytes mpeg4 = joined({annex_b({0xB0, 0x01}, false), annex_b({0xB5, 0x89, 0x13}, false), annex_b({0x00}, false),
                                nal({0x20, 0x00, 0xC4}), nal({0xB3, 0x00, 0x10}, 1), nal({0xB6, 0x10})});
    CHECK(scan(mpeg4).codec == Codec::mpeg4);
    CHECK(scan(mpeg4).type == FrameType::key);
    CHECK(scan(joined({annex_b({0x01}, false), nal({0x20, 0x00, 0xC4}), nal({0xB6, 0x50})})).type == FrameType::predicted);
    CHECK(scan(nal({0xB6, 0x50}), Codec::mpeg4).type == FrameType::predicted);
    // Codes shared with AVS are no proof of anything.
    CHECK(scan(nal({0xB6, 0x50})).codec == Codec::unknown);
    CHECK(scan(joined({nal({0xB0, 0x20, 0x22}), nal({0xB3, 0x2D, 0x02, 0x40, 0x33, 0x24, 0x9F, 0x23, 0x81})})).codec == Codec::unknown);
}

TEST_CASE("pieces cut anywhere give the same unit") {
    const std::vector<Bytes> units{
        h264_key(70), h265_key(70), h264_predicted(70), joined({{0xAA, 0x00, 0x00}, h264_key(30)}), {0, 0, 0, 0, 1, 0x41, 0x9A},
        joined({annex_b({0x09, 0x10}), Bytes(7, 0), annex_b(h264_sps(), false), Bytes(3, 0), h264_predicted(9)}),
        joined({annex_b({0x06, 0x06, 0x01, 0xC4, 0x80}), h264_intra(50)}), {0, 0, 1}, {0, 0, 1, 0x67}, Bytes(40, 0), filler(90)};
    std::mt19937 random(7);
    for (const Bytes& bytes : units) {
        const std::string whole = told(scan(bytes));
        AccessUnitScanner scanner;
        scanner.start(Codec::unknown);
        for (const std::uint8_t& byte : bytes) scanner.push({&byte, 1});
        scanner.finish();
        CHECK(told(scanner.unit()) == whole);
        for (int round = 0; round < 200; ++round) {
            scanner.start(Codec::unknown);
            for (ByteView rest = bytes; !rest.empty();) {
                const std::size_t size = std::min<std::size_t>(random() % 9, rest.size());
                scanner.push(rest.first(size));
                rest = rest.subspan(size);
            }
            scanner.finish();
            CHECK(told(scanner.unit()) == whole);
        }
    }
}

TEST_CASE("it stops at the first slice, and at a limit where there is none") {
    AccessUnitScanner scanner;
    scanner.start(Codec::unknown);
    CHECK_FALSE(scanner.push(h264_key(100)));
    CHECK_FALSE(scanner.push(h265_key(100)));  // not looked at
    CHECK(scanner.unit().codec == Codec::h264);
    scanner.start(Codec::unknown);
    CHECK_FALSE(scanner.push(joined({h264_predicted(20), h264_key(20)})));
    CHECK_FALSE(scanner.unit().sps);
    scanner.start(Codec::unknown);
    int pieces = 0;
    while (scanner.push(filler(1400)) && pieces < 1000) ++pieces;
    CHECK(pieces < 200);
    // A parameter set without an end is not gathered for ever.
    scanner.start(Codec::unknown);
    scanner.push(joined({{0, 0, 1, 0x67}, filler(300000)}));
    scanner.finish();
    CHECK(scanner.unit().sps);
    CHECK_FALSE(scanner.unit().format);
}

TEST_CASE("what is no video has no codec") {
    CHECK(told(scan(Bytes(100, 0))) == "unknown ? 0+0 after 100");
    CHECK(told(scan(filler(100))) == "unknown ? 0+0 after 100");
    CHECK(scan(nal({0xBA, 0x44})).codec == Codec::unknown);
    CHECK(scan(nal({0x65, 0x00, 0x00})).codec == Codec::unknown);        // no slice header
    CHECK(scan(nal({0x65, 0x9A})).codec == Codec::unknown);              // a P slice in an IDR picture
    CHECK(scan(nal({0x07, 0x42})).codec == Codec::unknown);              // an SPS nobody refers to
    CHECK(scan(nal({0xE5, 0x88})).codec == Codec::unknown);              // the forbidden bit
    CHECK(scan(nal({0x26, 0x02, 0xAF}), Codec::h265).type == FrameType::unknown);  // IRAP of a higher temporal layer
    std::mt19937 random(11);
    int named = 0;
    for (int round = 0; round < 10000; ++round) {
        Bytes bytes(600);
        for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random());
        named += scan(bytes).codec != Codec::unknown;
    }
    CHECK(named == 0);
}

TEST_CASE("start codes are found where they stand, over borders and after many zeros") {
    const Bytes bytes{1, 0, 1, 0, 0, 1, 9, 0, 0, 0, 0, 1};
    const auto first = find_start_code(bytes);
    REQUIRE(first);
    CHECK((first->end == 6 && first->zeros == 2));
    const auto second = find_start_code(bytes, first->end);
    REQUIRE(second);
    CHECK((second->end == 12 && second->zeros == 3));
    CHECK_FALSE(find_start_code(bytes, second->end));
    const Bytes one{1};
    CHECK_FALSE(find_start_code(one, 0, 1));
    CHECK(find_start_code(one, 0, 2)->end == 1);
    CHECK(trailing_zeros(Bytes{5, 0, 0}) == 2);
    CHECK(trailing_zeros(Bytes{0}, 1) == 2);
    CHECK(trailing_zeros(Bytes(9, 0)) == 3);
    CHECK(trailing_zeros(Bytes{0, 7}, 2) == 0);
}

TEST_CASE("emulation prevention is taken out") {
    CHECK(rbsp_of(Bytes{1, 0, 0, 3, 1, 0, 0, 3, 0, 0, 3}) == Bytes{1, 0, 0, 1, 0, 0, 0, 0});
    CHECK(rbsp_of(Bytes{0, 3, 0, 0, 4}) == Bytes{0, 3, 0, 0, 4});
}
