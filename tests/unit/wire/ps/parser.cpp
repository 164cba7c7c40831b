// wire/ps/parser: walking by length, and what a right stream reads as.
#include "wire/ps/parser.hpp"

#include <doctest/doctest.h>

#include "unit/wire/ps/events_log.hpp"
#include "unit/wire/ps/streams.hpp"

using namespace gbkit;
using namespace gbkit::test;
using namespace gbkit::test::ps;
using wire::ps::Event;
using wire::ps::Parser;

TEST_CASE("a key frame's pack, and the end") {
    const Bytes stream = pack() + system_header() + map() + pes_with_pts(body(100)) + pes(body(20), -1, 0xC0) + Bytes{0, 0, 1, 0xB9};
    CHECK(parsed(stream) ==
          "pack@0 scr=8; system@14 e0; map@29 1b/e0 90/c0 crc0; pes e0@53+14 pts=900; payload@67 100; end e0@167 complete; "
          "pes c0@167+9; payload@176 20; end c0@196 complete; endcode@196");
    CHECK(difference_of_cuts(stream) == "");
}

TEST_CASE("start codes in payload, maps and pack stuffing are data") {
    Bytes stuffed = pack();
    stuffed[13] = 0xFE;
    stuffed = stuffed + Bytes{0xFF, 0xFF, 0, 0, 1, 0xAF};
    const Bytes private_data = Bytes{0, 0, 0, 1, 0, 0, 1, 0xBA} + pack() + Bytes{0, 0, 1, 0xE0};
    const Bytes stream = stuffed + pes(private_data, -1, 0xBD) + pes(body(5));
    CHECK(parsed(stream) == "pack@0 scr=8 stuffing=ffff000001af; pes bd@20+9; payload@29 26; end bd@55 complete; "
                            "pes e0@55+9; payload@64 5; end e0@69 complete");
    CHECK(difference_of_cuts(stream) == "");
}

TEST_CASE("a pack of nothing but its start code") {
    const Bytes stream = Bytes{0, 0, 1, 0xBA} + pes(body(5)) + Bytes{0, 0, 1, 0xBA} + Bytes{0} + pes(body(5));
    CHECK(parsed(stream) == "pack@0 empty; pes e0@4+9; payload@13 5; end e0@18 complete; pack@18 empty; "
                            "skipped@22 1 zeros; pes e0@23+9 zeros=1; payload@32 5; end e0@37 complete");
    CHECK(difference_of_cuts(stream) == "");
}

TEST_CASE("MPEG-1: packs of twelve bytes, PES headers with stuffing and a buffer size") {
    const Bytes mpeg1_pack{0, 0, 1, 0xBA, 0x21, 0, 1, 0, 0x11, 0x80, 0, 3};
    const Bytes with_pts = Bytes{0, 0, 1, 0xE0, 0, 14, 0xFF, 0xFF, 0x60, 0x20, 0x21, 0, 1, 0, 0x0B} + body(5);
    const Bytes with_both = Bytes{0, 0, 1, 0xC0, 0, 13, 0x31, 0, 1, 0, 0x0B, 0x11, 0, 1, 0, 0x09} + body(3);
    const Bytes without = Bytes{0, 0, 1, 0xE0, 0, 6, 0x0F} + body(5);
    const Bytes stream = mpeg1_pack + with_pts + with_both + without;
    CHECK(parsed(stream) ==
          "pack@0 mpeg1 scr=8; pes e0@12+15 mpeg1 pts=5; payload@27 5; end e0@32 complete; "
          "pes c0@32+16 mpeg1 pts=5 dts=4; payload@48 3; end c0@51 complete; pes e0@51+7 mpeg1; payload@58 5; end e0@63 complete");
    CHECK(difference_of_cuts(stream) == "");
}

TEST_CASE("ids without an optional header, padding and directory among them") {
    for (const std::uint8_t id : Bytes{0xBE, 0xBF, 0xF0, 0xF1, 0xF2, 0xF8, 0xFF}) {
        const Bytes stream = Bytes{0, 0, 1, id, 0, 4, 0xFF, 2, 3, 4} + pes(body(2));
        const std::string name = to_hex(Bytes{id});
        CHECK(parsed(stream) == "pes " + name + "@0+6 bare; payload@6 4; end " + name + "@10 complete; pes e0@10+9; payload@19 2; end e0@21 complete");
    }
    CHECK(parsed(Bytes{0, 0, 1, 0xBE, 0, 0} + pack()) == "pes be@0+6 bare; end be@6 complete; pack@6 scr=8");
    CHECK(parsed(Bytes{0, 0, 1, 0xBE, 0, 0} + body(5) + pack()) == "pes be@0+6 bare; end be@6 complete; skipped@6 5 resync; pack@11 scr=8");
}

TEST_CASE("bytes before the first start code") {
    Bytes file{'I', 'M', 'K', 'H'};
    file.resize(40);
    CHECK(parsed(file + pack() + pes(body(3))) == "skipped@0 40 leading; pack@40 scr=8; pes e0@54+9; payload@63 3; end e0@66 complete");
    CHECK(difference_of_cuts(file + pack() + pes(body(3))) == "");
    // The end of a frame whose payload looks like a start code, a false pack and a false PES header.
    const Bytes inside = body(30) + Bytes{0, 0, 1, 0xBA, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9} + Bytes{0, 0, 1, 0xE0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9} + body(9);
    CHECK(parsed(inside + pack()) == "skipped@0 67 leading; pack@67 scr=8");
    CHECK(difference_of_cuts(inside + pack()) == "");
    CHECK(parsed(body(500)) == "skipped@0 500 leading");
}

TEST_CASE("in a search a pack header needs all its marker bits") {
    CHECK(parsed(body(4) + pack()) == "skipped@0 4 leading; pack@4 scr=8");
    struct Marker {
        std::size_t byte;
        unsigned bit;
    };
    for (const Marker marker : {Marker{4, 0x40}, Marker{4, 4}, Marker{6, 4}, Marker{8, 4}, Marker{9, 1}, Marker{12, 1}, Marker{12, 2}}) {
        INFO("byte " << marker.byte << " bit " << marker.bit);
        Bytes wild = pack();
        wild[marker.byte] = static_cast<std::uint8_t>(wild[marker.byte] & ~marker.bit);
        CHECK(parsed(body(4) + wild + pack()) == "skipped@0 18 leading; pack@18 scr=8");
    }
}

TEST_CASE("a four-byte prefix, and zeros at the end") {
    const Bytes stream = pack() + Bytes{0} + pes(body(4)) + Bytes(300, 0) + pack() + Bytes(7, 0);
    CHECK(parsed(stream) == "pack@0 scr=8; skipped@14 1 zeros; pes e0@15+9 zeros=1; payload@24 4; end e0@28 complete; "
                            "skipped@28 300 zeros; pack@328 scr=8; skipped@342 7 zeros");
    CHECK(difference_of_cuts(stream) == "");
}

TEST_CASE("a header that the end cuts off") {
    CHECK(parsed(pack() + Bytes{0, 0, 1, 0xE0, 0}) == "pack@0 scr=8; skipped@14 5 resync");
    CHECK(parsed(Bytes{0, 0, 1, 0xBA, 0x44, 0}) == "skipped@0 6 leading");
    Bytes half = map();
    half.resize(20);
    CHECK(parsed(pack() + half) == "pack@0 scr=8; map@14 cut lengths 1b/e0 90/c0 crc3");
    Bytes half_system = system_header();
    half_system.resize(13);
    CHECK(parsed(pack() + half_system) == "pack@0 scr=8; system@14 cut");
}

TEST_CASE("a PES packet that the end cuts off") {
    Bytes stream = pack() + pes(body(100));
    stream.resize(50);
    CHECK(parsed(stream) == "pack@0 scr=8; pes e0@14+9; payload@23 27; end e0@50 end missing=73");
}

TEST_CASE("skipping stands for bytes of the payload") {
    EventsLog log;
    std::uint64_t skipped = 0;
    log.hashes = false;
    Parser parser([&](const Event& event) {
        if (const auto* payload = std::get_if<wire::ps::Payload>(&event)) skipped += payload->skipped;
        log.add(event);
    });
    CHECK(parser.skippable() == 0);
    parser.push(pack() + pes(body(1000), 5003));
    CHECK(parser.skippable() == 4000);
    parser.skip(3000);
    CHECK(parser.skippable() == 1000);
    CHECK(parser.offset() == 4023);
    parser.push(body(10));
    parser.skip(5000);  // no more than is left
    CHECK(parser.skippable() == 0);
    CHECK(parser.offset() == 5023);
    parser.push(pack());
    parser.finish();
    CHECK(log.text() == "pack@0 scr=8; pes e0@14+9; payload@23 5000; end e0@5023 complete; pack@5023 scr=8");
    CHECK(skipped == 3990);
}

TEST_CASE("what is told is true of the bytes: fields of each header") {
    Bytes stuffed = pes_with_pts(body(2));
    stuffed[5] = 12;
    stuffed[8] = 7;
    stuffed.insert(stuffed.begin() + 14, {0xFF, 0xFC});
    CHECK(parsed(stuffed) == "pes e0@0+16 pts=900 stuffing; payload@16 2; end e0@18 complete");

    Bytes forbidden = pes_with_pts(body(2));
    forbidden[7] = 0x40;
    CHECK(parsed(forbidden) == "pes e0@0+14 stuffing forbidden; payload@14 2; end e0@16 complete");

    Bytes no_marker = pes_with_pts(body(2));
    no_marker[9] = 0x20;
    CHECK(parsed(no_marker) == "pes e0@0+14 pts=900 no-markers; payload@14 2; end e0@16 complete");

    // Flags that promise more than header_data_length holds; a header over the packet's end; a packet too short for one.
    Bytes misfit = pes_with_pts(body(2));
    misfit[7] = 0xC0;
    misfit[9] = 0x31;
    CHECK(parsed(misfit) == "pes e0@0+14 pts=900 no-markers misfit; payload@14 2; end e0@16 complete");
    CHECK(parsed(Bytes{0, 0, 1, 0xE0, 0, 5, 0x80, 0, 30, 1, 2} + pack()) == "pes e0@0+11 misfit; end e0@11 complete; pack@11 scr=8");
    CHECK(parsed(Bytes{0, 0, 1, 0xE0, 0, 1, 0x80} + pack()) == "pes e0@0+7 misfit; end e0@7 complete; pack@7 scr=8");

    Bytes wild = pack();
    wild[8] &= 0xFB;
    CHECK(parsed(wild + pes(body(1))) == "pack@0 no-markers scr=8; pes e0@14+9; payload@23 1; end e0@24 complete");
    wild[4] = 0x84;  // not even '01', but the next header stands where it should
    CHECK(parsed(wild + pes(body(1))) == "pack@0 no-markers scr=8; pes e0@14+9; payload@23 1; end e0@24 complete");
    CHECK(parsed(wild + body(1)) == "skipped@0 15 leading");
    CHECK(difference_of_cuts(wild + pes(body(1))) == "");
}

TEST_CASE("a PES header one byte short") {
    const Bytes payload = Bytes{0, 0, 0, 1, 0x65} + body(95);
    Bytes early = pes_with_pts(payload);
    early.erase(early.begin() + 7);
    early[5] = static_cast<std::uint8_t>(early[5] - 1);
    CHECK(parsed(early + pack()) == "pes e0@0+13 short pts=900; payload@13 100; end e0@113 complete; pack@113 scr=8");
    CHECK(difference_of_cuts(early + pack()) == "");
    // A long header without time stamps that only looks a little like it is no such thing.
    Bytes legal{0, 0, 1, 0xE0, 0, 140, 0x80, 0x05, 0x21};
    legal = legal + Bytes(33, 0xFF) + body(104);
    CHECK(parsed(legal + pack()).starts_with("pes e0@0+42"));
}
