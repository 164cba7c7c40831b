// proto/observe/dialog_observer: which stream belongs to which call, and what it says about the call. What signalling
// alone says is in tests/scenarios/dialog_causes.cpp.
#include "proto/observe/dialog_observer.hpp"

#include <doctest/doctest.h>

#include <fmt/format.h>

#include "base/findings/dialog.hpp"
#include "proto/observe/sip_feed.hpp"

using namespace gbkit;
using namespace gbkit::proto;
using namespace gbkit::proto::observe;

namespace {

Endpoint at(std::string_view address, std::uint16_t port) { return {*IpAddress::parse(address), port}; }
const Endpoint platform = at("10.0.0.5", 5060), device = at("10.0.0.64", 5060);

struct World {
    std::vector<Finding> findings;
    std::vector<DialogStory> over;
    DialogObserver observer;
    SipFeed feed;
    Time now = from_unix(1'700'000'000);
    std::uint64_t number = 0;

    explicit World(DialogLimits limits = {})
        : observer({}, {[this](Finding finding) { findings.push_back(std::move(finding)); }, [this](const DialogStory& story) { over.push_back(story); }}, limits),
          feed([this](const SipSeen& seen) { observer.see(seen); }, [](const Finding&) {}) {}

    void send(const Endpoint& from, const Endpoint& to, const std::string& bytes) {
        Packet packet;
        packet.number = ++number;
        packet.time = now;
        packet.source = from;
        packet.destination = to;
        packet.bytes = as_bytes(bytes);
        feed.see(packet);
        now += milliseconds(10);
    }
    void stream(std::uint32_t ssrc, Duration how_long, std::uint16_t port = 30012, std::uint32_t source_number = 1) {
        for (const Time end = now + how_long; now < end; now += milliseconds(40))
            observer.see(MediaSeen{source_number, ssrc, at("10.0.0.64", 15060), at("10.0.0.5", port), Transport::udp, ++number, now});
    }
    [[nodiscard]] std::string ids() const {
        std::string all;
        for (const Finding& finding : findings) all += std::string(finding.id.slug) + ' ';
        return all;
    }
};

std::string sdp(std::string_view address, std::uint16_t port, std::string_view y) {
    return fmt::format("v=0\r\no=1 0 0 IN IP4 {0}\r\ns=Play\r\nc=IN IP4 {0}\r\nt=0 0\r\nm=video {1} RTP/AVP 96\r\na=rtpmap:96 PS/90000\r\ny={2}\r\n", address, port, y);
}
std::string message(const std::string& start, std::string_view call, std::string_view cseq, bool callee_tag, const std::string& body = {}) {
    return fmt::format("{}\r\nVia: SIP/2.0/UDP 10.0.0.5:5060;branch=z9hG4bK{}{}\r\nFrom: <sip:p@d>;tag=a{}\r\nTo: <sip:34020000001310000001@d>{}\r\n"
                       "Call-ID: {}\r\nCSeq: {}\r\nContent-Type: application/sdp\r\nContent-Length: {}\r\n\r\n{}",
                       start, call, cseq.substr(0, 2), call, callee_tag ? ";tag=b" : "", call, cseq, body.size(), body);
}

void begin(World& world, std::string_view call = "c1", std::uint16_t port = 30012, std::string_view asked = "0100003190", std::string_view promised = "0100003190") {
    world.send(platform, device, message("INVITE sip:34020000001310000001@10.0.0.64 SIP/2.0", call, "1 INVITE", false, sdp("10.0.0.5", port, asked)));
    world.send(device, platform, message("SIP/2.0 200 OK", call, "1 INVITE", true, sdp("10.0.0.64", 15060, promised)));
    world.send(platform, device, message("ACK sip:34020000001310000001@10.0.0.64 SIP/2.0", call, "1 ACK", true));
}
void hang_up(World& world, std::string_view call = "c1") {
    world.send(platform, device, message("BYE sip:34020000001310000001@10.0.0.64 SIP/2.0", call, "2 BYE", true));
    world.send(device, platform, message("SIP/2.0 200 OK", call, "2 BYE", true));
}

}  // namespace

TEST_CASE("the stream of a call is known by where it goes, and nothing is wrong with it") {
    World world;
    begin(world);
    world.stream(100003190, seconds(30));
    hang_up(world);
    world.observer.finish(world.now);
    CHECK(world.ids() == "");
    REQUIRE(world.over.size() == 1);
    const DialogStory& story = world.over.front();
    CHECK(story.state == DialogStory::State::ended);
    CHECK(story.media.packets == 750);
    CHECK(story.media.first_frame == 4);
    CHECK(story.session == "Play");
    CHECK_FALSE(story.bye_from_callee);
    CHECK(story.bye_status == 200);
}

TEST_CASE("the clock of a payload type is what the call's SDP says") {
    World world;
    begin(world);
    const Endpoint anywhere = at("192.0.2.7", 4000);
    CHECK(world.observer.clock_of(anywhere, at("10.0.0.5", 30012), 96) == 90'000U);
    CHECK(world.observer.clock_of(at("10.0.0.64", 15060), anywhere, 96) == 90'000U);
    CHECK_FALSE(world.observer.clock_of(anywhere, at("10.0.0.5", 30012), 9));   // 96 is not 9 and 6
    CHECK_FALSE(world.observer.clock_of(anywhere, at("10.0.0.5", 30013), 96));
}

TEST_CASE("a playback is paused by an INFO of its dialog") {
    World world;
    begin(world);
    const Endpoint receiver = at("10.0.0.5", 30012), sender = at("10.0.0.64", 15060);
    const Time before = world.now;
    CHECK_FALSE(world.observer.paused(sender, receiver, before));
    world.send(platform, device, message("INFO sip:34020000001310000001@10.0.0.64 SIP/2.0", "c1", "3 INFO", true, "PLAY RTSP/1.0\r\nCSeq: 2\r\nScale: 4\r\n"));
    CHECK_FALSE(world.observer.paused(sender, receiver, before));
    world.send(platform, device, message("INFO sip:34020000001310000001@10.0.0.64 SIP/2.0", "c1", "4 INFO", true, "PAUSE RTSP/1.0\r\nCSeq: 3\r\nPauseTime: now\r\n"));
    CHECK(world.observer.paused(sender, receiver, before));
    CHECK(world.observer.paused(sender, receiver, world.now + seconds(2)));   // it had to obey first
    CHECK_FALSE(world.observer.paused(sender, receiver, world.now + seconds(4)));
    CHECK_FALSE(world.observer.paused(at("192.0.2.1", 1), at("192.0.2.2", 2), before));
}

TEST_CASE("another SSRC than y= promised") {
    World world;
    begin(world);
    world.stream(77, seconds(1));
    REQUIRE(world.ids() == "dialog-ssrc-not-promised ");
    CHECK(world.findings[0].expected == "0100003190");
    CHECK(world.findings[0].observed == "0000000077");
    CHECK(world.findings[0].where.frame == 4U);
    World asked;  // the answer names another number, the device keeps to what it was asked for
    begin(asked, "c1", 30012, "0100003190", "0060205514");
    asked.stream(100003190, seconds(1));
    CHECK(asked.ids() == "dialog-ssrc-changed ");
}

TEST_CASE("the caller's own voice has an SSRC of its own; the callee's is judged when it comes") {
    for (const std::uint32_t answered : {100003190U, 77U}) {
        World world;
        begin(world);
        world.observer.see(MediaSeen{1, 4711, at("10.0.0.5", 30012), at("10.0.0.64", 15060), Transport::udp, 90, world.now});
        CHECK(world.ids() == "");
        world.stream(answered, seconds(1), 30012, 2);
        CHECK(world.ids() == (answered == 77 ? "dialog-ssrc-not-promised " : ""));
    }
}

TEST_CASE("a stream that goes on after the BYE; what was still on its way does not count") {
    World world;
    begin(world);
    world.stream(100003190, seconds(3));
    hang_up(world);
    world.stream(100003190, milliseconds(1900));
    CHECK(world.ids() == "");
    world.stream(100003190, seconds(2));
    CHECK(world.ids() == "dialog-media-after-bye ");
}

TEST_CASE("the same port again: the stream belongs to the newer call") {
    World world;
    begin(world);
    world.stream(100003190, seconds(3));
    hang_up(world);
    begin(world, "c2", 30012, "0100003191", "0100003191");
    world.stream(100003191, seconds(5), 30012, 2);
    world.observer.finish(world.now);
    CHECK(world.ids() == "");
    const auto dialogs = world.observer.dialogs();
    REQUIRE(dialogs.size() == 2);
    CHECK(dialogs[0]->media.packets == 75);
    CHECK(dialogs[1]->media.packets == 125);
}

TEST_CASE("behind a NAT the port is not the promised one: the SSRC tells") {
    World world;
    begin(world);
    world.stream(100003190, seconds(2), 61000);
    CHECK(world.observer.dialogs().front()->media.packets == 50);
}

TEST_CASE("a flood of calls is bounded, and what is dropped is counted") {
    World world(DialogLimits{.dialogs = 100});
    for (int i = 0; i < 1'000; ++i) begin(world, "c" + std::to_string(i), static_cast<std::uint16_t>(20'000 + i));
    CHECK(world.observer.dialogs().size() == 100);
    CHECK(world.observer.not_followed() == 900);
    for (std::uint32_t source = 1; source < 20'000; ++source) world.stream(1, milliseconds(40), 20'000, source);
    world.observer.finish(world.now + hours(1));
}

TEST_CASE("a lone INVITE with a stream was answered, whatever the capture has of it") {
    World world;
    world.send(platform, device, message("INVITE sip:34020000001310000001@10.0.0.64 SIP/2.0", "c1", "1 INVITE", false, sdp("10.0.0.5", 30012, "0100003190")));
    world.now += milliseconds(500);
    world.send(platform, device, message("INVITE sip:34020000001310000001@10.0.0.64 SIP/2.0", "c1", "1 INVITE", false, sdp("10.0.0.5", 30012, "0100003190")));
    world.stream(100003190, seconds(60));
    world.observer.finish(world.now);
    CHECK(world.ids() == "");
    CHECK(world.observer.dialogs().front()->state == DialogStory::State::inviting);
}
