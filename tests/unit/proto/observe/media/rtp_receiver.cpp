// Order, loss and jitter of one RTP source: wraps, windows, latecomers, restarts, what the capture missed.
#include <doctest/doctest.h>

#include <vector>

#include "proto/observe/media/rtp_receiver.hpp"
#include "unit/wire/rtp/samples.hpp"

using namespace gbkit;
using namespace gbkit::proto::observe;
namespace samples = gbkit::test::rtp;

namespace {

struct Given {
    std::uint16_t sequence = 0;
    std::uint32_t lost = 0;
    std::uint16_t first_lost = 0;
    bool restarted = false, capture_lost = false;
    Bytes payload;
};

/// Feeds packets whose payload is their sequence number.
struct Run {
    explicit Run(RtpReceiver::Window window = {}) : receiver([this](const RtpInOrder& packet) { note(packet); }, window) {}

    void note(const RtpInOrder& packet) {
        given.push_back({packet.packet.sequence, packet.lost_before, packet.first_lost, packet.restarted, packet.capture_lost,
                         Bytes(packet.packet.payload.begin(), packet.packet.payload.end())});
        places.push_back(packet.place);
    }
    void see(unsigned sequence, RtpPlace place = {}, std::uint32_t timestamp = 0) {
        const auto number = static_cast<std::uint16_t>(sequence);
        const Bytes payload{static_cast<std::uint8_t>(number >> 8), static_cast<std::uint8_t>(number)};
        const Bytes bytes = samples::packet({.sequence = number, .timestamp = timestamp}, payload);
        place.packet = ++arrived;
        receiver.see(*wire::rtp::parse_packet(bytes), place);
    }
    [[nodiscard]] std::vector<std::uint16_t> sequences() const {
        std::vector<std::uint16_t> all;
        for (const Given& each : given) {
            all.push_back(each.sequence);
            CHECK(each.payload == Bytes{static_cast<std::uint8_t>(each.sequence >> 8), static_cast<std::uint8_t>(each.sequence)});
        }
        return all;
    }
    [[nodiscard]] const RtpStatistics& statistics() const { return receiver.statistics(); }

    std::vector<Given> given;
    std::vector<RtpPlace> places;
    std::uint64_t arrived = 0;
    RtpReceiver receiver;
};

RtpPlace at(Duration time) { return {.time = from_unix(1'000'000'000) + time}; }

}  // namespace

TEST_CASE("rtp receiver: in order over the wrap of 16 bits, packet by packet") {
    Run run;
    for (unsigned i = 0; i < 70'000; ++i) {
        run.see(65'000 + i);
        REQUIRE(run.given.size() == i + 1);  // nothing waits
    }
    CHECK(run.statistics().packets == 70'000);
    CHECK(run.statistics().expected == 70'000);
    CHECK(run.statistics().lost + run.statistics().reordered + run.statistics().duplicates + run.statistics().restarts == 0);
}

TEST_CASE("rtp receiver: packets out of order wait for those before them") {
    Run run;
    for (const unsigned sequence : {65534U, 0U, 65535U, 3U, 2U, 1U, 4U}) run.see(sequence);
    CHECK(run.sequences() == std::vector<std::uint16_t>{65534, 65535, 0, 1, 2, 3, 4});
    CHECK(run.places[1].packet == 3);
    CHECK(run.statistics().reordered == 3);
    CHECK(run.statistics().lost == 0);
}

TEST_CASE("rtp receiver: a hole is given up when the window is full, when its time is over, and at the end") {
    Run by_packets({.packets = 4, .time = seconds(100), .bytes = 100'000});
    for (const unsigned sequence : {1U, 2U, 5U, 6U, 7U, 8U}) by_packets.see(sequence);
    CHECK(by_packets.given.size() == 2);
    by_packets.see(9);
    CHECK(by_packets.sequences() == std::vector<std::uint16_t>{1, 2, 5, 6, 7, 8, 9});
    CHECK(by_packets.given[2].lost == 2);
    CHECK(by_packets.given[2].first_lost == 3);
    CHECK(by_packets.given[3].lost == 0);
    CHECK(by_packets.statistics().lost == 2);
    CHECK(by_packets.statistics().largest_gap == 2);
    CHECK(by_packets.statistics().expected == 9);
    by_packets.see(3);
    CHECK(by_packets.statistics().too_late == 1);
    CHECK(by_packets.given.size() == 7);
    by_packets.see(3);
    CHECK(by_packets.statistics().duplicates == 1);

    Run by_time({.packets = 100, .time = milliseconds(500), .bytes = 100'000});
    by_time.see(1, at(milliseconds(0)));
    by_time.see(3, at(milliseconds(10)));
    by_time.see(4, at(milliseconds(509)));
    CHECK(by_time.given.size() == 1);
    by_time.see(5, at(milliseconds(510)));
    CHECK(by_time.sequences() == std::vector<std::uint16_t>{1, 3, 4, 5});

    Run by_bytes({.packets = 100, .time = seconds(100), .bytes = 5});
    for (const unsigned sequence : {1U, 3U, 4U, 5U}) by_bytes.see(sequence);
    CHECK(by_bytes.given.size() == 4);

    Run at_end;
    for (const unsigned sequence : {1U, 4U}) at_end.see(sequence);
    CHECK(at_end.given.size() == 1);
    at_end.receiver.finish();
    CHECK(at_end.given[1].lost == 2);
}

TEST_CASE("rtp receiver: two holes are told apart") {
    Run run({.packets = 2, .time = seconds(100), .bytes = 100'000});
    for (const unsigned sequence : {10U, 12U, 15U, 16U}) run.see(sequence);
    CHECK(run.sequences() == std::vector<std::uint16_t>{10, 12});
    run.receiver.finish();
    CHECK(run.given[1].lost == 1);
    CHECK(run.given[2].lost == 2);
    CHECK(run.given[2].first_lost == 13);
    CHECK(run.statistics().lost == 3);
}

TEST_CASE("rtp receiver: duplicates, waiting or given out") {
    Run run;
    for (const unsigned sequence : {1U, 1U, 3U, 3U, 2U, 2U}) run.see(sequence);
    CHECK(run.sequences() == std::vector<std::uint16_t>{1, 2, 3});
    CHECK(run.statistics().duplicates == 3);
    CHECK(run.statistics().packets == 3);
}

TEST_CASE("rtp receiver: a new run is believed after three packets, strays are not") {
    Run run;
    for (const unsigned sequence : {100U, 101U, 40'000U, 102U, 40'001U, 103U}) run.see(sequence);
    CHECK(run.statistics().strays == 2);
    CHECK(run.statistics().restarts == 0);
    for (const unsigned sequence : {50'000U, 50'001U, 50'002U, 50'003U}) run.see(sequence);
    CHECK(run.sequences() == std::vector<std::uint16_t>{100, 101, 102, 103, 50'000, 50'001, 50'002, 50'003});
    CHECK(run.given[4].restarted);
    CHECK(run.given[4].lost == 0);
    CHECK_FALSE(run.given[5].restarted);
    CHECK(run.statistics().restarts == 1);
    CHECK(run.statistics().lost == 0);
    CHECK(run.statistics().expected == 8);
    // And back: numbers of the first run are no duplicates.
    for (const unsigned sequence : {100U, 101U, 102U}) run.see(sequence);
    CHECK(run.statistics().restarts == 2);
    CHECK(run.statistics().duplicates == 0);
    CHECK(run.given.size() == 11);
}

TEST_CASE("rtp receiver: over TCP nothing waits") {
    Run run({.packets = 0, .time = Duration::zero(), .bytes = 0});
    for (const unsigned sequence : {1U, 3U, 4U}) run.see(sequence);
    CHECK(run.sequences() == std::vector<std::uint16_t>{1, 3, 4});
    CHECK(run.given[1].lost == 1);
    run.see(2);
    CHECK(run.statistics().too_late == 1);
}

TEST_CASE("rtp receiver: what the capture missed is not lost") {
    Run run({.packets = 0, .time = Duration::zero(), .bytes = 0});
    run.see(1);
    run.see(4, {.after_gap = true});
    CHECK(run.given[1].lost == 2);
    CHECK(run.given[1].capture_lost);
    CHECK(run.statistics().lost == 0);
    CHECK(run.statistics().not_captured == 2);
    run.see(5, {.cut = 900});
    CHECK(run.given.size() == 2);
    run.see(6);
    CHECK(run.given[2].lost == 1);
    CHECK(run.given[2].first_lost == 5);
    CHECK(run.given[2].capture_lost);
    CHECK(run.statistics().lost == 0);
    CHECK(run.statistics().not_captured == 3);
    run.see(8);
    CHECK_FALSE(run.given[3].capture_lost);
    CHECK(run.statistics().lost == 1);
}

TEST_CASE("rtp receiver: how fast it comes, against how fast it plays") {
    for (const int speed : {1, 4}) {
        Run run;
        for (unsigned i = 0; i < 200; ++i) run.see(i, at(milliseconds(40) * static_cast<int>(i) / speed), 3600 * i);
        CHECK(run.statistics().pace == doctest::Approx(speed));
    }
    Run jumps;   // a new run of timestamps is no speed
    for (unsigned i = 0; i < 200; ++i) jumps.see(i, at(milliseconds(40) * static_cast<int>(i)), 3600 * i + (i < 100 ? 0 : 90'000'000));
    CHECK(jumps.statistics().pace == doctest::Approx(1));
    Run brief;
    for (unsigned i = 0; i < 20; ++i) brief.see(i, at(milliseconds(40) * static_cast<int>(i)), 3600 * i);
    CHECK(brief.statistics().pace == 0);
}

TEST_CASE("rtp receiver: jitter as RFC 3550 A.8 has it") {
    Run run;
    double expected = 0;
    Duration time{};
    for (unsigned i = 0; i < 50; ++i) {
        const Duration late = milliseconds(i % 2 == 0 ? 0 : 8);
        run.see(i, at(time + late), 3600 * i);
        if (i > 0) expected += (8.0 - expected) / 16;
        time += milliseconds(40);
    }
    CHECK(run.statistics().jitter_ms == doctest::Approx(expected));
    CHECK(run.statistics().jitter_max_ms == doctest::Approx(expected));
    CHECK(run.statistics().jitter_mean_ms < expected);
    // A clock that jumps by an hour is no jitter.
    run.see(50, at(time), 3600 * 50 + 90'000U * 3600);
    CHECK(run.statistics().jitter_ms == doctest::Approx(expected));
    // G.711 counts 8,000 a second: 60 ms a packet, in time.
    Run voice;
    voice.receiver.set_clock(8'000);
    for (unsigned i = 0; i < 50; ++i) voice.see(i, at(milliseconds(60) * static_cast<int>(i)), 480 * i);
    CHECK(voice.statistics().jitter_max_ms == doctest::Approx(0));
    // Between two clocks there is no step.
    voice.receiver.set_clock(90'000);
    voice.see(50, at(milliseconds(3000)), 5'400 * 50);
    voice.see(51, at(milliseconds(3060)), 5'400 * 51);
    CHECK(voice.statistics().jitter_max_ms == doctest::Approx(0));
    // No times, no jitter.
    Run timeless;
    for (unsigned i = 0; i < 10; ++i) timeless.see(i, {}, 1'000'000 * i);
    CHECK(timeless.statistics().jitter_ms == 0);
}
