// A registration when the transaction layer has no room: it ends as unanswered instead of waiting for ever.
#include "proto/gb/register_exchange.hpp"

#include <doctest/doctest.h>

#include "proto/gb/device.hpp"
#include "proto/sip/reply.hpp"

using namespace gbkit;
using namespace gbkit::proto;
using namespace gbkit::proto::gb;

namespace {

struct Bench {
    Bench() {
        settings.server_id = "34020000002000000001";
        settings.domain = "3402000000";
    }
    Turn turn() { return {now, 0, local, route, layer, random, out}; }
    /// A request that nobody answers takes a transaction.
    void fill() {
        while (layer.request(now, 99, route, "MESSAGE", "z9hG4bK" + std::to_string(++filled), "MESSAGE", out)) {
        }
    }
    std::string last_sent() const {
        std::string bytes;
        for (const Action& action : out)
            if (const auto* send = std::get_if<Send>(&action)) bytes = send->bytes;
        return bytes;
    }

    Time now = from_unix(1'700'000'000);
    Endpoint local{IpAddress::v4(0x7F000001), 40000};
    sip::Route route{1, {IpAddress::v4(0x7F000002), 5060}};
    sip::TransactionLayer layer{{}, 4};
    Random random{1};
    Actions out;
    DeviceSettings settings;
    DeviceIdentity who{"34020000001320000001", "34020000001320000001", "12345678"};
    int filled = 0;
};

}  // namespace

TEST_CASE("no transaction at the start: the device says so and ends, and does not wait for an answer") {
    Bench b;
    b.fill();
    Device device(b.who, b.settings);
    Turn turn = b.turn();
    b.out.clear();
    device.start(turn);
    REQUIRE(device.finished());
    CHECK(device.finished()->outcome == Outcome::timeout);
    CHECK_FALSE(device.busy());
    CHECK(b.last_sent().empty());
}

TEST_CASE("no transaction at the start of a persistent device: it tries again later") {
    Bench b;
    b.settings.persistent = true;
    b.fill();
    Device device(b.who, b.settings);
    Turn turn = b.turn();
    device.start(turn);
    CHECK_FALSE(device.finished());
    CHECK_FALSE(device.busy());
    REQUIRE(device.deadline());
    CHECK(*device.deadline() >= b.now + seconds{60});
}

TEST_CASE("no transaction for the answer to a challenge: the exchange is over") {
    Bench b;
    RegisterExchange exchange;
    Turn turn = b.turn();
    const Towards platform{b.route, b.settings.server_id};
    exchange.start(turn, platform, b.settings, b.who, 3600);
    REQUIRE(exchange.running());
    const auto request = wire::sip::parse(b.last_sent());
    REQUIRE(request);
    const auto challenge = sip::make_reply(*request, {}, 401, "Unauthorized", "t", {{"WWW-Authenticate", "Digest realm=\"3402000000\", nonce=\"n\", qop=\"auth\""}});
    REQUIRE(challenge);
    std::vector<sip::Incoming> up;
    b.layer.receive(b.now, {1, b.route.peer, *challenge, {}}, b.out, up);
    REQUIRE(up.size() == 1);
    // The layer gives up a transaction that has its answer before it refuses a new one: all must wait for theirs.
    b.fill();
    const auto over = exchange.take(turn, platform, b.settings, b.who, up.front());
    REQUIRE(over);
    CHECK(over->kind == ExchangeEnd::Kind::unanswered);
    CHECK_FALSE(exchange.running());
}
