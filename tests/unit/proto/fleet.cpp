// Requests that come to a fleet, and how a fleet begins and ends.
#include "proto/fleet.hpp"

#include <map>
#include <optional>
#include <vector>

#include <doctest/doctest.h>

#include "proto/gb/device.hpp"

using namespace gbkit;
using namespace gbkit::proto;

namespace {

struct Bench {
    Bench() {
        settings.server_id = "34020000002000000001";
        settings.domain = "3402000000";
        std::vector<gb::Device> devices;
        for (const char* id : {"34020000001320000001", "34020000001320000002"})
            devices.emplace_back(gb::DeviceIdentity{id, id, "12345678"}, settings);
        fleet.emplace(FleetSettings{.server = {IpAddress::v4(0x7F000001), 5060}}, std::move(devices), Random(1));
    }
    void step(const Event& event) {
        out.clear();
        fleet->step(now, event, out);
    }
    void open() {
        step(Started{});
        step(Opened{1, {IpAddress::v4(0x7F000002), 40000}, {}});
    }
    std::string ask(const std::string& method, const std::string& uri_user, const std::string& to_user) {
        const std::string n = std::to_string(++serial);
        const std::string request = method + " sip:" + uri_user + "@127.0.0.2 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:5060;rport;branch=z9hG4bK" + n +
                                    "\r\nFrom: <sip:34020000002000000001@3402000000>;tag=f\r\nTo: <sip:" + to_user +
                                    "@3402000000>\r\nCall-ID: c\r\nCSeq: " + n + " " + method + "\r\nContent-Length: 0\r\n\r\n";
        step(Received{1, {IpAddress::v4(0x7F000001), 5060}, request, {}});
        for (const Action& action : out)
            if (const auto* send = std::get_if<Send>(&action)) return send->bytes.substr(8, 3);
        return "";
    }
    [[nodiscard]] const Finish* finish() const {
        for (const Action& action : out)
            if (const auto* finish = std::get_if<Finish>(&action)) return finish;
        return nullptr;
    }

    Time now = from_unix(1'700'000'000);
    gb::DeviceSettings settings;
    std::optional<Fleet<gb::Device>> fleet;
    Actions out;
    int serial = 0;
};

}  // namespace

TEST_CASE("a request finds its device by the Request-URI, else by To; nobody is 404") {
    Bench b;
    b.open();
    CHECK(b.ask("OPTIONS", "34020000001320000002", "34020000001320000002") == "200");
    CHECK(b.ask("MESSAGE", "somebody", "34020000001320000001") == "200");
    CHECK(b.ask("MESSAGE", "34020000001320000001", "somebody") == "200");
    CHECK(b.ask("MESSAGE", "somebody", "somebody") == "404");
    CHECK(b.ask("INVITE", "34020000001320000001", "34020000001320000001") == "405");
    CHECK(b.ask("ACK", "34020000001320000001", "34020000001320000001").empty());
    CHECK(b.ask("ACK", "somebody", "somebody").empty());
}

TEST_CASE("an address that cannot be opened ends the fleet; so does a Stop before it opened") {
    Bench refused;
    refused.step(Started{});
    refused.step(Refused{1, "no route to 192.0.2.1", {}});
    REQUIRE(refused.finish());
    CHECK(refused.finish()->outcome == Outcome::unreachable);
    CHECK_FALSE(refused.fleet->deadline());
    Bench stopped;
    stopped.step(Started{});
    stopped.step(Stop{});
    REQUIRE(stopped.finish());
    CHECK(stopped.finish()->outcome == Outcome::interrupted);
}

TEST_CASE("the fleet ends with the outcome that counts among its members'") {
    Bench b;
    b.open();
    CHECK_FALSE(b.finish());
    b.step(Refused{1, "connection refused", Endpoint{IpAddress::v4(0x7F000001), 5060}});
    REQUIRE(b.finish());
    CHECK(b.finish()->outcome == Outcome::unreachable);
    CHECK(worse(Outcome::yes, Outcome::timeout) == Outcome::timeout);
    CHECK(worse(Outcome::timeout, Outcome::refused) == Outcome::refused);
    CHECK(worse(Outcome::protocol_error, Outcome::refused) == Outcome::protocol_error);
    CHECK(worse(Outcome::interrupted, Outcome::unreachable) == Outcome::unreachable);
    CHECK(worse(Outcome::yes, Outcome::yes) == Outcome::yes);
}

namespace {

// A fleet against a platform that answers at once, or not at all.
struct Load {
    explicit Load(FleetSettings fleet_settings, std::size_t count = 1000) {
        settings.server_id = "34020000002000000001";
        settings.domain = "3402000000";
        fleet_settings.server = {IpAddress::v4(0x7F000001), 5060};
        std::vector<gb::Device> devices;
        for (std::size_t i = 0; i < count; ++i) devices.emplace_back(gb::DeviceIdentity{"d" + std::to_string(i), "u", "p"}, settings);
        fleet.emplace(std::move(fleet_settings), std::move(devices), Random(1));
        step(Started{});
        for (FlowId flow = 1; flow <= opens; ++flow)
            step(Opened{flow, {IpAddress::v4(0x7F000100 + flow), static_cast<std::uint16_t>(40000 + flow)}, {}});
    }
    void step(const Event& event) {
        Actions out;
        fleet->step(now, event, out);
        for (const Action& action : out) {
            if (std::get_if<Open>(&action)) ++opens;
            if (const auto* send = std::get_if<Send>(&action)) sent(*send);
            if (const auto* report = std::get_if<Report>(&action))
                if (const auto* phase = std::get_if<PhaseReport>(report)) phases.push_back({phase->phase, now});
            if (const auto* finish = std::get_if<Finish>(&action)) finished = *finish;
        }
    }
    void sent(const Send& send) {
        starts.push_back(now);
        per_flow[send.flow]++;
        if (answers) waiting.push_back({send.flow, send.bytes});
    }
    // Each REGISTER gets a 200 with the Expires it asked for.
    void answer_all() {
        while (!waiting.empty()) {
            const auto [flow, request] = waiting.front();
            waiting.erase(waiting.begin());
            std::string reply = "SIP/2.0 200 OK\r\n";
            std::size_t at = request.find("\r\n") + 2;
            while (at < request.size() && request.compare(at, 2, "\r\n") != 0) {
                const std::size_t end = request.find("\r\n", at) + 2;
                const std::string line = request.substr(at, end - at);
                for (const char* kept : {"Via:", "From:", "To:", "Call-ID:", "CSeq:", "Expires:"})
                    if (line.starts_with(kept)) reply += kept == std::string("To:") ? line.substr(0, line.size() - 2) + ";tag=t\r\n" : line;
                at = end;
            }
            reply += "Content-Length: 0\r\n\r\n";
            step(Received{flow, {IpAddress::v4(0x7F000001), 5060}, reply, {}});
        }
    }
    void run(Time until) {
        for (;;) {
            answer_all();
            const auto next = fleet->deadline();
            if (finished || !next || *next > until) break;
            now = std::max(now, *next);
            step(Woken{});
        }
        now = until;
    }

    Time now = from_unix(1'700'000'000);
    const Time begun = now;
    bool answers = true;
    gb::DeviceSettings settings;
    std::optional<Fleet<gb::Device>> fleet;
    std::vector<Time> starts;
    std::map<FlowId, int> per_flow;
    std::vector<std::pair<FlowId, std::string>> waiting;
    std::vector<std::pair<std::size_t, Time>> phases;
    std::optional<Finish> finished;
    FlowId opens = 0;
};

std::size_t registered(const Load& load) {
    std::size_t count = 0;
    for (const gb::Device& device : load.fleet->members()) count += device.registered() ? 1U : 0U;
    return count;
}

}  // namespace

TEST_CASE("a rate is kept: a hundred a second, evenly, and not one of them lost") {
    Load load({.rate = 100});
    load.run(load.begun + seconds{5});
    CHECK(load.starts.size() >= 499);
    CHECK(load.starts.size() <= 502);
    load.run(load.begun + seconds{10});
    CHECK(load.starts.size() == 1000);
    CHECK(registered(load) == 1000);
    for (std::size_t i = 100; i < load.starts.size(); ++i)
        CHECK(load.starts[i] - load.starts[i - 100] >= milliseconds{970});
}

TEST_CASE("high rates begin in small groups; a late timer earns no burst") {
    Load load({.rate = 20'000});
    CHECK(load.starts.size() == 1);
    load.answer_all();
    load.now += seconds{3};
    load.step(Woken{});
    load.answer_all();
    CHECK(load.starts.size() <= 402);  // 20 ms of it
    load.run(load.begun + seconds{4});
    CHECK(load.starts.size() == 1000);
}

TEST_CASE("no more are under way than may be; an answer lets the next begin") {
    Load load({.outstanding = 10});
    CHECK(load.starts.size() == 10);
    load.answer_all();
    CHECK(load.starts.size() == 1000);
    CHECK(registered(load) == 1000);
}

TEST_CASE("addresses are taken in turn, and the fleet begins when all are open") {
    FleetSettings settings;
    settings.more_binds.resize(3);
    Load load(settings);
    CHECK(load.opens == 4);
    CHECK(load.starts.size() == 1000);
    for (FlowId flow = 1; flow <= 4; ++flow) CHECK(load.per_flow[flow] == 250);
    load.answer_all();
    CHECK(registered(load) == 1000);
}

TEST_CASE("phases: ramp, hold, storm, then everybody leaves") {
    Load load({.rate = 500,
               .phases = {{FleetPhase::Kind::ramp, {}}, {FleetPhase::Kind::hold, seconds{30}}, {FleetPhase::Kind::storm, {}}}});
    load.run(load.begun + seconds{20});
    CHECK(load.starts.size() == 1000);
    load.run(load.begun + hours{1});
    REQUIRE(load.phases.size() == 4);
    CHECK(load.phases[0].second == load.begun);
    const Duration ramp = load.phases[1].second - load.begun;
    CHECK(ramp > milliseconds{1900});
    CHECK(ramp < milliseconds{2100});
    CHECK(load.phases[2].second - load.phases[1].second == seconds{30});
    CHECK(load.phases[3].second - load.phases[2].second > milliseconds{1900});
    CHECK(load.phases[3].first == 3);
    CHECK(load.starts.size() == 3000);  // in, again, out
    REQUIRE(load.finished);
    CHECK(load.finished->outcome == Outcome::yes);
}

TEST_CASE("a Stop in the middle of a ramp: those who are in leave at the same pace, the others never came") {
    Load load({.rate = 100});
    load.run(load.begun + seconds{2});
    const std::size_t in = registered(load);
    CHECK(in < 210);
    load.step(Stop{});
    load.run(load.begun + seconds{10});
    REQUIRE(load.finished);
    CHECK(load.finished->outcome == Outcome::interrupted);
    CHECK(load.starts.size() == 2 * in);
}
