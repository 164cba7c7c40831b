// wire/tcp_stream: the bytes as they were sent, whatever the order, and what is missing told.
#include "wire/tcp_stream.hpp"

#include <algorithm>
#include <random>
#include <string>

#include <doctest/doctest.h>

#include "unit/wire/frames.hpp"

using namespace gbkit;
using namespace gbkit::test;
using namespace gbkit::wire;

namespace {

// A stream whose output is written down: "abc[4]def" has a gap of 4 bytes, "|" is a new connection.
struct Reader {
    TcpStream stream;
    std::string out = {};
    std::uint64_t expected = 0;
    std::uint64_t frame = 0;
    std::vector<std::uint64_t> frames = {};

    TcpStream::Sink sink() {
        return [this](const TcpPiece& piece) {
            if (piece.offset == 0 && expected > 0) out += '|';
            if (piece.offset == 0) expected = 0;
            if (piece.gap > 0) out += '[' + std::to_string(piece.gap) + ']';
            CHECK(piece.offset == expected + piece.gap);
            CHECK_FALSE(piece.bytes.empty());
            out += as_text(piece.bytes);
            expected = piece.offset + piece.bytes.size();
            frames.push_back(piece.frame);
        };
    }
    void push(std::uint32_t sequence, std::string_view payload, std::uint8_t flags = ack, std::size_t cut = 0) {
        TcpSegment segment;
        segment.cut = cut;
        segment.sequence = sequence;
        segment.syn = (flags & syn) != 0;
        segment.fin = (flags & fin) != 0;
        segment.rst = (flags & rst) != 0;
        segment.payload = as_bytes(payload);
        stream.push(segment, ++frame, sink());
    }
    void acked(std::uint32_t sequence) { stream.acknowledged(sequence, sink()); }
    void finish() { stream.finish(sink()); }
};

std::string letters(std::size_t size) {
    std::string all(size, ' ');
    for (std::size_t i = 0; i < size; ++i) all[i] = static_cast<char>('a' + (i * 31 + i / 26 * 7 + i / 777) % 26);
    return all;
}

}  // namespace

TEST_CASE("in order, and each byte once") {
    Reader reader;
    reader.push(99, "", syn);
    reader.push(100, "abc");
    reader.push(103, "def");
    reader.push(100, "abcdef");   // resend
    reader.push(104, "efgh");     // half of it new
    reader.push(105, "f");        // keep-alive
    CHECK(reader.out == "abcdefgh");
    CHECK(reader.stream.counts().retransmitted_bytes == 9);
    CHECK(reader.stream.counts().gap_bytes == 0);
}

TEST_CASE("early segments wait for the hole to be filled and keep their frame number") {
    Reader reader;
    reader.push(99, "", syn);
    reader.push(106, "ghi");
    reader.push(103, "def");
    CHECK(reader.out.empty());
    CHECK(reader.stream.held_bytes() == 6);
    reader.push(100, "abc");
    CHECK(reader.out == "abcdefghi");
    CHECK(reader.frames == std::vector<std::uint64_t>{4, 3, 2});
    CHECK(reader.stream.held_bytes() == 0);
}

TEST_CASE("the first copy of overlapping bytes wins, differences are counted") {
    Reader reader;
    reader.push(99, "", syn);
    reader.push(103, "DEF");
    reader.push(106, "GHI");
    reader.push(101, "bcdefghijk");
    CHECK(reader.out.empty());
    reader.push(100, "a");
    CHECK(reader.out == "abcDEFGHIjk");
    CHECK(reader.stream.counts().conflicts == 6);
}

TEST_CASE("a stream met in the middle starts at its first data") {
    Reader reader;
    reader.push(5000, "");      // a bare ACK says nothing
    reader.push(5001, "abc");
    reader.push(5004, "def");
    reader.push(4990, "before the start");  // 11 bytes before, 5 known
    CHECK(reader.out == "abcdef");
}

TEST_CASE("sequence numbers wrap") {
    Reader reader;
    reader.push(0xFFFFFFFDU, "", syn);
    reader.push(0xFFFFFFFEU, "ab");
    reader.push(2, "ef");
    reader.push(0, "cd");
    CHECK(reader.out == "abcdef");
    Reader whole;
    whole.push(0xFFFFFFFFU, "", syn);
    whole.push(0, "abc");
    CHECK(whole.out == "abc");
}

TEST_CASE("a hole the peer acknowledged was never captured; swapped neighbours are not a hole") {
    Reader reader;
    reader.push(99, "", syn);
    reader.push(100, "abc");
    reader.push(107, "hij");
    reader.acked(110);
    CHECK(reader.out == "abc");   // the capture may have swapped frames
    reader.push(103, "defg");
    CHECK(reader.out == "abcdefghij");
    reader.push(112, "mn");
    reader.acked(114);
    reader.push(114, "op");
    reader.acked(116);
    reader.push(116, "qr");
    reader.acked(118);
    CHECK(reader.out == "abcdefghij[2]mnopqr");
    CHECK(reader.stream.counts().gap_bytes == 2);
    reader.push(110, "kl");       // and if it comes after all, it is too late
    CHECK(reader.out == "abcdefghij[2]mnopqr");
}

TEST_CASE("a hole is not given up while the peer has not acknowledged it") {
    Reader reader;
    reader.push(99, "", syn);
    reader.push(100, "abc");
    for (std::uint32_t i = 0; i < 50; ++i) {
        reader.push(110 + i, "x");
        reader.acked(103);
    }
    CHECK(reader.out == "abc");
    reader.push(103, "defghij");
    CHECK(reader.out == "abcdefghij" + std::string(50, 'x'));
}

TEST_CASE("the end tells what is missing") {
    Reader reader;
    reader.push(99, "", syn);
    reader.push(100, "abc");
    reader.push(105, "fg", fin);
    reader.finish();
    CHECK(reader.out == "abc[2]fg");
    CHECK(reader.stream.counts().gap_bytes == 0);  // nobody acknowledged them: they may come later

    Reader acknowledged;
    acknowledged.push(99, "", syn);
    acknowledged.push(100, "abc");
    acknowledged.push(105, "fg", fin);
    acknowledged.acked(108);
    acknowledged.finish();
    CHECK(acknowledged.out == "abc[2]fg");
    CHECK(acknowledged.stream.counts().gap_bytes == 2);

    Reader tail;  // acknowledged, never seen, nothing after it
    tail.push(99, "", syn);
    tail.push(100, "abc");
    tail.acked(110);
    tail.finish();
    CHECK(tail.stream.counts().gap_bytes == 7);

    Reader closed;  // the acknowledged FIN is no missing byte, seen or not
    closed.push(99, "", syn);
    closed.push(100, "abc", fin);
    closed.acked(104);
    closed.finish();
    CHECK(closed.stream.counts().gap_bytes == 0);
    Reader unseen;
    unseen.push(99, "", syn);
    unseen.push(100, "abc");
    unseen.acked(104);
    unseen.finish();
    CHECK(unseen.stream.counts().gap_bytes == 0);
}

TEST_CASE("a new SYN or an impossible jump is a new connection") {
    Reader reader;
    reader.push(99, "", syn);
    reader.push(100, "abc");
    reader.push(99, "", syn);       // the SYN again
    reader.push(103, "def");
    reader.push(700'000, "", syn);
    reader.push(700'001, "new");
    CHECK(reader.out == "abcdef|new");
    CHECK(reader.stream.counts().restarts == 1);
    reader.push(2'000'000'000, "newer");
    CHECK(reader.out == "abcdef|new|newer");
    CHECK(reader.stream.counts().gap_bytes == 0);
}

TEST_CASE("a reset carries no data and its numbers are not believed") {
    Reader reader;
    reader.push(99, "", syn);
    reader.push(100, "abc");
    reader.push(103, "why", rst);
    reader.push(4'000'000, "gone", rst);
    reader.push(103, "def");
    CHECK(reader.out == "abcdef");
}

TEST_CASE("what is held is bounded in bytes and pieces") {
    Reader reader{TcpStream({.held_bytes = 10, .held_pieces = 1000})};
    reader.push(99, "", syn);
    reader.push(105, "fghij");
    reader.push(112, "mnopqr");
    CHECK(reader.out == "[5]fghij");
    CHECK(reader.stream.held_bytes() == 6);
    Reader pieces{TcpStream({.held_bytes = 1 << 20, .held_pieces = 3})};
    pieces.push(99, "", syn);
    for (std::uint32_t i = 0; i < 4; ++i) pieces.push(102 + 2 * i, "x");
    CHECK(pieces.out == "[2]x");
}

TEST_CASE("random cuts, order, repeats and overlaps give the same bytes") {
    std::mt19937 random(11);
    const std::string whole = letters(20'000);
    for (int round = 0; round < 60; ++round) {
        const auto first = static_cast<std::uint32_t>(random());
        std::vector<std::pair<std::size_t, std::size_t>> cuts;  // offset, length
        for (std::size_t offset = 0; offset < whole.size();) {
            const std::size_t length = std::min<std::size_t>(random() % 700 + 1, whole.size() - offset);
            cuts.emplace_back(offset, length);
            if (random() % 4 == 0) cuts.emplace_back(offset, length);
            if (random() % 4 == 0) cuts.emplace_back(offset, std::min<std::size_t>(length + random() % 300, whole.size() - offset));
            offset += length;
        }
        for (std::size_t i = 0; i + 20 < cuts.size(); i += 10)
            std::shuffle(cuts.begin() + static_cast<std::ptrdiff_t>(i), cuts.begin() + static_cast<std::ptrdiff_t>(i + 20), random);
        Reader reader;
        reader.push(first - 1, "", syn);
        for (const auto& [offset, length] : cuts)
            reader.push(first + static_cast<std::uint32_t>(offset), std::string_view(whole).substr(offset, length));
        reader.finish();
        REQUIRE(reader.out == whole);
        CHECK(reader.stream.counts().gap_bytes == 0);
        CHECK(reader.stream.counts().conflicts == 0);
        CHECK(reader.stream.held_bytes() == 0);
    }
}

TEST_CASE("lost segments leave exactly their bytes out") {
    std::mt19937 random(5);
    const std::string whole = letters(10'000);
    Reader reader;
    reader.push(0, "", syn);
    std::uint64_t lost = 0;
    std::string kept;
    for (std::size_t offset = 0; offset < whole.size(); offset += 100) {
        const bool keep = offset == 0 || offset + 100 == whole.size() || random() % 5 != 0;
        if (keep) {
            reader.push(static_cast<std::uint32_t>(1 + offset), std::string_view(whole).substr(offset, 100));
            kept += whole.substr(offset, 100);
        } else {
            lost += 100;
        }
        reader.acked(static_cast<std::uint32_t>(1 + offset + 100));
    }
    reader.finish();
    CHECK(reader.stream.counts().gap_bytes == lost);
    std::string without_marks;
    for (std::size_t i = 0; i < reader.out.size(); ++i) {
        if (reader.out[i] == '[') i = reader.out.find(']', i);
        else without_marks += reader.out[i];
    }
    CHECK(without_marks == kept);
}

TEST_CASE("what the receiver has and the capture has not was lost by the capture, in so many segments") {
    Reader reader;
    const std::string segment(1000, 's');
    reader.push(99, "", syn);
    reader.push(100, segment);
    reader.push(3100, segment);    // 2,000 bytes before it are missing
    for (int i = 0; i < 4; ++i) reader.acked(4100);
    CHECK(reader.stream.counts().lost_bytes == 2000);
    CHECK(reader.stream.counts().lost_segments == 2);
    CHECK(reader.stream.counts().segments == 2);
    reader.push(6600, segment);    // and 2,500 that nobody acknowledges: they may come yet
    reader.finish();
    CHECK(reader.stream.counts().lost_bytes == 2000);
    Reader tail;
    tail.push(99, "", syn);
    tail.push(100, segment);
    tail.acked(1101);              // may be a FIN
    tail.finish();
    CHECK(tail.stream.counts().lost_bytes == 0);
    tail.push(99, "", syn);
    tail.push(100, segment);
    tail.acked(3600);
    tail.finish();
    CHECK(tail.stream.counts().lost_bytes == 2500);
    CHECK(tail.stream.counts().lost_segments == 3);
}

TEST_CASE("too much held is given up as a gap, and is no loss of the capture's") {
    Reader reader{TcpStream({.held_bytes = 10, .held_pieces = 1000})};
    reader.push(99, "", syn);
    reader.push(105, "fghijklmnopq");
    CHECK(reader.stream.counts().gap_bytes == 5);
    CHECK(reader.stream.counts().lost_bytes == 0);
}

TEST_CASE("bytes that the snap length cut off were not lost with a packet") {
    Reader reader;
    reader.push(99, "", syn);
    for (std::uint32_t i = 0; i < 10; ++i) {
        reader.push(100 + i * 1000, std::string(60, 'h'), ack, 940);
        reader.acked(100 + (i + 1) * 1000);
    }
    reader.finish();
    CHECK(reader.stream.counts().gap_bytes == 9400);
    CHECK(reader.stream.counts().lost_bytes == 0);
    CHECK(reader.stream.counts().lost_segments == 0);
}
