// Row K2 by its figures: how many requests of the platform, how old the device's last packet, and how sure that makes.
#include <doctest/doctest.h>

#include <random>

#include "base/findings/register.hpp"
#include "base/text.hpp"
#include "scenarios/conversation.hpp"

using namespace gbkit;
using namespace gbkit::scenario;

namespace {

/// A device behind a NAT: heartbeats as it likes, and requests of the platform at times of ours.
struct Behind {
    Behind() {
        talk.device = talk.answers_to = endpoint("117.136.8.21", 40312);
        talk.register_well();
        beat();
        talk.wait(seconds(60));
    }
    void beat() {
        talk.from_device(keepalive(device_id, ++serial)).wait(milliseconds(10));
        talk.from_platform(keepalive_answer(device_id, serial, 200, "OK"));
    }
    /// A heartbeat, `age` of silence, a request; then the rest of a minute.
    void asked(Duration age, bool answered, const std::string& method = "MESSAGE") {
        beat();
        talk.wait(age);
        const std::string name = std::to_string(++calls);
        const std::string rest = "\r\nVia: SIP/2.0/UDP 203.0.113.9:5060;branch=z9hG4bKb" + name + "\r\nFrom: <sip:" + server_id + "@3402000000>;tag=q\r\nTo: <sip:" +
                                 device_id + "@3402000000>\r\nCall-ID: b" + name + "\r\nCSeq: 1 " + method + "\r\nContent-Length: 0\r\n\r\n";
        talk.from_platform(method + " sip:" + device_id + "@192.168.1.64:5060 SIP/2.0" + rest);
        if (answered) talk.wait(milliseconds(20)).from_device("SIP/2.0 200 OK" + rest);
        talk.wait(std::max<Duration>(seconds(1), seconds(60) - age));
    }
    [[nodiscard]] Told told() {
        beat();
        talk.wait(seconds(60));
        beat();  // what was asked last is over by now
        return observe(talk.packets());
    }
    Conversation talk;
    std::uint32_t serial = 0;
    int calls = 0;
};

Told answered_and_lost(int answered, int lost) {
    Behind scene;
    for (int i = 0; i < answered; ++i) scene.asked(seconds(1 + i % 28), true);
    for (int i = 0; i < lost; ++i) scene.asked(seconds(34 + i % 20), false);
    return scene.told();
}

}  // namespace

TEST_CASE("the more it was asked the surer it is; too little is nothing") {
    struct Case {
        int answered, lost;
        std::optional<Certainty> certainty;
    };
    const std::vector<Case> cases{
        {0, 9, std::nullopt}, {9, 0, std::nullopt}, {9, 1, std::nullopt}, {2, 2, std::nullopt}, {5, 2, Certainty::possible},
        {5, 4, Certainty::possible}, {8, 5, Certainty::likely}, {41, 17, Certainty::certain}};
    for (const Case& each : cases) {
        CAPTURE(each.answered);
        CAPTURE(each.lost);
        const Told told = answered_and_lost(each.answered, each.lost);
        const Finding* finding = told.find(findings::keepalive_too_rare);
        CHECK((finding != nullptr) == each.certainty.has_value());
        if (finding && each.certainty) CHECK(finding->certainty == *each.certainty);
    }
}

TEST_CASE("it says the figures") {
    const Told told = answered_and_lost(41, 17);
    const Finding* finding = told.find(findings::keepalive_too_rare);
    REQUIRE(finding);
    const std::string text = message_of(*finding, Language::english);
    CAPTURE(text);
    CHECK(text.find("within 28 s of its last packet") != std::string::npos);
    CHECK(text.find("from 34 s on 0 of") != std::string::npos);
    CHECK(advice_of(*finding, Language::english).find("every 22 s or less") != std::string::npos);
}

TEST_CASE("no lie: loss that does not care about the time, methods it does not know, outages, a connection that stays") {
    std::mt19937 random(5);
    // "Likely" is said at a chance of 1 in 1,000: 2,000 links that lose one of five, whenever, may hold 2 such, and in 99.5 %
    // of all draws of 2,000 no more than 6 (Poisson).
    int likely = 0;
    for (int seed = 0; seed < 2000; ++seed) {
        Behind scene;
        for (int i = 0; i < 30; ++i) scene.asked(seconds(1 + static_cast<int>(random() % 50)), random() % 5 != 0);
        const Told told = scene.told();
        const Finding* finding = told.find(findings::keepalive_too_rare);
        CHECK((finding == nullptr || finding->certainty != Certainty::certain));
        likely += finding != nullptr && finding->certainty == Certainty::likely;
    }
    CHECK(likely <= 6);
    Behind method;
    for (int i = 0; i < 20; ++i) {
        method.asked(seconds(2), true);
        method.asked(seconds(40), false, "SUBSCRIBE");
    }
    CHECK(method.told().find(findings::keepalive_too_rare) == nullptr);
    Behind outage;  // while nothing of it comes through, its heartbeats do not either
    for (int i = 0; i < 20; ++i) {
        outage.asked(seconds(2), true);
        outage.asked(seconds(40), false);
        outage.talk.wait(minutes(4));
    }
    CHECK(outage.told().find(findings::keepalive_too_rare) == nullptr);
    Behind gone;  // it never comes back: it is dead, not out of reach
    for (int i = 0; i < 20; ++i) gone.asked(seconds(2), true);
    for (int i = 0; i < 20; ++i) {
        gone.talk.wait(seconds(50));
        gone.talk.from_platform("MESSAGE sip:" + device_id + "@192.168.1.64:5060 SIP/2.0\r\nVia: SIP/2.0/UDP 203.0.113.9:5060;branch=z9hG4bKg" + std::to_string(i) +
                                "\r\nFrom: <sip:" + server_id + "@3402000000>;tag=q\r\nTo: <sip:" + device_id + "@3402000000>\r\nCall-ID: g" + std::to_string(i) +
                                "\r\nCSeq: 1 MESSAGE\r\nContent-Length: 0\r\n\r\n");
    }
    CHECK(observe(gone.talk.wait(minutes(2)).packets()).find(findings::keepalive_too_rare) == nullptr);
}

TEST_CASE("a hole in what was answered soon is no contradiction, many are") {
    for (const bool many : {false, true}) {
        Behind scene;
        for (int i = 0; i < 30; ++i) scene.asked(seconds(1 + i % 25), many ? i % 3 != 0 : i != 7);
        for (int i = 0; i < 12; ++i) scene.asked(seconds(40), false);
        CHECK((scene.told().find(findings::keepalive_too_rare) != nullptr) == !many);
    }
}
