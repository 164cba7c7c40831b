// The connections of a fleet over TCP: one for each member, its end, the way back.
#include "proto/fleet.hpp"

#include <optional>
#include <vector>

#include <doctest/doctest.h>

#include "proto/gb/device.hpp"

using namespace gbkit;
using namespace gbkit::proto;

namespace {

using State = RegistrationReport::State;

const Endpoint server{IpAddress::v4(0x7F000001), 5060};

struct Bench {
    explicit Bench(std::size_t outstanding = SIZE_MAX) {
        settings.server_id = "34020000002000000001";
        settings.domain = "3402000000";
        settings.transport = Transport::tcp;
        std::vector<gb::Device> devices;
        for (const char* id : {"34020000001320000001", "34020000001320000002"})
            devices.emplace_back(gb::DeviceIdentity{id, id, "12345678"}, settings);
        fleet.emplace(FleetSettings{.server = server, .outstanding = outstanding}, std::move(devices), Random(1));
    }
    void step(const Event& event) {
        out.clear();
        fleet->step(now, event, out);
    }
    void opened(FlowId flow) { step(Opened{flow, {IpAddress::v4(0x7F000002), static_cast<std::uint16_t>(40000 + flow)}, server, {}}); }
    template <class T>
    std::vector<T> all() const {
        std::vector<T> found;
        for (const Action& action : out)
            if (const auto* wanted = std::get_if<T>(&action)) found.push_back(*wanted);
        return found;
    }
    std::vector<State> states() const {
        std::vector<State> found;
        for (const Report& report : all<Report>())
            if (const auto* registration = std::get_if<RegistrationReport>(&report)) {
                CHECK(registration->transport == Transport::tcp);
                found.push_back(registration->state);
            }
        return found;
    }
    /// 200 for the request that was just sent over this flow.
    void grant(FlowId flow) {
        std::string request;
        for (const Send& send : all<Send>())
            if (send.flow == flow) request = send.bytes;
        const auto message = wire::sip::parse(request);
        REQUIRE(message);
        const auto reply = sip::make_reply(*message, {}, 200, "OK", "t", {{"Expires", "3600"}});
        REQUIRE(reply);
        step(Received{flow, server, *reply, {}});
    }
    void wake() {
        REQUIRE(fleet->deadline());
        now = std::max(now, *fleet->deadline());
        step(Woken{});
    }
    void wake_until_open() {
        for (int i = 0; i < 200 && all<Open>().empty(); ++i) wake();
    }

    Time now = from_unix(1'700'000'000);
    gb::DeviceSettings settings;
    std::optional<Fleet<gb::Device>> fleet;
    Actions out;
};

}  // namespace

TEST_CASE("each member has a connection of its own and says so in Via and Contact") {
    Bench b;
    b.step(Started{});
    REQUIRE(b.all<Open>().size() == 2);
    CHECK(b.all<Open>()[0].flow != b.all<Open>()[1].flow);
    CHECK(b.all<Open>()[0].transport == Transport::tcp);
    CHECK(b.all<Open>()[0].peer == server);
    b.opened(2);
    REQUIRE(b.all<Send>().size() == 1);
    CHECK(b.all<Send>()[0].flow == 2);
    CHECK(b.all<Send>()[0].bytes.find("Via: SIP/2.0/TCP 127.0.0.2:40002;") != std::string::npos);
    CHECK(b.all<Send>()[0].bytes.find("<sip:34020000001320000002@127.0.0.2:40002;transport=tcp>") != std::string::npos);
}

TEST_CASE("a connection that is being opened counts as outstanding") {
    Bench b(1);
    b.step(Started{});
    CHECK(b.all<Open>().size() == 1);
    b.opened(1);
    CHECK(b.all<Open>().empty());
    b.grant(1);
    CHECK(b.all<Open>().size() == 1);
}

TEST_CASE("dropped is offline: told, reconnected after a moment, registered again; the other member stays") {
    Bench b;
    b.step(Started{});
    b.opened(1);
    b.grant(1);
    b.opened(2);
    b.grant(2);
    b.step(Closed{1, "the peer closed the connection"});
    CHECK(b.states() == std::vector<State>{State::expired});
    CHECK(b.all<Send>().empty());
    CHECK(b.all<Finish>().empty());
    CHECK(b.fleet->members()[1].registered());
    const Time dropped = b.now;
    b.wake_until_open();
    REQUIRE(b.all<Open>().size() == 1);
    CHECK(b.all<Open>()[0].flow == 1);
    CHECK(b.now >= dropped + seconds{1});
    CHECK(b.now <= dropped + seconds{5});
    b.opened(1);
    REQUIRE(b.all<Send>().size() == 1);
    b.grant(1);
    CHECK(b.states() == std::vector<State>{State::registered});
}

TEST_CASE("a reconnection that is refused is tried again, no sooner than the pause says") {
    Bench b;
    b.step(Started{});
    b.opened(1);
    b.grant(1);
    b.step(Refused{2, "connection refused", {}});
    CHECK(b.all<Finish>().empty());
    CHECK(b.fleet->members()[1].finished()->outcome == Outcome::unreachable);
    b.step(Closed{1, "gone"});
    b.wake_until_open();
    b.step(Refused{1, "connection refused", {}});
    CHECK(b.states() == std::vector<State>{State::unanswered});
    const Time refused = b.now;
    b.wake_until_open();
    REQUIRE(b.all<Open>().size() == 1);
    CHECK(b.now >= refused + b.settings.retry);
    CHECK(b.now <= refused + 2 * b.settings.retry);
}

TEST_CASE("a registration that is not answered hangs up; the next one has a new connection") {
    Bench b;
    b.step(Started{});
    b.opened(1);
    b.grant(1);
    b.step(Refused{2, "connection refused", {}});
    bool hung_up = false;
    for (int i = 0; i < 1000 && !hung_up; ++i) {  // nothing is ever answered any more
        b.wake();
        hung_up = !b.all<Close>().empty();
    }
    REQUIRE(hung_up);
    CHECK(b.all<Close>()[0].flow == 1);
    b.wake_until_open();
    REQUIRE(b.all<Open>().size() == 1);
    b.opened(1);
    CHECK(b.all<Send>().size() == 1);
}

TEST_CASE("stopped while it connects: it ends, and a connection that comes after all is closed") {
    Bench b;
    b.step(Started{});
    b.step(Stop{});
    REQUIRE(b.all<Finish>().size() == 1);
    CHECK(b.all<Finish>()[0].outcome == Outcome::interrupted);
}
