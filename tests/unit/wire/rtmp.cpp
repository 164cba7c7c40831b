// RTMP by its handshake, and the application its connect names: cut anywhere, chunked anyhow, and hostile.
#include "wire/rtmp.hpp"

#include <doctest/doctest.h>

#include <random>

#include "unit/wire/frames.hpp"
#include "unit/wire/rtmp_samples.hpp"

using namespace gbkit;
using namespace gbkit::wire;
using namespace gbkit::test;

namespace {

RtmpOpening fed(const Bytes& stream, std::size_t step) {
    RtmpOpening opening;
    for (std::size_t at = 0; at < stream.size(); at += step) opening.push(ByteView(stream).subspan(at, std::min(step, stream.size() - at)));
    return opening;
}

}  // namespace

TEST_CASE("the handshake is told from what also begins with 3") {
    CHECK(rtmp_start(rtmp::handshake()) == RtmpStart::yes);
    CHECK(rtmp_start(hex("03001122330000000055")) == RtmpStart::yes);
    CHECK(rtmp_start(hex("030000000080000702aa")) == RtmpStart::maybe);  // Flash: C1 has a version
    CHECK(rtmp_start(hex("030000130ee0000000")) == RtmpStart::no);      // RDP: TPKT with a connection request
    CHECK(rtmp_start(hex("0300001a08020001")) == RtmpStart::more);
    CHECK(rtmp_start(hex("0300001a0802000105")) == RtmpStart::no);       // H.323: TPKT with Q.931
    CHECK(rtmp_start(hex("06001122330000000055")) == RtmpStart::no);     // RTMPE
    CHECK(rtmp_start(text("GET / HTTP/1.1")) == RtmpStart::no);
    CHECK(rtmp_start({}) == RtmpStart::more);
    CHECK(rtmp_start(hex("03")) == RtmpStart::more);
}

TEST_CASE("the connect behind the handshake, whatever the cuts and the chunk size") {
    for (const std::size_t chunk : {std::size_t{128}, std::size_t{1}, std::size_t{4096}}) {
        Bytes stream = rtmp::handshake(3073);
        if (chunk != 128) stream = join({stream, rtmp::message(1, number(chunk, 4), 2)});
        stream = join({stream, rtmp::message(20, rtmp::connect("live?token=x", "rtmp://10.1.0.5/live?token=x"), 3, chunk)});
        for (const std::size_t step : {stream.size(), std::size_t{1}, std::size_t{7}, std::size_t{1460}}) {
            const RtmpOpening opening = fed(stream, step);
            REQUIRE_MESSAGE(opening.connect(), chunk << " " << step);
            CHECK(opening.connect()->app == "live?token=x");
            CHECK(opening.connect()->tc_url == "rtmp://10.1.0.5/live?token=x");
            CHECK(opening.over());
        }
        for (std::size_t cut = 0; cut < stream.size(); cut += 13) CHECK_FALSE(fed(Bytes(stream.begin(), stream.begin() + static_cast<std::ptrdiff_t>(cut)), 512).connect());
    }
}

TEST_CASE("what is no connect ends the search") {
    const Bytes start = rtmp::handshake(3073);
    const auto ends = [&](const Bytes& chunks) {
        const RtmpOpening opening = fed(join({start, chunks}), 100);
        CHECK_FALSE(opening.connect());
        return opening.over();
    };
    CHECK(ends(rtmp::message(9, Bytes(300, 7), 4)));                                   // video
    CHECK(ends(rtmp::message(20, join({{2}, number(7, 2), text("publish"), {0}, Bytes(8)}), 3)));
    CHECK(ends(hex("c3000000")));                                                       // begins with a continuation
    CHECK(ends(join({{3}, number(0, 3), number(0xFFFFFF, 3), {20}, number(0, 4)})));    // 16 MB announced
    CHECK(ends(Bytes(5000, 0x02)));
    CHECK_FALSE(ends(rtmp::message(5, number(2500000, 4), 2)));                         // a window size: the connect may follow
    Bytes object = rtmp::connect("live", "x");
    object.resize(object.size() - 12);                                                  // the last string runs out
    CHECK(fed(join({start, rtmp::message(20, object, 3)}), 100).over());

    RtmpOpening gone;
    gone.push(start);
    gone.gap();
    gone.push(rtmp::message(20, rtmp::connect("live", "x"), 3));
    CHECK_FALSE(gone.connect());
}

TEST_CASE("random bytes behind a handshake neither crash nor are kept") {
    std::mt19937 random(5);
    for (int run = 0; run < 300; ++run) {
        Bytes stream = rtmp::handshake(3073);
        Bytes chunks = rtmp::message(20, rtmp::connect("live", "rtmp://10.1.0.5/live"), 3);
        for (int i = 0; i < 4; ++i) chunks[random() % chunks.size()] = static_cast<std::uint8_t>(random());
        const RtmpOpening opening = fed(join({stream, chunks, Bytes(5000, static_cast<std::uint8_t>(random()))}), 1 + random() % 1500);
        CHECK(opening.over());
        if (opening.connect()) CHECK(opening.connect()->app.size() <= RtmpOpening::most_held);
    }
}
