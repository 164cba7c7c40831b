// The loop against itself: two machines on loopback sockets, timers, stops, signals.
#include "io/loop.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <system_error>
#include <thread>

using namespace gbkit;
using namespace gbkit::io;
using namespace gbkit::proto;

namespace {

const Endpoint loopback{*IpAddress::parse("127.0.0.1"), 0};

// A machine made of one function; its deadline is a variable.
struct Scripted {
    std::function<void(Time, const Event&, Actions&)> act;
    std::optional<Time> wake_at{};
    void step(Time now, const Event& event, Actions& out) { act(now, event, out); }
    [[nodiscard]] std::optional<Time> deadline() const { return wake_at; }
};

template <class T>
bool is(const Event& event) {
    return std::holds_alternative<T>(event);
}

LoopOptions quiet() { return {.signals = false}; }

}  // namespace

TEST_CASE("a datagram to itself: opened, sent, received, seen on the tap, finished") {
    Endpoint self;
    Scripted machine{[&](Time, const Event& event, Actions& out) {
        if (is<Started>(event)) out.push_back(Open{1, Transport::udp, loopback, std::nullopt});
        if (const auto* opened = std::get_if<Opened>(&event)) {
            self = opened->local;
            out.push_back(Send{1, self, "ping"});
        }
        if (const auto* received = std::get_if<Received>(&event)) {
            CHECK(received->bytes == "ping");
            CHECK(received->from == self);
            CHECK(received->to == self);
            out.push_back(Finish{Outcome::yes, "done"});
        }
    }};
    Tap tap;
    std::vector<std::pair<Direction, std::string>> seen;
    tap.add({.packet = [&](const Packet& packet) {
        seen.emplace_back(packet.direction, as_text(packet.bytes));
        CHECK(packet.number == seen.size());
        CHECK(packet.source == self);
        CHECK(packet.destination == self);
    }});
    Loop loop(quiet(), tap);
    Endpoint told;
    loop.set_hooks({.opened = [&](Time, const OpenedFlow& opened) { told = opened.local; CHECK(opened.receive_buffer > 0); }});
    const LoopEnd end = loop.run(machine_of(machine));
    CHECK(end.finish.outcome == Outcome::yes);
    CHECK(end.signal == 0);
    CHECK(told == self);
    CHECK(seen == std::vector<std::pair<Direction, std::string>>{{Direction::sent, "ping"}, {Direction::received, "ping"}});
}

TEST_CASE("the timer wakes at the deadline, and again when it moves") {
    std::vector<Time> woken;
    Time begun{};
    Scripted machine{{}, {}};
    machine.act = [&](Time now, const Event& event, Actions& out) {
        if (is<Started>(event)) begun = now;
        if (is<Woken>(event)) woken.push_back(now);
        machine.wake_at = begun + milliseconds{20} * static_cast<int>(woken.size() + 1);
        if (woken.size() == 3) out.push_back(Finish{Outcome::yes, ""});
    };
    Tap tap;
    Loop loop(quiet(), tap);
    loop.run(machine_of(machine));
    REQUIRE(woken.size() == 3);
    for (std::size_t i = 0; i < 3; ++i) {
        CHECK(woken[i] >= begun + milliseconds{20} * static_cast<int>(i + 1));
        CHECK(woken[i] < begun + milliseconds{20} * static_cast<int>(i + 1) + seconds{1});
    }
}

TEST_CASE("a deadline that moves away does not wake at its old place, one that comes nearer does in time") {
    struct Row { milliseconds first, then; };
    for (const Row row : {Row{milliseconds{20}, milliseconds{80}}, Row{milliseconds{5000}, milliseconds{40}}}) {
        CAPTURE(row.first.count());
        Time begun{}, woken{};
        Scripted machine{{}, {}};
        machine.act = [&](Time now, const Event& event, Actions& out) {
            if (is<Started>(event)) {
                begun = now;
                machine.wake_at = begun + row.first;
                out.push_back(Open{1, Transport::udp, {*IpAddress::parse("127.0.0.1"), 0}, std::nullopt});
            }
            if (const auto* opened = std::get_if<Opened>(&event)) out.push_back(Send{1, opened->local, "to itself"});
            if (is<Received>(event)) machine.wake_at = begun + row.then;  // the timer runs by now
            if (!is<Woken>(event)) return;
            woken = now;
            out.push_back(Finish{Outcome::yes, ""});
        };
        Tap tap;
        Loop loop(quiet(), tap);
        loop.run(machine_of(machine));
        CHECK(woken >= begun + row.then);
        CHECK(woken < begun + row.then + seconds{2});
    }
}

TEST_CASE("ICMP comes back as Refused with the peer, and on the tap") {
    std::optional<Refused> refused;
    Endpoint nobody;
    Scripted machine{[&](Time, const Event& event, Actions& out) {
        if (is<Started>(event)) out.push_back(Open{1, Transport::udp, loopback, std::nullopt});
        if (const auto* opened = std::get_if<Opened>(&event)) {
            nobody = {opened->local.address, static_cast<std::uint16_t>(opened->local.port == 9 ? 10 : 9)};
            out.push_back(Send{1, nobody, "x"});
        }
        if (const auto* event_refused = std::get_if<Refused>(&event)) {
            refused = *event_refused;
            out.push_back(Finish{Outcome::unreachable, ""});
        }
    }};
    Tap tap;
    int unreachable = 0;
    tap.add({.packet = [](const Packet&) {}, .unreachable = [&](const Unreachable& error) {
        ++unreachable;
        CHECK(error.destination == nobody);
        CHECK(error.code == 3);
    }});
    Loop loop({.duration = seconds{5}, .signals = false}, tap);
    loop.run(machine_of(machine));
    REQUIRE(refused);
    CHECK(refused->peer == nobody);
    CHECK(refused->error == "connection refused");
    CHECK(unreachable == 1);
}

TEST_CASE("stop, duration and the first signal are the same Stop; the second signal ends at once") {
    for (const int how : {0, 1, 2, 3}) {
        int stops = 0;
        Scripted machine{[&](Time, const Event& event, Actions& out) {
            if (is<Started>(event)) out.push_back(Open{1, Transport::udp, loopback, std::nullopt});
            if (!is<Stop>(event)) return;
            ++stops;
            if (how != 3) out.push_back(Finish{Outcome::yes, "stopped"});
            else std::raise(SIGTERM);
        }};
        Tap tap;
        LoopOptions options;
        options.signals = how >= 2;
        if (how == 1) options.duration = milliseconds{10};
        Loop loop(options, tap);
        loop.set_hooks({.opened = [&](Time, const OpenedFlow&) {
            if (how == 0) loop.stop();
            if (how >= 2) std::raise(SIGINT);
        }});
        const LoopEnd end = loop.run(machine_of(machine));
        CAPTURE(how);
        CHECK(stops == 1);
        CHECK(end.signal == (how == 3 ? SIGTERM : 0));
        CHECK(end.finish.outcome == (how == 3 ? Outcome::interrupted : Outcome::yes));
    }
}

TEST_CASE("the same signal twice at once, as timeout(1) sends it, is one wish") {
    int stops = 0;
    Scripted machine;
    machine.act = [&](Time now, const Event& event, Actions& out) {
        if (is<Started>(event)) out.push_back(Open{1, Transport::udp, loopback, std::nullopt});
        if (is<Stop>(event)) {
            ++stops;
            std::raise(SIGINT);
            machine.wake_at = now + milliseconds{100};  // leaving takes a while
        }
        if (!is<Woken>(event)) return;
        machine.wake_at.reset();
        if (stops > 0) out.push_back(Finish{Outcome::yes, "left in order"});
    };
    Tap tap;
    LoopOptions options;
    options.signals = true;
    Loop loop(options, tap);
    loop.set_hooks({.opened = [](Time, const OpenedFlow&) { std::raise(SIGINT); }});
    const LoopEnd end = loop.run(machine_of(machine));
    CHECK(stops == 1);
    CHECK(end.signal == 0);
    CHECK(end.finish.outcome == Outcome::yes);
}

TEST_CASE("an address in use is thrown") {
    Endpoint taken;
    Scripted machine{[&](Time, const Event& event, Actions& out) {
        if (is<Started>(event)) out.push_back(Open{1, Transport::udp, loopback, std::nullopt});
        if (const auto* opened = std::get_if<Opened>(&event)) {
            taken = opened->local;
            out.push_back(Open{2, Transport::udp, taken, std::nullopt});
        }
    }};
    Tap tap;
    Loop loop(quiet(), tap);
    CHECK_THROWS_AS(loop.run(machine_of(machine)), std::system_error);
}

TEST_CASE("the clock does not go back and starts at the wall's time") {
    const Clock clock;
    const Time first = clock.now();
    CHECK(clock.now() >= first);
    const auto apart = first - std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
    CHECK(std::abs(to_seconds(apart)) < 1.0);
}
