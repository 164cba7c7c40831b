// wire/pcap and wire/pcap_file: classic files of every kind, in any cuts, whole or broken.
#include "wire/pcap_file.hpp"

#include <random>

#include <doctest/doctest.h>

#include "unit/wire/frames.hpp"
#include "unit/wire/pcap_runs.hpp"

using namespace gbkit;
using namespace gbkit::test;
using namespace gbkit::wire;

TEST_CASE("micro and nano, both byte orders") {
    for (const bool big : {false, true})
        for (const bool nano : {false, true}) {
            Pcap file{.big = big, .nano = nano, .link_type = 113};
            file.add(at(1) + Duration{250}, text("first")).add(at(2), text("second"), 100);
            const PcapRun run = run_of(file.bytes);
            REQUIRE(run.frames.size() == 2);
            CHECK(run.format == "pcap");
            CHECK_FALSE(run.defect);
            CHECK(run.frames[0].time == at(1) + Duration{nano ? 250 : 0});
            CHECK(run.frames[0].text == "first");
            CHECK(run.frames[0].link_type == 113);
            CHECK(run.frames[0].wire_length == 5);
            CHECK(run.frames[1].wire_length == 100);
            CHECK(run.frames[1].offset == 24 + 16 + 5);
        }
}

TEST_CASE("the modified format has 8 more bytes in a record") {
    Pcap file;
    file.start();
    Bytes bytes = file.bytes;
    bytes[0] = 0x34, bytes[1] = 0xCD;
    bytes = join({bytes, number(5, 4, false), number(6, 4, false), number(3, 4, false), number(3, 4, false), Bytes(8), text("abc")});
    const PcapRun run = run_of(bytes);
    REQUIRE(run.frames.size() == 1);
    CHECK(run.frames[0].text == "abc");
    CHECK(run.frames[0].time == Time{seconds{5} + microseconds{6}});
    CHECK_FALSE(run.defect);
}

TEST_CASE("the frame check sequence bits are not part of the link type") {
    Pcap file{.link_type = 0xF4000001U};
    file.add(at(0), text("x"));
    CHECK(run_of(file.bytes).frames[0].link_type == 1);
}

TEST_CASE("a header alone is an empty capture; less or something else is none") {
    Pcap file;
    file.start();
    CHECK_FALSE(run_of(file.bytes).defect);
    CHECK(run_of(text("GET / HTTP/1.1\r\nHost: example\r\n\r\n")).defect->what == "neither pcap nor pcapng");
    CHECK(run_of({}).defect->what == "an empty file");
    CHECK(run_of(Bytes(file.bytes.begin(), file.bytes.begin() + 20)).defect->what == "a capture cut off in its header");
    file.bytes[4] = 9;
    CHECK(run_of(file.bytes).defect->what == "pcap version 9.4");
}

TEST_CASE("damage is told with its place, what came before is kept") {
    Pcap file;
    file.add(at(0), text("good"));
    const std::size_t good = file.bytes.size();
    const Bytes broken = join({file.bytes, Bytes(8), number(0x7FFFFFFF, 4, false), number(1, 4, false), Bytes(100)});
    const PcapRun run = run_of(broken);
    CHECK(run.frames.size() == 1);
    REQUIRE(run.defect);
    CHECK(run.defect->what == "a record of 2147483647 bytes");
    CHECK(run.defect->offset == good);
    file.add(at(1), text("cut off"));
    file.bytes.resize(file.bytes.size() - 3);
    const PcapRun cut = run_of(file.bytes);
    CHECK(cut.frames.size() == 1);
    REQUIRE(cut.defect);
    CHECK(cut.defect->code == Errc::truncated);
    CHECK(cut.defect->offset == good);
}

TEST_CASE("the same frames in any cuts, and every prefix survives") {
    Pcap file{.big = true};
    for (int i = 0; i < 12; ++i) file.add(at(i), Bytes(static_cast<std::size_t>(i * 13), static_cast<std::uint8_t>(i)));
    check_cuts(file.bytes);
    check_prefixes(file.bytes);
}
