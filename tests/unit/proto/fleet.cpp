// Requests that come to a fleet, and how a fleet begins and ends.
#include "proto/fleet.hpp"

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
