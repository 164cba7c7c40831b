// What the registration observer tells of each device when nothing is wrong, and what it keeps bounded.
#include "proto/observe/registration_observer.hpp"

#include <doctest/doctest.h>

#include "base/findings/digest.hpp"
#include "base/findings/register.hpp"
#include "proto/observe/census.hpp"
#include "scenarios/conversation.hpp"

using namespace gbkit;
using namespace gbkit::scenario;
using proto::RegistrationReport;
using proto::observe::DeviceStory;
using proto::observe::Step;

TEST_CASE("four steps: the story of a registration") {
    Conversation talk;
    talk.register_well().beats(3);
    const Told told = observe(talk.packets());
    REQUIRE(told.devices.size() == 1);
    const DeviceStory& story = told.devices[0];
    CHECK(story.id == device_id);
    CHECK(story.user_agent == "IP Camera");
    CHECK(story.platform_id == server_id);
    CHECK(story.state == DeviceStory::State::registered);
    CHECK(story.granted == 3600);
    CHECK(story.round_trip == milliseconds(12));
    CHECK(story.attempts == 2);
    CHECK(story.with_credentials == 1);
    CHECK(story.challenges == 1);
    CHECK(story.keepalives == 3);
    CHECK(story.keepalives_answered == 3);
    CHECK(!story.one_sided());
    const std::vector<Step>& rows = story.ladder.head();
    REQUIRE(rows.size() == 5);
    CHECK(rows[1].realm == "3402000000");
    CHECK(rows[1].qop == "auth");
    CHECK(rows[2].credentials);
    CHECK(rows[3].expires == 3600U);
    CHECK(rows[4].kind == Step::Kind::keepalive);
    CHECK(rows[4].count == 3);
    CHECK(rows[4].answered == 3);
    CHECK(rows[4].last_frame == 9);
}

TEST_CASE("state changes come as events, in order") {
    Conversation talk;
    talk.register_well();
    const Told told = observe(talk.packets());
    using State = RegistrationReport::State;
    const std::vector<State> expected{State::trying, State::challenged, State::trying, State::registered};
    REQUIRE(told.events.size() == expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) CHECK(told.events[i].report.state == expected[i]);
    CHECK(told.events[3].report.expires == 3600);
    CHECK(told.events[3].frame == 4);
}

TEST_CASE("resends are one row, and a mirror's copies are not counted at all") {
    Conversation talk;
    const RegisterText text;
    talk.from_device(text.request()).resend(text.request(), 4);
    const Told told = observe(talk.packets());
    REQUIRE(told.devices[0].ladder.head().size() == 1);
    CHECK(told.devices[0].ladder.head()[0].count == 5);
    CHECK(told.devices[0].resends == 4);
    const Told twice = observe(mirrored(talk.packets()));
    CHECK(twice.devices[0].ladder.head()[0].count == 5);
    CHECK(twice.devices[0].registers == 5);
}

TEST_CASE("a tap knows where it is, and evidence rules things out") {
    Conversation talk;
    const RegisterText text;
    talk.from_device(text.request()).wait(milliseconds(3)).from_platform(text.answer(403, "Forbidden"));
    Run run;
    run.context.server_id = server_id;
    run.device_packets = proto::Direction::received;
    const Told told = observe(talk.packets(), run);
    const Finding* refused = told.find(findings::register_refused_outright);
    REQUIRE(refused != nullptr);
    CHECK(refused->seen_from == SeenFrom::platform);
    const auto excludes = [&](FindingId id) {
        return std::find(refused->ruled_out.begin(), refused->ruled_out.end(), id) != refused->ruled_out.end();
    };
    CHECK(excludes(findings::digest_password_differs));
    CHECK(excludes(findings::register_server_id_differs));
    CHECK(excludes(findings::register_id_not_20_digits));
    CHECK(excludes(findings::register_no_answer));
}

TEST_CASE("behind a NAT the Via differs from the source") {
    Conversation talk;
    talk.device = talk.answers_to = endpoint("117.136.8.21", 40312);
    talk.register_well();
    CHECK(observe(talk.packets()).devices[0].via == "192.168.1.64:5060");
}

TEST_CASE("a capture on both sides of a proxy is no lost answer") {
    const Endpoint device = endpoint("192.168.1.64", 5060), proxy = endpoint("10.0.0.1", 5060), platform = endpoint("10.0.0.9", 5060);
    RegisterText text;
    std::vector<Recorded> packets;
    Time now = from_unix(1000);
    const auto pass = [&](const std::string& bytes, bool up) {
        packets.push_back({.time = now, .source = up ? device : platform, .destination = proxy, .bytes = bytes});
        now += milliseconds(80);  // more than a mirror's copies are apart
        packets.push_back({.time = now, .source = proxy, .destination = up ? platform : device, .bytes = bytes});
        now += milliseconds(60);
    };
    pass(text.request(), true);
    pass(text.answer(401, "Unauthorized", "n1"), false);
    text.cseq = 2;
    text.branch = "z9hG4bK2";
    text.nonce = "n1";
    pass(text.request(), true);
    pass(text.answer(200, "OK"), false);
    const Told told = observe(packets);
    CAPTURE(told.ids());
    CHECK(told.findings.empty());
    CHECK(told.devices[0].attempts == 2);
    CHECK(told.devices[0].resends == 0);
}

TEST_CASE("a long ladder keeps its beginning and its end") {
    proto::observe::Ladder ladder(10);
    for (std::uint64_t i = 1; i <= 100; ++i) ladder.add({.frame = i});
    CHECK(ladder.head().size() == 5);
    CHECK(ladder.tail().size() == 5);
    CHECK(ladder.left_out() == 90);
    CHECK(ladder.tail().back().frame == 100);
}

TEST_CASE("devices beyond the limit are counted, not followed") {
    proto::observe::RegistrationObserver observer({}, {[](Finding) {}, {}}, {.devices = 3});
    proto::observe::SipFeed feed([&](const proto::observe::SipSeen& seen) { observer.see(seen); }, [](Finding) {});
    for (int i = 0; i < 10; ++i) {
        RegisterText text;
        text.device = "3402000000132000000" + std::to_string(i);
        const std::string bytes = text.request();
        proto::Packet packet;
        packet.number = 1;
        packet.bytes = as_bytes(bytes);
        feed.see(packet);
    }
    CHECK(observer.devices().size() == 3);
    CHECK(observer.not_followed() == 7);
}

TEST_CASE("any bytes after a start line: no crash, no device without a name") {
    const std::string whole = RegisterText{}.request();
    for (std::size_t length = 0; length <= whole.size(); ++length) {
        std::vector<Recorded> packets{{.time = from_unix(1), .source = endpoint("192.0.2.1", 1), .destination = endpoint("192.0.2.2", 2),
                                       .bytes = whole.substr(0, length)}};
        for (const DeviceStory& story : observe(packets).devices) CHECK(!story.id.empty());
    }
}

TEST_CASE("census: dialogs, commands and flows that nobody judges") {
    proto::observe::Census census;
    proto::observe::SipFeed feed([&](const proto::observe::SipSeen& seen) { census.see(seen); }, [](Finding) {});
    proto::Packet packet;
    const std::string beat = keepalive(device_id, 1);
    packet.bytes = as_bytes(beat);
    feed.see(packet);
    CHECK(census.commands().at("Notify Keepalive") == 1);
    CHECK(census.requests().at("MESSAGE") == 1);
    CHECK(census.ids() == std::vector<std::string>{device_id, server_id});

    Bytes rtp(12 + 100, 0);
    rtp[0] = 0x80;
    rtp[1] = 96;
    rtp[11] = 7;
    packet.bytes = rtp;
    census.see_other(packet);
    census.see_other(packet);
    REQUIRE(census.other_flows().size() == 1);
    CHECK(census.other_flows()[0].rtp);
    CHECK(census.other_flows()[0].payload_type == 96);
    CHECK(census.other_flows()[0].ssrc == 7);
    rtp[11] = 8;  // another SSRC on the flow: no longer plain RTP
    packet.bytes = rtp;
    census.see_other(packet);
    CHECK(!census.other_flows()[0].rtp);
}
