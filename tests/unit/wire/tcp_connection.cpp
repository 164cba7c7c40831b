// wire/tcp_connection: who dialled, who answered, who ended it; of what was captured, and with numbers that lie.
#include "wire/tcp_connection.hpp"

#include <random>

#include <doctest/doctest.h>

#include "unit/wire/frames.hpp"

using namespace gbkit;
using namespace gbkit::test;
using namespace gbkit::wire;
using State = TcpConnection::State;

namespace {

// Ends 0 and 1; 0 dials with sequence number 100, 1 answers with 500.
struct Talk {
    TcpConnection connection = {};
    std::int64_t now = 0;
    std::uint64_t frame = 0;

    bool from(std::size_t end, std::uint32_t sequence, std::uint32_t acknowledgement, std::uint8_t flags, std::string_view payload = {}) {
        TcpSegment segment;
        segment.sequence = sequence;
        segment.acknowledgement = acknowledgement;
        segment.syn = (flags & syn) != 0;
        segment.fin = (flags & fin) != 0;
        segment.rst = (flags & rst) != 0;
        segment.ack = (flags & ack) != 0;
        segment.payload = as_bytes(payload);
        return connection.see(end, segment, {++frame, at(now)});
    }
    bool dial() { return from(0, 100, 0, syn); }
    bool answer() { return from(1, 500, 101, syn | ack); }
};

}  // namespace

TEST_CASE("dialled, answered, closed: each change once, with its place") {
    Talk talk;
    CHECK(talk.connection.state() == State::unseen);
    CHECK(talk.dial());
    CHECK(talk.connection.state() == State::dialling);
    CHECK(talk.connection.opener() == 0);
    CHECK(talk.connection.syn().frame == 1);
    CHECK(talk.answer());
    CHECK(talk.connection.state() == State::open);
    CHECK_FALSE(talk.from(0, 101, 501, ack));
    CHECK_FALSE(talk.from(0, 101, 501, ack, "abc"));
    CHECK_FALSE(talk.from(1, 501, 104, ack, "defgh"));
    CHECK(talk.from(1, 506, 104, fin | ack));
    CHECK(talk.connection.state() == State::closed);
    CHECK(talk.connection.ended_by() == 1);
    CHECK_FALSE(talk.from(0, 104, 507, fin | ack));
    CHECK_FALSE(talk.from(0, 105, 507, rst));   // a habit of many hosts after the end
    CHECK(talk.connection.state() == State::closed);
    CHECK(talk.connection.bytes(0) == 3);
    CHECK(talk.connection.bytes(1) == 5);
}

TEST_CASE("a RST that acknowledges the SYN is a refusal; others are not believed") {
    Talk talk;
    talk.dial();
    CHECK_FALSE(talk.from(1, 0, 100, rst | ack));     // of another SYN
    CHECK_FALSE(talk.from(1, 0, 0, rst));             // no acknowledgement
    CHECK_FALSE(talk.from(0, 101, 0, rst | ack));     // the opener's own
    CHECK(talk.connection.state() == State::dialling);
    CHECK(talk.from(1, 0, 101, rst | ack));
    CHECK(talk.connection.state() == State::refused);
    CHECK(talk.from(0, 900, 0, syn));                 // it tries again on the same ports
    CHECK(talk.connection.state() == State::dialling);
    CHECK(talk.connection.syn_copies() == 1);
    CHECK(talk.connection.first_sequence() == 900);
}

TEST_CASE("an open connection that is reset") {
    Talk talk;
    talk.dial();
    talk.answer();
    CHECK(talk.from(0, 101, 0, rst));
    CHECK(talk.connection.state() == State::reset);
    CHECK(talk.connection.ended_by() == 0);
}

TEST_CASE("a SYN that is repeated is counted; a mirror's copy is not") {
    Talk talk;
    talk.dial();
    talk.now += 40;
    CHECK_FALSE(talk.dial());
    for (const std::int64_t later : {1'000'000, 3'000'000, 7'000'000}) {
        talk.now = later;
        CHECK(talk.dial());
        talk.now += 40;
        CHECK_FALSE(talk.dial());
    }
    CHECK(talk.connection.state() == State::dialling);
    CHECK(talk.connection.syn_copies() == 4);
    CHECK(talk.connection.syn().frame == 1);
    CHECK(talk.connection.last_syn().time == at(7'000'000));
    talk.answer();
    talk.now += 9'000'000;
    CHECK_FALSE(talk.dial());   // late, on its way for long
    CHECK(talk.connection.state() == State::open);
}

TEST_CASE("a capture that lacks the answer, the SYN, or both") {
    Talk one_way;
    one_way.dial();
    CHECK(one_way.from(0, 101, 501, ack, "abc"));   // it heard an answer
    CHECK(one_way.connection.state() == State::open);
    CHECK(one_way.connection.bytes(0) == 3);

    Talk other_way;
    CHECK(other_way.answer());
    CHECK(other_way.connection.state() == State::open);
    CHECK(other_way.connection.opener() == 0);
    CHECK(other_way.connection.syn_copies() == 0);
    CHECK(other_way.connection.syn().frame == 0);

    Talk middle;
    CHECK_FALSE(middle.from(0, 7000, 8000, ack, "abc"));
    CHECK_FALSE(middle.from(1, 8000, 7003, fin | ack));
    CHECK(middle.connection.state() == State::unseen);

    Talk at_once;   // answer and end in one segment, the SYN-ACK not captured
    at_once.dial();
    CHECK(at_once.from(1, 501, 101, fin | ack));
    CHECK(at_once.connection.state() == State::closed);
    CHECK(at_once.connection.ended_by() == 1);
}

TEST_CASE("an old SYN-ACK with other numbers opens nothing") {
    Talk talk;
    talk.dial();
    CHECK_FALSE(talk.from(1, 500, 77, syn | ack));
    CHECK_FALSE(talk.from(0, 5000, 501, ack));
    CHECK(talk.connection.state() == State::dialling);
}

TEST_CASE("whatever comes, states follow one another as they can") {
    std::mt19937 random(3);
    TcpConnection connection;
    State before = State::unseen;
    for (int i = 0; i < 200'000; ++i) {
        TcpSegment segment;
        segment.sequence = 99 + static_cast<std::uint32_t>(random() % 4);
        segment.acknowledgement = 99 + static_cast<std::uint32_t>(random() % 4);
        segment.syn = random() % 4 == 0;
        segment.fin = random() % 6 == 0;
        segment.rst = random() % 6 == 0;
        segment.ack = random() % 2 == 0;
        const bool changed = connection.see(random() % 2, segment, {static_cast<std::uint64_t>(i), at(i * 1000)});
        const State now = connection.state();
        if (now != before) CHECK(changed);
        if (now == State::refused && now != before) CHECK(before == State::dialling);
        if ((now == State::closed || now == State::reset) && now != before) CHECK((before == State::open || before == State::dialling));
        if (now == State::unseen) CHECK(before == State::unseen);
        before = now;
    }
}
