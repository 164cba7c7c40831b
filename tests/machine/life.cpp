// The life of a registration beyond the first four steps: redirects, 423, nonces used again, silence, lock-outs.
#include <doctest/doctest.h>

#include "base/text.hpp"
#include "wire/digest/formula.hpp"
#include "wire/digest/header.hpp"
#include "wire/sip/message.hpp"
#include "world/pair.hpp"

using namespace world;
using proto::Outcome;

namespace {

using Edit = std::function<void(std::string&)>;

/// The machine, every message it sends edited.
proto::Machine edited(proto::Machine machine, Edit edit) {
    return {[machine, edit](Time now, const proto::Event& event, proto::Actions& actions) {
                proto::Actions own;
                machine.step(now, event, own);
                for (proto::Action& action : own) {
                    if (auto* send = std::get_if<proto::Send>(&action)) edit(send->bytes);
                    actions.push_back(std::move(action));
                }
            },
            machine.deadline};
}

/// Header lines put before the last one.
std::string with_headers(std::string message, const std::string& lines) { return replace_all(std::move(message), "User-Agent:", lines + "User-Agent:"); }

/// What the device has sent so far, by the tap.
struct Heard {
    explicit Heard(Pair& pair) {
        pair.net.tap = [this](const proto::Packet& packet) {
            if (auto message = wire::sip::parse(as_text(packet.bytes)))
                (message->is_request() ? requests : answers).push_back(std::move(*message));
        };
    }
    [[nodiscard]] std::vector<wire::digest::Credentials> credentials() const {
        std::vector<wire::digest::Credentials> all;
        for (const auto& request : requests)
            if (const auto* field = request.find("Authorization")) all.push_back(wire::digest::parse_credentials(field->value).value());
        return all;
    }
    [[nodiscard]] std::size_t answered(int status) const {
        return static_cast<std::size_t>(std::count_if(answers.begin(), answers.end(), [&](const auto& answer) { return answer.status() == status; }));
    }
    std::vector<wire::sip::Message> requests, answers;
};

PairOptions staying(std::uint32_t expires = 3600) {
    PairOptions options;
    options.once = false;
    options.expires = expires;
    return options;
}

}  // namespace

TEST_CASE("423 is obeyed: once more for as long as the platform wants, and for good") {
    PairOptions options = staying(300);
    options.platform = [](auto& settings) { settings.min_expires = 1000; };
    Pair pair(options);
    Heard heard(pair);
    pair.start();
    pair.run(minutes{1});
    CHECK(heard.answered(423) == 1);
    CHECK(pair.states(*pair.device).back() == State::registered);
    CHECK(pair.device->registrations.back().expires == 1000);
    pair.run(hours{1});
    CHECK(heard.answered(423) == 1);  // refreshes ask for it at once
}

TEST_CASE("a 423 without a longer Min-Expires is a refusal, not a loop") {
    for (const std::string least : {"", "Min-Expires: 10\r\n", "Min-Expires: soon\r\n"}) {
        PairOptions options;
        options.expires = 300;
        Pair pair(options);
        pair.platform->machine = edited(pair.platform->machine, [&](std::string& bytes) {
            if (bytes.find("REGISTER\r\n") != std::string::npos) bytes = with_headers(replace_all(bytes, "SIP/2.0 200 OK", "SIP/2.0 423 Interval Too Brief"), least);
        });
        pair.start();
        REQUIRE(pair.run());
        CHECK(pair.device->finish->outcome == Outcome::refused);
        CHECK(pair.device->sent == 2);
    }
}

TEST_CASE("refreshes answer the old challenge with a rising nc; each saves a round") {
    Pair pair(staying(100));
    Heard heard(pair);
    pair.start();
    pair.run(seconds{290});
    const auto all = heard.credentials();
    REQUIRE(all.size() >= 4);
    for (std::size_t i = 0; i < 4; ++i) {
        CHECK(all[i].nonce == all[0].nonce);
        CHECK(all[i].nc == "0000000" + std::to_string(i + 1));
        if (i > 0) CHECK(all[i].cnonce != all[i - 1].cnonce);
    }
    CHECK(heard.answered(401) == 1);
}

TEST_CASE("a nonce that went stale between refreshes costs one round and refuses nobody") {
    PairOptions options = staying(100);
    options.platform = [](auto& settings) { settings.nonce_lifetime = seconds{30}; };
    Pair pair(options);
    Heard heard(pair);
    pair.start();
    pair.run(minutes{10});
    for (const State state : pair.states(*pair.device)) CHECK(state != State::refused);
    CHECK(heard.answered(401) >= 6);
    CHECK(pair.states(*pair.device).back() == State::registered);
}

TEST_CASE("a platform that refuses old credentials outright is asked anew") {
    Pair pair(staying(100));
    bool angry = false;
    pair.platform->machine = edited(pair.platform->machine, [&](std::string& bytes) {
        if (!angry || bytes.find("REGISTER\r\n") == std::string::npos) return;
        bytes = replace_all(bytes, "SIP/2.0 200 OK", "SIP/2.0 403 Forbidden");
        angry = false;
    });
    pair.start();
    pair.run(seconds{10});
    angry = true;  // for the refresh
    pair.run(seconds{90});
    CHECK_FALSE(angry);
    for (const State state : pair.states(*pair.device)) CHECK(state != State::refused);
    CHECK(pair.states(*pair.device).back() == State::registered);
}

TEST_CASE("of several challenges the topmost that it knows is answered, and the response is right") {
    const std::vector<std::pair<std::string, std::string>> cases{{"SHA-512-256", "SHA-512-256"}, {"SHA-256", "SHA-256"}, {"WHIRLPOOL", "MD5"}};
    for (const auto& each : cases) {
        CAPTURE(each.first);
        Pair pair({});
        Heard heard(pair);
        pair.platform->machine = edited(pair.platform->machine, [&](std::string& bytes) {
            bytes = replace_all(bytes, "WWW-Authenticate:", "WWW-Authenticate: Digest realm=\"3402000000\", nonce=\"top\", algorithm=" + each.first +
                                                                ", qop=\"auth\"\r\nWWW-Authenticate:");
        });
        pair.start();
        pair.run();
        const auto all = heard.credentials();
        REQUIRE(!all.empty());
        CHECK(all[0].algorithm == each.second);
        CHECK(wire::digest::response_of(wire::digest::inputs_of(all[0], "REGISTER", "12345678")) == all[0].response);
    }
}

TEST_CASE("Authentication-Info: a right rspauth is silent, a wrong one is told, nextnonce is used") {
    for (const bool right : {true, false}) {
        CAPTURE(right);
        Pair pair(staying(100));
        Heard heard(pair);
        pair.platform->machine = edited(pair.platform->machine, [&](std::string& bytes) {
            if (bytes.find("SIP/2.0 200 OK") != 0 || heard.credentials().empty()) return;
            const auto last = heard.credentials().back();
            const std::string proof = wire::digest::rspauth_of(wire::digest::inputs_of(last, "REGISTER", right ? "12345678" : "other"));
            bytes = with_headers(bytes, "Authentication-Info: qop=auth, rspauth=\"" + proof + "\", nextnonce=\"next\"\r\n");
        });
        pair.start();
        pair.run(seconds{10});
        REQUIRE(pair.states(*pair.device).back() == State::registered);
        CHECK((pair.device->registrations.back().reason.find("rspauth is wrong") == std::string::npos) == right);
        pair.run(seconds{90});
        const auto all = heard.credentials();
        REQUIRE(all.size() >= 2);
        CHECK(all[1].nonce == "next");
        CHECK(all[1].nc == "00000001");
    }
}

TEST_CASE("302: the device registers where it was sent, stays there, and goes back when that platform is gone") {
    PairOptions options = staying(600);
    const Endpoint elsewhere{IpAddress::v4(0x0A000009), 5062};
    options.platform = [&](auto& settings) { settings.redirect = proto::gb::RedirectTarget{"34020000002000000009", elsewhere}; };
    Pair pair(options);
    proto::gb::Registrar other({.server_id = "34020000002000000009", .password = "12345678", .strict = true}, Random(7));
    Node& target = pair.net.add(proto::machine_of(other), elsewhere);
    pair.net.start(target);
    pair.start();
    pair.run(minutes{5});
    CHECK(other.locations().size() == 1);
    CHECK(pair.registrar->locations().size() == 0);
    CHECK(target.keepalives.size() >= 3);
    CHECK(pair.states(*pair.platform).size() == 2);  // challenged, redirected: nothing since

    target.finish = proto::Finish{Outcome::yes, "switched off"};
    proto::gb::RegistrarSettings plain;
    plain.password = "12345678";
    pair.registrar.emplace(plain, Random(8));  // the redirector serves itself now
    pair.net.start(*pair.platform);
    pair.run(minutes{8});
    CHECK(pair.registrar->locations().size() == 1);
    CHECK(pair.states(*pair.device).back() == State::registered);
}

TEST_CASE("302 to somebody who does not answer: back once, then it is a refusal") {
    PairOptions options;
    options.platform = [](auto& settings) { settings.redirect = proto::gb::RedirectTarget{"34020000002000000009", {IpAddress::v4(0xC0000201), 5060}}; };
    Pair pair(options);
    Heard heard(pair);
    pair.start();
    REQUIRE(pair.run());
    CHECK(pair.device->finish->outcome == Outcome::refused);
    CHECK(pair.device->registrations.back().status == 302);
    CHECK(heard.answered(302) == 2);
}

TEST_CASE("two platforms that send a device to each other: a circle has an end") {
    PairOptions options;
    const Endpoint elsewhere{IpAddress::v4(0x0A000009), 5062};
    options.platform = [&](auto& settings) { settings.redirect = proto::gb::RedirectTarget{"34020000002000000009", elsewhere}; };
    Pair pair(options);
    proto::gb::RegistrarSettings back;
    back.password = "12345678";
    back.redirect = proto::gb::RedirectTarget{"34020000002000000001", platform_address};
    proto::gb::Registrar other(back, Random(7));
    Node& target = pair.net.add(proto::machine_of(other), elsewhere);
    pair.net.start(target);
    pair.start();
    REQUIRE(pair.run());
    CHECK(pair.device->finish->outcome == Outcome::refused);
    CHECK(pair.device->sent <= 20);
}

TEST_CASE("a device that persists tries again after 60 to 120 s, each time anew") {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        PairOptions options = staying();
        options.seed = seed;
        options.device_password = "wrong";
        Pair pair(options);
        pair.settings.persistent = true;
        std::vector<Time> begun;
        pair.net.tap = [&](const proto::Packet& packet) {
            const std::string_view text = as_text(packet.bytes);
            if (text.starts_with("REGISTER") && text.find("Authorization:") == std::string_view::npos) begun.push_back(pair.net.now);
        };
        pair.start();
        CHECK_FALSE(pair.run(minutes{20}));
        REQUIRE(begun.size() >= 10);
        for (std::size_t i = 1; i < begun.size(); ++i) {
            CHECK(begun[i] - begun[i - 1] >= seconds{60});
            CHECK(begun[i] - begun[i - 1] <= seconds{121});
        }
    }
}

TEST_CASE("the platform: a device that falls silent is offline once, and back with its next heartbeat") {
    Pair pair(staying());
    bool dark = false;
    pair.net.lose = [&](const Node&, const proto::Send&) { return dark; };
    pair.start();
    pair.run(minutes{5});
    const auto offline = [&] {
        const auto states = pair.states(*pair.platform);
        return std::count(states.begin(), states.end(), State::expired);
    };
    CHECK(offline() == 0);
    dark = true;
    pair.run(seconds{130});
    CHECK(offline() == 0);
    pair.run(minutes{2});
    CHECK(offline() == 1);
    CHECK(pair.platform->registrations.back().reason == "3 heartbeats missed, one was due every 60 s");
    dark = false;
    pair.run(minutes{5});
    CHECK(pair.states(*pair.platform).back() == State::registered);
    CHECK(offline() == 1);
}

TEST_CASE("a restart of the platform under 1,000 devices: all are back, and none was refused for good") {
    PairOptions options = staying();
    options.devices = 1000;
    Pair pair(options);
    pair.start();
    pair.run(seconds{30});
    REQUIRE(pair.registrar->locations().size() == 1000);
    proto::gb::RegistrarSettings fresh;
    fresh.password = "12345678";
    pair.registrar.emplace(fresh, Random(9));
    pair.net.start(*pair.platform);
    pair.run(minutes{3});
    CHECK(pair.registrar->locations().size() == 1000);
}

TEST_CASE("lock-out: the right password from that source is refused until the time is over; off by default") {
    for (const bool on : {true, false}) {
        PairOptions options = staying();
        options.device_password = "wrong";
        if (on) options.platform = [](auto& settings) { settings.lockout = {.wrong = 3, .duration = minutes{30}}; };
        Pair pair(options);
        pair.settings.persistent = true;
        pair.start();
        pair.run(minutes{10});
        const std::string reason = pair.platform->registrations.back().reason;
        CHECK((reason == "Locked Out") == on);
    }
}

TEST_CASE("each device has its own password; who is not in the table is unknown, or uses the common one") {
    auto table = proto::observe::PasswordTable::parse(device_id + " own\n");
    REQUIRE(table);
    const auto shared = std::make_shared<proto::observe::PasswordTable>(std::move(*table));
    const std::vector<std::pair<std::string, int>> cases{{"own", 200}, {"12345678", 403}};
    for (const auto& each : cases) {
        PairOptions options;
        options.device_password = each.first;
        options.platform = [&](auto& settings) {
            settings.passwords = shared;
            settings.fallback = true;
        };
        Pair pair(options);
        pair.start();
        REQUIRE(pair.run());
        CHECK(pair.device->registrations.back().status == each.second);
    }
    for (const bool fallback : {true, false}) {
        PairOptions options;
        options.platform = [&](auto& settings) {
            settings.passwords = std::make_shared<proto::observe::PasswordTable>();
            settings.fallback = fallback;
        };
        Pair pair(options);
        pair.start();
        REQUIRE(pair.run());
        CHECK(pair.device->registrations.back().status == (fallback ? 200 : 404));
    }
}
