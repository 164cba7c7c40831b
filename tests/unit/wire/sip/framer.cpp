// Framer: the same messages whatever the cuts; garbage, gaps, lies and limits.
#include <doctest/doctest.h>

#include <random>
#include <vector>

#include "base/text.hpp"
#include "unit/wire/sip/samples.hpp"
#include "wire/sip/framer.hpp"

using namespace gbkit;
using namespace gbkit::wire::sip;

namespace {

struct Framed {
    std::vector<Framer::Piece> pieces;
    std::uint64_t skipped = 0;
    std::uint64_t keepalives = 0;
    std::size_t left = 0;
    std::size_t most = 0;  // bytes the framer ever held between pushes
};

bool same(const Framed& a, const Framed& b) {
    if (a.skipped != b.skipped || a.keepalives != b.keepalives || a.left != b.left || a.pieces.size() != b.pieces.size()) return false;
    for (std::size_t i = 0; i < a.pieces.size(); ++i)
        if (a.pieces[i].bytes != b.pieces[i].bytes || a.pieces[i].offset != b.pieces[i].offset || a.pieces[i].without_length != b.pieces[i].without_length) return false;
    return true;
}

template <class Size>
Framed run(const std::string& stream, Size next_size, Limits limits = {}) {
    Framer framer(limits);
    Framed result;
    for (std::size_t at = 0; at < stream.size();) {
        const std::size_t size = std::min<std::size_t>(stream.size() - at, next_size());
        framer.push(std::string_view(stream).substr(at, size));
        at += size;
        while (std::optional<Framer::Piece> piece = framer.next()) result.pieces.push_back(*piece);
        result.most = std::max(result.most, framer.buffered());
    }
    result.skipped = framer.skipped_bytes();
    result.keepalives = framer.keepalives();
    result.left = framer.buffered();
    return result;
}

/// Whole, byte by byte and in random cuts: one result, or the test fails.
Framed any_cuts(const std::string& stream, Limits limits = {}) {
    const Framed whole = run(stream, [&] { return stream.size(); }, limits);
    CHECK(same(whole, run(stream, [] { return std::size_t{1}; }, limits)));
    std::mt19937 random(5060);
    for (int round = 0; round < 20; ++round) CHECK(same(whole, run(stream, [&] { return std::size_t{1} + random() % 97; }, limits)));
    for (const Framer::Piece& piece : whole.pieces) CHECK(stream.compare(piece.offset, piece.bytes.size(), piece.bytes) == 0);
    return whole;
}

const std::string one = samples::keepalive();
const std::string two = samples::register_request();

}  // namespace

TEST_CASE("framer: messages back to back, with keepalives between them") {
    const Framed result = any_cuts("\r\n\r\n" + one + two + "\r\n\r\n" + samples::unauthorized() + "\r\n" + one.substr(0, 300));
    REQUIRE(result.pieces.size() == 3);
    CHECK(result.pieces[0].bytes == one);
    CHECK(result.pieces[0].offset == 4);
    CHECK(result.pieces[1].bytes == two);
    CHECK(result.pieces[2].bytes == samples::unauthorized());
    CHECK(result.keepalives == 5);
    CHECK(result.skipped == 0);
    CHECK(result.left == 300);
}

TEST_CASE("framer: LF line ends, compact and folded Content-Length") {
    CHECK(any_cuts(replace_all(two, "\r\n", "\n") + one).pieces.size() == 2);
    const std::string folded = replace_all(one, "Content-Length: ", "L  :\r\n  ");
    const Framed framed = any_cuts(folded + two);
    REQUIRE(framed.pieces.size() == 2);
    CHECK(framed.pieces[0].bytes == folded);
    CHECK(any_cuts(replace_all(one, "Content-Length: ", "content-LENGTH:") + two).skipped == 0);
}

TEST_CASE("framer: a message without Content-Length has no body, and its body is skipped as garbage") {
    const Framed result = any_cuts(replace_all(one, "Content-Length: ", "X-Length: ") + two);
    REQUIRE(result.pieces.size() == 2);
    CHECK(result.pieces[0].without_length);
    CHECK_FALSE(result.pieces[1].without_length);
    CHECK(result.pieces[1].bytes == two);
    CHECK(result.skipped > 0);
}

TEST_CASE("framer: a Content-Length that is no number frames nothing") {
    const Framed result = any_cuts(replace_all(two, "Content-Length: 0", "Content-Length: -999") + one);
    REQUIRE(result.pieces.size() == 2);
    CHECK_FALSE(result.pieces[0].without_length);
    CHECK(result.pieces[1].bytes == one);
}

TEST_CASE("framer: finds the next start line after garbage") {
    const std::string binary("\x24\x00\x00\x10\x80\x60\n\xFF\xFE", 9);
    const Framed result = any_cuts("v=0\r\no=x\r\n" + binary + "\r\n" + one + "GET / HTTP/1.1\r\n\r\n" + two);
    REQUIRE(result.pieces.size() == 2);
    CHECK(result.pieces[0].bytes == one);
    CHECK(result.pieces[1].bytes == two);
    // A body whose last line has no end: the start line stands in the middle of a line.
    const Framed glued = any_cuts("<SN>4</SN>\r\n</Notify>" + one + "</Notify>" + samples::unauthorized());
    REQUIRE(glued.pieces.size() == 2);
    CHECK(glued.pieces[0].bytes == one);
    CHECK(glued.pieces[1].bytes == samples::unauthorized());
    CHECK(glued.skipped == 21 + 9);
}

TEST_CASE("framer: a head that breaks off before the next start line costs one message only") {
    const Framed framed = any_cuts(one.substr(0, one.find("CSeq")) + two + one.substr(0, 200) + "\r\n" + samples::unauthorized());
    REQUIRE(framed.pieces.size() == 2);
    CHECK(framed.pieces[0].bytes == two);
    CHECK(framed.pieces[1].bytes == samples::unauthorized());
    Limits limits;
    limits.head_bytes = 2000;
    std::string starts;  // no end of a head, ever: skipped in whole windows, not line by line
    while (starts.size() < 60000) starts += "A a SIP/2.0\r\n";
    CHECK(any_cuts(starts + two, limits).pieces.size() == 1);
}

TEST_CASE("framer: a gap gives up what is buffered") {
    Framer framer;
    framer.push(one.substr(0, 400));
    CHECK_FALSE(framer.next());
    framer.lost(1000);
    CHECK(framer.buffered() == 0);
    CHECK(framer.skipped_bytes() == 400);
    framer.push(one.substr(430) + two);
    const std::optional<Framer::Piece> piece = framer.next();
    REQUIRE(piece);
    CHECK(piece->bytes == two);
    CHECK(piece->offset == 400 + 1000 + one.size() - 430);
    CHECK(framer.skipped_bytes() == 400 + one.size() - 430);
}

TEST_CASE("framer: memory is bounded") {
    Limits limits;
    limits.head_bytes = 1000;
    limits.message_bytes = 4000;
    const std::string endless(20000, 'x');
    Framed result = any_cuts(endless + "\r\n" + two, limits);
    REQUIRE(result.pieces.size() == 1);
    CHECK(run(endless, [] { return std::size_t{100}; }, limits).most <= 1000);

    std::string lines;
    while (lines.size() < 20000) lines += "X-Filler: something\r\n";
    result = any_cuts("OPTIONS sip:a@b SIP/2.0\r\n" + lines + "\r\n" + two, limits);
    REQUIRE(result.pieces.size() == 1);
    CHECK(result.pieces[0].bytes == two);

    // A claim over the limit is not waited for.
    result = any_cuts("OPTIONS sip:a@b SIP/2.0\r\nContent-Length: 99999999999\r\n\r\n" + two, limits);
    REQUIRE(result.pieces.size() == 1);
    CHECK(result.pieces[0].bytes == two);
    result = any_cuts("OPTIONS sip:a@b SIP/2.0\r\nContent-Length: 18446744073709551615\r\n\r\n" + two, limits);
    CHECK(result.pieces.size() == 1);
}

TEST_CASE("framer: the limits hold exactly") {
    Limits limits;
    limits.head_bytes = two.size();
    limits.message_bytes = two.size();
    CHECK(any_cuts(two + two, limits).pieces.size() == 2);
    limits.head_bytes = two.size() - 1;
    CHECK(any_cuts(two + two, limits).pieces.empty());
    limits.head_bytes = one.size();
    limits.message_bytes = one.size();
    CHECK(any_cuts(one, limits).pieces.size() == 1);
    limits.message_bytes = one.size() - 1;
    CHECK(any_cuts(one, limits).pieces.empty());
}

TEST_CASE("framer: every prefix and random damage survive any cuts") {
    const std::string stream = one + "\r\n" + two;
    for (std::size_t length = 0; length < stream.size(); length += 3) {
        const std::string prefix = stream.substr(0, length);
        CHECK(same(run(prefix, [] { return std::size_t{100000}; }), run(prefix, [] { return std::size_t{1}; })));
    }
    std::mt19937 random(1);
    for (int round = 0; round < 3000; ++round) {
        std::string damaged = stream;
        for (int i = 0; i < 4; ++i) damaged[random() % damaged.size()] = "\r\n :\0 SIP/2.0"[random() % 13];
        CHECK(same(run(damaged, [] { return std::size_t{100000}; }), run(damaged, [&] { return std::size_t{1} + random() % 40; })));
    }
}
