// wire/ps/parser: lengths that are wrong, gaps, and searching. Rows 14 to 18 of the field table.
#include <doctest/doctest.h>

#include "unit/wire/ps/events_log.hpp"
#include "unit/wire/ps/streams.hpp"

using namespace gbkit;
using namespace gbkit::test;
using namespace gbkit::test::ps;
using wire::ps::Event;
using wire::ps::Parser;

namespace {

struct Run {
    EventsLog log;
    Parser parser;
    explicit Run(Parser::Limits limits = {}) : parser([this](const Event& event) { log.add(event); }, limits) { log.hashes = false; }
    std::string text() {
        parser.finish();
        return log.text();
    }
};

}  // namespace

TEST_CASE("a length over the next pack: the pack ends the packet") {
    for (const int excess : {1, 2, 3, 4, 13, 15, 20, 40}) {
        const Bytes stream = pes(body(100), 103 + excess) + pack() + pes(body(30)) + pack();
        INFO("excess " << excess);
        CHECK(parsed(stream) == "pes e0@0+9; payload@9 100; end e0@109 next-start missing=" + std::to_string(excess) +
                                    "; pack@109 scr=8; pes e0@123+9; payload@132 30; end e0@162 complete; pack@162 scr=8");
        CHECK(difference_of_cuts(stream) == "");
    }
}

TEST_CASE("a length over the end: the pack inside ends the packet") {
    const Bytes stream = pes(body(100), 30'000) + pack() + pes(body(30), 40'000) + pack();
    CHECK(parsed(stream) == "pes e0@0+9; payload@9 100; end e0@109 next-start missing=29897; pack@109 scr=8; "
                            "pes e0@123+9; payload@132 30; end e0@162 next-start missing=39967; pack@162 scr=8");
    CHECK(difference_of_cuts(stream) == "");
}

TEST_CASE("a length that is right is believed, whatever the payload holds") {
    const Bytes stream = pes(body(10) + pack() + pack() + body(10)) + Bytes(400, 0) + pack();
    CHECK(parsed(stream) == "pes e0@0+9; payload@9 48; end e0@57 complete; skipped@57 400 zeros; pack@457 scr=8");
    CHECK(difference_of_cuts(stream) == "");
    CHECK(parsed(pes(body(10) + pack())) == "pes e0@0+9; payload@9 24; end e0@33 complete");  // the end is as good
}

TEST_CASE("a length too short, and one that wrapped: what is left over is passed over") {
    const Bytes shorter = pes(body(100), 83) + pack();
    CHECK(parsed(shorter) == "pes e0@0+9; payload@9 80; end e0@89 complete; skipped@89 20 resync; pack@109 scr=8");
    CHECK(difference_of_cuts(shorter) == "");
    const Bytes wrapped = pes(body(140'000), (140'003) % 65'536) + pack();
    CHECK(parsed(wrapped) == "pes e0@0+9; payload@9 8928; end e0@8937 complete; skipped@8937 131072 resync; pack@140009 scr=8");
}

TEST_CASE("a false pack in a payload whose length is wrong") {
    // Without marker bits it is none.
    const Bytes false_pack{0, 0, 1, 0xBA, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9};
    const Bytes stream = pes(body(50) + false_pack + body(50), 100) + pack();
    CHECK(parsed(stream) == "pes e0@0+9; payload@9 97; end e0@106 complete; skipped@106 17 resync; pack@123 scr=8");
    CHECK(difference_of_cuts(stream) == "");
}

TEST_CASE("length 0: up to the next credible header") {
    const Bytes payload = body(50) + Bytes{0, 0, 1, 0x65, 0, 0, 1, 0xE0, 3, 3, 3} + body(50);
    const Bytes stream = pes(payload, 0) + pes_with_pts(body(5)) + pes(body(9), 0) + pack() + pes(Bytes{}, 0, 0xC0) + pes(body(7), 0, 0xC0);
    CHECK(parsed(stream) == "pes e0@0+9; payload@9 111; end e0@120 complete; pes e0@120+14 pts=900; payload@134 5; end e0@139 complete; "
                            "pes e0@139+9; payload@148 9; end e0@157 complete; pack@157 scr=8; pes c0@171+9; end c0@180 complete; "
                            "pes c0@180+9; payload@189 7; end c0@196 end");
    CHECK(difference_of_cuts(stream) == "");
}

TEST_CASE("length 0 without an end is given up at the limit") {
    for (const std::size_t piece : {1U, 7U, 64U, 5000U}) {
        Run run(Parser::Limits{.unbounded_pes = 1000});
        const Bytes stream = pes(body(1000), 0) + body(500) + pack();
        for (std::size_t at = 0; at < stream.size(); at += piece)
            run.parser.push(ByteView(stream).subspan(at, std::min(piece, stream.size() - at)));
        CHECK(run.text() == "pes e0@0+9; payload@9 1000; end e0@1009 too-large; skipped@1009 500 resync; pack@1509 scr=8");
    }
}

TEST_CASE("system headers and maps longer than they may be are not followed") {
    for (const std::uint8_t id : Bytes{0xBB, 0xBC}) {
        const Bytes stream = Bytes{0, 0, 1, id, 0xFF, 0xFF} + body(20) + pack();
        const std::string name = id == 0xBB ? "system@0 cut" : "map@0 cut lengths crc3";
        CHECK(parsed(stream) == name + "; skipped@6 20 resync; pack@26 scr=8");
        CHECK(difference_of_cuts(stream) == "");
    }
}

TEST_CASE("after a gap the length says nothing, and the place is lost") {
    Run run;
    run.parser.push(pack() + pes(body(40), 1003));
    run.parser.gap();
    CHECK(run.parser.offset() == 63);
    run.parser.push(body(60) + Bytes{0, 0, 1, 0xE0, 7, 7, 7} + pack() + pes(body(3)));
    run.parser.gap(500);
    run.parser.push(pes_with_pts(body(4)));
    CHECK(run.text() == "pack@0 scr=8; pes e0@14+9; payload@23 40; end e0@63 gap missing=960; skipped@63 67 resync; pack@130 scr=8; "
                        "pes e0@144+9; payload@153 3; end e0@156 complete; pes e0@656+14 pts=900; payload@670 4; end e0@674 complete");
}

TEST_CASE("a gap in a header") {
    Run run;
    run.parser.push(pack() + Bytes{0, 0, 1, 0xE0, 0, 50, 0x80});
    run.parser.gap();
    run.parser.push(body(5) + pack() + Bytes{0, 0, 1, 0xBC, 0, 18, 0xE0, 0xFF, 0, 0, 0, 8, 0x1B, 0xE0, 0, 0});
    run.parser.gap();
    run.parser.push(pack());
    CHECK(run.text() == "pack@0 scr=8; skipped@14 7 resync; skipped@21 5 resync; pack@26 scr=8; map@40 cut lengths 1b/e0 crc3; pack@56 scr=8");
}

TEST_CASE("the start of an RTP packet is a good place for a header") {
    // A private stream cannot be told by its bits; at the start of a packet its start code is enough.
    const Bytes private_2 = Bytes{0, 0, 1, 0xBF, 0, 3, 1, 2, 3};
    Run lost;
    lost.parser.gap();
    lost.parser.push(body(9));
    lost.parser.packet_start();
    lost.parser.push(private_2 + pack());
    CHECK(lost.text() == "skipped@0 9 leading; pes bf@9+6 bare; payload@15 3; end bf@18 complete; pack@18 scr=8");
    Run without;
    without.parser.gap();
    without.parser.push(body(9));
    without.parser.push(private_2 + pack());
    CHECK(without.text() == "skipped@0 18 leading; pack@18 scr=8");
    // In its place the hint changes nothing.
    Run in_payload;
    in_payload.parser.push(pes(body(5), 20));
    in_payload.parser.packet_start();
    in_payload.parser.push(private_2 + body(3) + pack());
    CHECK(in_payload.text() == "pes e0@0+9; payload@9 17; end e0@26 complete; pack@26 scr=8");
}

TEST_CASE("memory is bounded, whatever the lengths say") {
    // Each packet claims 64 KiB and holds a pack header that may end it: the worst case for holding.
    Bytes stream;
    const Bytes claim = pes(body(3), 65'535) + pack();
    while (stream.size() < 1'000'000) stream.insert(stream.end(), claim.begin(), claim.end());
    Run run;
    std::size_t most = 0;
    for (std::size_t at = 0; at < stream.size(); at += 999) {
        run.parser.push(ByteView(stream).subspan(at, std::min<std::size_t>(999, stream.size() - at)));
        most = std::max(most, run.parser.held_bytes());
    }
    CHECK(most > 60'000);
    CHECK(most < 70'000);
    run.parser.finish();
    CHECK(run.parser.held_bytes() == 0);
}

TEST_CASE("every prefix of a stream is survived, and its bytes are all told") {
    const Bytes stream = Bytes{9, 9} + pack() + system_header() + map() + pes_with_pts(body(50)) + Bytes{0} + pes(body(20), 40, 0xC0) + pack() +
                         pes(body(9), 0) + pack() + Bytes{0, 0, 1, 0xB9};
    for (std::size_t size = 0; size <= stream.size(); ++size) {
        const ByteView prefix = ByteView(stream).first(size);
        INFO("prefix " << size);
        CHECK(difference_of_cuts(prefix) == "");
    }
}
