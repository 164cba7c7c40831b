// Connections: a fleet over TCP whose connections break, one that speaks both, redirections to follow.
#include <doctest/doctest.h>

#include "world/pair.hpp"

using namespace world;
using proto::Outcome;
using proto::Transport;

namespace {

const Endpoint elsewhere{IpAddress::v4(0x0A000009), 5062};

PairOptions over(Transport transport, std::uint32_t devices = 1) {
    PairOptions options;
    options.once = false;
    options.devices = devices;
    options.kind = [transport](proto::gb::DeviceSettings& settings, std::uint32_t) { settings.transport = transport; };
    return options;
}

std::vector<std::string> reasons(const Node& node) {
    std::vector<std::string> all;
    for (const auto& report : node.registrations) all.push_back(report.reason);
    return all;
}

std::size_t count(const std::vector<std::string>& all, std::string_view part) {
    return static_cast<std::size_t>(std::count_if(all.begin(), all.end(), [&](const std::string& one) { return one.find(part) != std::string::npos; }));
}

/// A platform whose answer to everybody is a 302, and the one it leads to.
struct Redirecting {
    Redirecting(PairOptions options, const proto::gb::RedirectTarget& target) : pair(with(std::move(options), target)) {
        proto::gb::RegistrarSettings own;
        own.tcp = true;
        own.server_id = "34020000002000000009";
        own.password = "12345678";
        other.emplace(own, Random(7));
        there = &pair.net.add(proto::machine_of(*other), elsewhere);
        pair.net.start(*there);
        pair.start();
    }
    static PairOptions with(PairOptions options, const proto::gb::RedirectTarget& target) {
        options.platform = [target](auto& settings) { settings.redirect = target; };
        return options;
    }
    /// The 302 names a host instead of an address.
    void write_host(const std::string& host) {
        pair.platform->machine = {[machine = pair.platform->machine, host](Time now, const proto::Event& event, proto::Actions& actions) {
                                      proto::Actions own;
                                      machine.step(now, event, own);
                                      for (proto::Action& action : own) {
                                          if (auto* send = std::get_if<proto::Send>(&action))
                                              if (const auto at = send->bytes.find(elsewhere.text()); at != std::string::npos)
                                                  send->bytes.replace(at, elsewhere.text().size(), host);
                                          actions.push_back(std::move(action));
                                      }
                                  },
                                  pair.platform->machine.deadline};
    }
    Pair pair;
    std::optional<proto::gb::Registrar> other;
    Node* there = nullptr;
};

const proto::gb::RedirectTarget to_the_other{"34020000002000000009", elsewhere};

}  // namespace

TEST_CASE("over TCP, role against role on connections that break: all are back, nothing is left over") {
    std::uint64_t lost = 0, events = 0;
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        PairOptions options = over(Transport::tcp, 1 + static_cast<std::uint32_t>(seed % 5));
        options.seed = seed;
        options.link = {.shortest = milliseconds{1}, .longest = milliseconds{300}};
        Pair pair(options);
        for (auto& kind : pair.kinds) kind.persistent = true;
        CAPTURE(seed);
        pair.start();
        pair.net.link.breaks = 0.002 * static_cast<double>(seed % 50);
        pair.run(minutes{40});
        pair.net.link.breaks = 0;
        pair.run(minutes{6});
        REQUIRE(pair.registrar->locations().size() == options.devices);
        REQUIRE(pair.net.connections() == options.devices);
        const auto at_home = [&] {
            const auto& all = pair.fleet->members();
            return std::all_of(all.begin(), all.end(), [](const auto& device) { return device.registered(); });
        };
        for (int i = 0; i < 10 && !at_home(); ++i) pair.run(seconds{1});  // one may be refreshing just now
        REQUIRE(at_home());
        for (const State state : pair.states(*pair.device)) lost += state == State::expired;
        pair.net.step(*pair.device, proto::Stop{});
        REQUIRE(pair.run(minutes{1}));
        REQUIRE(pair.device->finish->outcome == Outcome::yes);
        REQUIRE(pair.registrar->locations().size() == 0);
        events += pair.net.events;
    }
    MESSAGE(lost << " connections of registered devices broke; " << events << " events");
    CHECK(lost > 1000);
}

TEST_CASE("over TCP, an answer that never comes on a connection that stays: it is hung up, the next one works") {
    PairOptions options = over(Transport::tcp);
    Pair pair(options);
    pair.start();
    pair.run(seconds{10});
    bool dark = true;
    pair.net.lose = [&](const Node& from, const proto::Send&) { return dark && &from == pair.platform; };
    pair.run(minutes{7});  // three heartbeats unanswered, then a REGISTER
    CHECK(pair.states(*pair.device).back() != State::registered);
    dark = false;
    pair.run(minutes{4});
    CHECK(pair.states(*pair.device).back() == State::registered);
    CHECK(pair.net.connections() == 1);
}

TEST_CASE("one fleet over UDP, TCP and TLS at once; each says how it came") {
    PairOptions options = over(Transport::udp, 30);
    options.kind = [](proto::gb::DeviceSettings& settings, std::uint32_t index) { settings.transport = static_cast<Transport>(index % 3); };
    Pair pair(options);
    pair.start();
    pair.run(minutes{5});
    CHECK(pair.registrar->locations().size() == 30);
    CHECK(pair.net.connections() == 20);
    std::map<Transport, int> seen;
    for (const auto& report : pair.device->registrations)
        if (report.state == State::registered) ++seen[report.transport];
    CHECK(seen == std::map<Transport, int>{{Transport::udp, 10}, {Transport::tcp, 10}, {Transport::tls, 10}});
    CHECK(pair.device->keepalives.size() >= 30 * 4);
    for (const auto& keepalive : pair.device->keepalives) CHECK(keepalive.answered);
    pair.net.step(*pair.device, proto::Stop{});
    REQUIRE(pair.run(minutes{1}));
    CHECK(pair.registrar->locations().size() == 0);
}

TEST_CASE("302 over TCP: a connection to where it was sent, the old one closed; back when that platform is gone") {
    for (const Transport transport : {Transport::tcp, Transport::tls}) {
        Redirecting scene(over(transport), to_the_other);
        Pair& pair = scene.pair;
        pair.run(minutes{5});
        CHECK(scene.other->locations().size() == 1);
        CHECK(pair.registrar->locations().size() == 0);
        CHECK(scene.there->keepalives.size() >= 3);
        CHECK(pair.net.connections() == 1);
        CHECK(pair.device->registrations.back().peer == elsewhere);

        scene.there->finish = proto::Finish{Outcome::yes, "switched off"};
        proto::gb::RegistrarSettings plain;
        plain.tcp = true;
        plain.password = "12345678";
        pair.registrar.emplace(plain, Random(8));  // the redirector serves itself now
        pair.net.start(*pair.platform);
        pair.run(minutes{12});
        CHECK(pair.registrar->locations().size() == 1);
        CHECK(pair.states(*pair.device).back() == State::registered);
        CHECK(pair.device->registrations.back().peer == platform_address);
        CHECK(count(reasons(*pair.device), "back to the redirector") == 1);
    }
}

TEST_CASE("302 over TCP to somebody who is not there: back once, then it is a refusal") {
    PairOptions options = over(Transport::tcp);
    Redirecting scene(options, {"34020000002000000009", {IpAddress::v4(0xC0000201), 5060}});
    REQUIRE(scene.pair.run());
    CHECK(scene.pair.device->finish->outcome == Outcome::refused);
    CHECK(count(reasons(*scene.pair.device), "redirected to") == 1);
    CHECK(count(reasons(*scene.pair.device), "back to the redirector: connection refused") == 1);
}

TEST_CASE("302 to a host name: looked up and followed; a name nobody knows is like a platform that fails") {
    for (const Transport transport : {Transport::udp, Transport::tcp}) {
        for (const bool known : {true, false}) {
            CAPTURE(known);
            Redirecting scene(over(transport), to_the_other);
            scene.write_host("other.example:5062");
            if (known) scene.pair.net.names["other.example"] = elsewhere.address;
            scene.pair.run(minutes{3});
            CHECK(scene.other->locations().size() == (known ? 1 : 0));
            CHECK(count(reasons(*scene.pair.device), "redirected to") == 1);
            if (known) continue;
            REQUIRE(scene.pair.device->finish);
            CHECK(scene.pair.device->finish->outcome == Outcome::refused);
            CHECK(count(reasons(*scene.pair.device), "cannot find other.example: name not known") >= 1);
        }
    }
}

TEST_CASE("302 to a name that has an address of the other family only cannot be followed; a stop while it is looked up ends it") {
    Redirecting scene(over(Transport::udp), to_the_other);
    scene.write_host("other.example:5062");
    scene.pair.net.names["other.example"] = *IpAddress::parse("2001:db8::9");
    scene.pair.run(minutes{3});
    REQUIRE(scene.pair.device->finish);
    CHECK(count(reasons(*scene.pair.device), "no address of our family") >= 1);

    Redirecting stopped(over(Transport::tcp), to_the_other);
    stopped.write_host("other.example:5062");
    stopped.pair.net.link.shortest = stopped.pair.net.link.longest = seconds{1};
    stopped.pair.run(milliseconds{6500});
    stopped.pair.net.step(*stopped.pair.device, proto::Stop{});
    REQUIRE(stopped.pair.device->finish);
    stopped.pair.run(minutes{2});
    CHECK(stopped.other->locations().size() == 0);
}
