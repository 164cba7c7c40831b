// More names than the observers remember: people who try names for a whole day shall not keep out the devices.
#include <doctest/doctest.h>

#include <algorithm>

#include <fmt/format.h>

#include "scenarios/conversation.hpp"

using namespace gbkit;
using namespace gbkit::proto::observe;
using namespace gbkit::scenario;

namespace {

struct Crowd {
    explicit Crowd(std::size_t limit)
        : registrations({}, {[this](Finding finding) { findings.push_back(std::move(finding)); }, {}}, {.devices = limit}),
          feed([this](const SipSeen& seen) { registrations.see(seen); }, [](const Finding&) {}) {}

    void see(const Conversation& talk) {
        for (const Recorded& recorded : talk.packets()) {
            proto::Packet packet;
            packet.number = ++number;
            packet.time = recorded.time + later;
            packet.source = recorded.source;
            packet.destination = recorded.destination;
            packet.bytes = as_bytes(recorded.bytes);
            feed.see(packet);
        }
    }
    void registers(const std::string& id) {
        Conversation talk;
        RegisterText text;
        text.device = id;
        text.call_id = id;
        talk.register_well(text, "n" + id);
        see(talk);
        later += seconds(1);
    }
    /// Asked for a password, and silent from then on.
    void tries(const std::string& id) {
        Conversation talk;
        RegisterText text;
        text.device = id;
        text.call_id = id;
        talk.from_device(text.request()).wait(milliseconds(12)).from_platform(text.answer(401, "Unauthorized", "n"));
        see(talk);
        later += seconds(1);
    }
    [[nodiscard]] const DeviceStory* story(const std::string& id) const {
        const auto devices = registrations.devices();
        const auto found = std::find_if(devices.begin(), devices.end(), [&id](const DeviceStory* story) { return story->id == id; });
        return found == devices.end() ? nullptr : *found;
    }
    std::vector<Finding> findings;
    RegistrationObserver registrations;
    SipFeed feed;
    std::uint64_t number = 0;
    Duration later{};
};

}  // namespace

TEST_CASE("a crowd of strangers: devices that registered stay, one that comes later is followed") {
    Crowd crowd(8);
    crowd.registers("camera-one");
    for (int i = 0; i < 50; ++i) crowd.tries(fmt::format("stranger{}", i));
    crowd.registers("camera-two");
    for (int i = 50; i < 100; ++i) crowd.tries(fmt::format("stranger{}", i));
    REQUIRE(crowd.registrations.devices().size() == 8);
    CHECK(crowd.registrations.devices()[0]->id == "camera-one");
    REQUIRE(crowd.story("camera-two") != nullptr);
    CHECK(crowd.story("camera-two")->state == DeviceStory::State::registered);
    CHECK(crowd.story("stranger99") != nullptr);
    CHECK(crowd.story("stranger93") == nullptr);
    CHECK(crowd.registrations.not_followed() == 94);
    crowd.registrations.finish(from_unix(1'700'000'000) + crowd.later);
}

TEST_CASE("a crowd of devices: nobody who was accepted makes room, those beyond the limit are counted") {
    Crowd crowd(8);
    for (int i = 0; i < 12; ++i) crowd.registers(fmt::format("camera{}", i));
    crowd.tries("stranger");
    CHECK(crowd.registrations.devices().size() == 8);
    CHECK(crowd.story("camera7") != nullptr);
    CHECK(crowd.story("camera8") == nullptr);
    CHECK(crowd.story("stranger") == nullptr);
    CHECK(crowd.registrations.not_followed() == 4 * 4 + 2);
}

TEST_CASE("a crowd of strangers: who is forgotten leaves nothing behind that points to him") {
    Crowd crowd(2);
    for (int i = 0; i < 20; ++i) {
        crowd.tries(fmt::format("stranger{}", i));
        proto::Unreachable unreachable;
        unreachable.source = endpoint("192.168.1.64", 5060);       // the ends of all of them
        unreachable.destination = endpoint("203.0.113.9", 5060);
        crowd.registrations.see(unreachable);
    }
    crowd.later += hours(1);
    crowd.registrations.advance(from_unix(1'700'000'000) + crowd.later);
    crowd.tries("stranger1");   // again, as somebody new
    REQUIRE(crowd.story("stranger1") != nullptr);
    CHECK(crowd.story("stranger1")->registers == 1);
}
