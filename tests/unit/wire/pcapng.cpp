// wire/pcapng and its writer: sections, interfaces, clocks, every packet block, and damage.
#include "wire/pcapng.hpp"

#include <doctest/doctest.h>

#include "unit/wire/frames.hpp"
#include "unit/wire/pcap_runs.hpp"
#include "wire/pcapng_writer.hpp"

using namespace gbkit;
using namespace gbkit::test;
using namespace gbkit::wire;

namespace {

constexpr std::uint64_t moment = 1'700'000'000;

Time time_with(std::uint8_t resolution, std::uint64_t ticks, std::int64_t offset = 0, bool big = false) {
    Pcapng file{.big = big};
    file.section();
    file.interface(1, join({file.option(9, {resolution}), file.option(14, number(static_cast<std::uint64_t>(offset), 8, big)), file.option(0, {})}));
    file.packet(0, ticks, text("x"));
    const PcapRun run = run_of(file.bytes);
    REQUIRE(run.frames.size() == 1);
    return run.frames[0].time;
}

}  // namespace

TEST_CASE("both byte orders, several interfaces and link types, several sections") {
    Pcapng all;
    for (const bool big : {false, true, false}) {
        Pcapng file{.big = big};
        file.section().interface(1).interface(101);
        file.packet(0, moment * 1'000'000 + 5, text("one")).packet(1, moment * 1'000'000 + 7, text("two!"), 50);
        all.bytes = join({all.bytes, file.bytes});
        const PcapRun run = run_of(file.bytes);
        REQUIRE(run.frames.size() == 2);
        CHECK(run.format == "pcapng");
        CHECK_FALSE(run.defect);
        CHECK(run.frames[0].text == "one");
        CHECK(run.frames[0].time == at(5));
        CHECK(run.frames[0].link_type == 1);
        CHECK(run.frames[1].text == "two!");
        CHECK(run.frames[1].link_type == 101);
        CHECK(run.frames[1].interface == 1);
        CHECK(run.frames[1].wire_length == 50);
    }
    CHECK(run_of(all.bytes).frames.size() == 6);
    CHECK_FALSE(run_of(all.bytes).defect);
}

TEST_CASE("a new section forgets the interfaces of the one before") {
    Pcapng file;
    file.section().interface(1).packet(0, 1, text("x")).section().packet(0, 2, text("y"));
    const PcapRun run = run_of(file.bytes);
    CHECK(run.frames.size() == 1);
    REQUIRE(run.defect);
    CHECK(run.defect->what == "a packet of interface 0, which no block describes");
}

TEST_CASE("clocks: powers of ten and of two, offsets, ends of time") {
    const Time base{seconds{moment}};
    CHECK(time_with(6, moment * 1'000'000 + 1) == base + microseconds{1});
    CHECK(time_with(9, moment * 1'000'000'000 + 1) == base + Duration{1});
    CHECK(time_with(3, moment * 1000 + 1) == base + milliseconds{1});
    CHECK(time_with(0, moment) == base);
    CHECK(time_with(10, moment * 10'000'000'000U + 19) == base + Duration{1});
    CHECK(time_with(6, 1'000'000, static_cast<std::int64_t>(moment)) == base + seconds{1});
    CHECK(time_with(6, moment * 1'000'000, -3600) == base - hours{1});
    CHECK(time_with(6, moment * 1'000'000, -3600, true) == base - hours{1});
    CHECK(time_with(0x80 | 10, moment << 10 | 512) == base + milliseconds{500});
    CHECK(time_with(0x80 | 32, moment << 32 | 0x80000000U) == base + milliseconds{500});
    CHECK(time_with(0x80 | 33, moment << 33 | 0x80000000U) == base + milliseconds{250});
    CHECK(time_with(0x80, moment) == base);
    CHECK(time_with(0xFF, UINT64_MAX) == Time{});            // ticks of 2^-127 s: nothing of a nanosecond
    CHECK(time_with(0x7F, UINT64_MAX) == Time{});
    CHECK(time_with(0, UINT64_MAX) > base);                  // held at the last moment there is
    CHECK(time_with(6, 5, INT64_MIN) < base);
    CHECK(time_with(0, UINT64_MAX, INT64_MAX) > base);
}

TEST_CASE("simple and obsolete packet blocks; others are passed over and counted") {
    Pcapng file;
    file.section().interface(1, {}, 4);
    file.packet(0, moment * 1'000'000, text("enhanced"));
    file.block(3, join({number(6, 4, false), text("simp")}));                      // 6 on the wire, snap length 4
    file.block(2, join({number(0, 2, false), number(9, 2, false), number(0, 4, false), number(77, 4, false), number(3, 4, false),
                        number(8, 4, false), text("old")}));
    file.block(5, Bytes(12));         // interface statistics
    file.block(4, Bytes(4));          // names
    file.block(0x0BAD, Bytes(16));    // somebody's own
    const PcapRun run = run_of(file.bytes);
    CHECK_FALSE(run.defect);
    CHECK(run.skipped == 3);
    REQUIRE(run.frames.size() == 3);
    CHECK(run.frames[1].text == "simp");
    CHECK(run.frames[1].wire_length == 6);
    CHECK(run.frames[1].time == run.frames[0].time);
    CHECK(run.frames[2].text == "old");
    CHECK(run.frames[2].wire_length == 8);
    CHECK(run.frames[2].time == Time{microseconds{77}});
}

TEST_CASE("damage stops the reading and says where") {
    Pcapng good;
    good.section().interface(1).packet(0, 1, text("good"));
    const auto after = [&](const Bytes& bytes) {
        const PcapRun run = run_of(join({good.bytes, bytes}));
        CHECK(run.frames.size() == 1);
        REQUIRE(run.defect);
        CHECK(run.defect->offset == good.bytes.size());
        return run.defect->what;
    };
    CHECK(after(join({number(6, 4, false), number(13, 4, false), Bytes(20)})) == "a block of 13 bytes");
    CHECK(after(join({number(6, 4, false), number(8, 4, false), Bytes(20)})) == "a block of 8 bytes");
    CHECK(after(join({number(6, 4, false), number(0x40000000, 4, false), Bytes(20)})) == "a block of 1073741824 bytes");
    CHECK(after(join({number(6, 4, false), number(12, 4, false), number(16, 4, false)})) == "a block whose two lengths differ");
    CHECK(after(Pcapng{}.packet(7, 1, text("x")).bytes) == "a packet of interface 7, which no block describes");
    CHECK(after(Pcapng{}.block(6, Bytes(8)).bytes) == "a packet longer than its block");
    CHECK(after(Pcapng{}.block(6, join({Bytes(12), number(400, 4, false), Bytes(4), text("abcd")})).bytes) == "a packet longer than its block");
    CHECK(after(Pcapng{}.block(3, join({number(400, 4, false), text("abcd")})).bytes) == "a packet longer than its block");
    CHECK(after(Pcapng{}.block(1, Bytes(4)).bytes) == "an interface block too short");
    CHECK(after(Pcapng{}.block(1, join({Bytes(8), number(9, 2, false), number(40, 2, false)})).bytes) == "a broken interface option");
    CHECK(after(Pcapng{}.block(0x0A0D0D0A, join({Bytes(4, 0xEE), Bytes(12)})).bytes) == "a section without a byte order");
    CHECK(after(join({number(6, 4, false), number(32, 4, false), Bytes(5)})) == "a record cut off after 13 bytes");
    Pcapng headless;
    headless.packet(0, 1, text("x"));
    CHECK(run_of(headless.bytes).defect->what == "neither pcap nor pcapng");
}

TEST_CASE("the same frames in any cuts, and every prefix survives") {
    Pcapng file{.big = true};
    file.section().interface(1, join({file.option(2, text("eth0")), file.option(9, {9}), file.option(0, {})})).interface(276);
    for (std::uint32_t i = 0; i < 10; ++i) file.packet(i % 2, i, Bytes(i * 11, static_cast<std::uint8_t>(i))).block(5, Bytes(i));
    check_cuts(file.bytes);
    check_prefixes(file.bytes);
}

TEST_CASE("what the writer writes is what the parser reads") {
    Bytes bytes;
    pcapng::append_section(bytes, "gbkit test");
    pcapng::append_interface(bytes, 101, "one");
    pcapng::append_interface(bytes, 1, "");
    pcapng::append_packet(bytes, 0, at(3) + Duration{7}, text("raw"), 3);
    pcapng::append_packet(bytes, 1, at(4), text("ethernet"), 60);
    const PcapRun run = run_of(bytes);
    CHECK_FALSE(run.defect);
    REQUIRE(run.frames.size() == 2);
    CHECK(run.frames[0].time == at(3) + Duration{7});
    CHECK(run.frames[0].link_type == 101);
    CHECK(run.frames[0].text == "raw");
    CHECK(run.frames[1].link_type == 1);
    CHECK(run.frames[1].wire_length == 60);
    CHECK(bytes.size() % 4 == 0);
}
