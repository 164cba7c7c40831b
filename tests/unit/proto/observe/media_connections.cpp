// Which TCP connection belongs to which call, and what it says about a picture that never came: dialog-media-refused,
// dialog-media-unanswered, dialog-media-closed, dialog-media-wrong-way, dialog-media-not-dialled.
#include "proto/observe/media_connections.hpp"

#include <doctest/doctest.h>

#include <fmt/format.h>

#include "base/findings/dialog.hpp"
#include "proto/observe/dialog_observer.hpp"
#include "proto/observe/sip_feed.hpp"

using namespace gbkit;
using namespace gbkit::proto;
using namespace gbkit::proto::observe;
using State = ConnectionSeen::State;

namespace {

Endpoint at(std::string_view address, std::uint16_t port) { return {*IpAddress::parse(address), port}; }
const Endpoint platform = at("10.0.0.5", 5060), device = at("10.0.0.64", 5060), server = at("10.0.0.5", 30012), camera = at("10.0.0.64", 15060);

struct World {
    std::vector<Finding> findings;
    DialogObserver observer;
    SipFeed feed;
    Time now = from_unix(1'700'000'000);
    std::uint64_t number = 0;
    std::uint32_t dialled = 0;
    std::uint64_t media_bytes = 0;  // what the opener sends on its connections
    bool ended_by_opener = false;

    World()
        : observer({}, {[this](Finding finding) { findings.push_back(std::move(finding)); }, {}}),
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
    /// Dials, and what comes of it in that many milliseconds; `syns` copies of the SYN a second apart.
    void connect(const Endpoint& opener, const Endpoint& listener, State state, std::uint32_t syns = 1) {
        ConnectionSeen seen;
        seen.opener = opener;
        seen.listener = listener;
        seen.first_sequence = ++dialled;
        seen.syn_frame = ++number;
        seen.syn_time = now;
        for (seen.syn_copies = 1; seen.syn_copies <= syns; ++seen.syn_copies) {
            seen.frame = seen.syn_copies == 1 ? seen.syn_frame : ++number;
            seen.time = now;
            observer.see(seen);
            now += seconds(1);
        }
        seen.syn_copies = syns;
        if (state == State::dialling) return;
        seen.state = state;
        seen.frame = ++number;
        seen.time = now;
        seen.opener_bytes = media_bytes;
        seen.ended_by_opener = ended_by_opener;
        observer.see(seen);
    }
    void stream(Duration how_long) {
        for (const Time end = now + how_long; now < end; now += milliseconds(40))
            observer.see(MediaSeen{1, 100'003'190, at("10.0.0.64", 40001), server, Transport::tcp, ++number, now});
    }
    void finish() { observer.finish(now); }
    [[nodiscard]] std::string ids() const {
        std::string all;
        for (const Finding& finding : findings) {
            if (info_of(finding.id).severity == Severity::info) continue;
            all += (all.empty() ? "" : " ") + std::string(finding.id.slug);
            for (const Language language : {Language::english, Language::chinese}) {
                CHECK(message_of(finding, language).find('?') == std::string::npos);
                CHECK(message_of(finding, language).find('{') == std::string::npos);
            }
        }
        return all;
    }
};

std::string sdp(const Endpoint& place, std::string_view setup) {
    return fmt::format("v=0\r\no=1 0 0 IN IP4 {0}\r\ns=Play\r\nc=IN IP4 {0}\r\nt=0 0\r\nm=video {1} TCP/RTP/AVP 96\r\na=rtpmap:96 PS/90000\r\n"
                       "a=setup:{2}\r\na=connection:new\r\ny=0100003190\r\n", place.address.text(), place.port, setup);
}
std::string message(const std::string& start, std::string_view call, std::string_view cseq, bool callee_tag, const std::string& body = {}) {
    return fmt::format("{}\r\nVia: SIP/2.0/UDP 10.0.0.5:5060;branch=z9hG4bK{}{}\r\nFrom: <sip:p@d>;tag=a{}\r\nTo: <sip:34020000001310000001@d>{}\r\n"
                       "Call-ID: {}\r\nCSeq: {}\r\nContent-Type: application/sdp\r\nContent-Length: {}\r\n\r\n{}",
                       start, call, cseq.substr(0, 2), call, callee_tag ? ";tag=b" : "", call, cseq, body.size(), body);
}
struct Call {
    std::string name = "c1";
    Endpoint media = server, callee = device, callee_media = camera;
    std::string offer = "passive", reply = "active";
};
void invite(World& world, const Call& call = {}) {
    world.send(platform, call.callee, message("INVITE sip:34020000001310000001@10.0.0.64 SIP/2.0", call.name, "1 INVITE", false, sdp(call.media, call.offer)));
    world.send(call.callee, platform, message("SIP/2.0 200 OK", call.name, "1 INVITE", true, sdp(call.callee_media, call.reply)));
    world.send(platform, call.callee, message("ACK sip:34020000001310000001@10.0.0.64 SIP/2.0", call.name, "1 ACK", true));
}
void hang_up(World& world, bool by_device) {
    const auto& [from, to] = by_device ? std::pair(device, platform) : std::pair(platform, device);
    std::string bye = message("BYE sip:x@y SIP/2.0", "c1", "2 BYE", true);
    if (by_device) {   // the tags change places
        bye = replace_all(replace_all(replace_all(bye, "From: <sip:p@d>;tag=ac1", "From: <sip:x@d>;tag=b"), "To: <sip:34020000001310000001@d>;tag=b",
                                      "To: <sip:p@d>;tag=ac1"), "Via: SIP/2.0/UDP 10.0.0.5:5060", "Via: SIP/2.0/UDP 10.0.0.64:5060");
    }
    world.send(from, to, bye);
}
const Endpoint from_device = at("10.0.0.64", 40001);

}  // namespace

TEST_CASE("a call whose connection comes about has it in its story, and nothing is wrong") {
    World world;
    invite(world);
    world.connect(from_device, server, State::open);
    world.stream(seconds(12));
    hang_up(world, false);
    world.finish();
    CHECK(world.ids().empty());
    const DialogStory& story = *world.observer.dialogs().at(0);
    REQUIRE(story.connection);
    CHECK(story.dialled_by_callee);
    CHECK(story.connection->opener == from_device);
    CHECK(story.connection->syn_frame == 4);
    CHECK(story.dials == 1);
}

TEST_CASE("refused: told with the RST, and why the device gives up") {
    World world;
    invite(world);
    world.connect(from_device, server, State::refused);
    world.now += seconds(4);
    hang_up(world, true);
    world.finish();
    CHECK(world.ids() == "dialog-media-refused dialog-device-gave-up");
    const Finding& finding = world.findings.front();
    CHECK(finding.certainty == Certainty::certain);
    CHECK(finding.where.frame == std::uint64_t{5});
    CHECK(message_of(finding, Language::english) == "The callee dials 10.0.0.5:30012 for the media and is refused (RST).");
    CHECK(root_causes(world.findings).front().id == findings::dialog_media_refused);
}

TEST_CASE("refused at first and then connected is no refusal") {
    World world;
    invite(world);
    world.connect(from_device, server, State::refused);
    world.connect(at("10.0.0.64", 40002), server, State::open);
    world.stream(seconds(12));
    world.finish();
    CHECK(world.ids().empty());
    CHECK(world.observer.dialogs().at(0)->dials == 2);
}

TEST_CASE("silence: three SYN and more; two may still be answered") {
    for (const std::uint32_t copies : {2U, 4U}) {
        World world;
        invite(world);
        world.connect(from_device, server, State::dialling, copies);
        world.now += seconds(12);
        hang_up(world, false);
        world.finish();
        CHECK(world.ids() == (copies == 4 ? "dialog-media-unanswered" : ""));
        if (copies == 4) CHECK(message_of(world.findings.back(), Language::english).find("4 SYN, no answer") != std::string::npos);
    }
}

TEST_CASE("a private address for a device in the public network: its SYN that meet silence make that certain") {
    for (const std::uint32_t copies : {1U, 4U}) {
        World world;
        const Endpoint far = at("117.136.8.21", 40312);
        invite(world, {.media = at("192.168.7.7", 30012), .callee = far, .callee_media = at("117.136.8.21", 15060)});
        world.connect(at("117.136.8.21", 51000), at("192.168.7.7", 30012), State::dialling, copies);
        world.now += seconds(12);
        world.observer.advance(world.now);
        CHECK(world.ids() == "dialog-media-address");
        CHECK(world.findings.back().certainty == (copies == 4 ? Certainty::certain : Certainty::likely));
    }
}

TEST_CASE("connected and closed without a byte; with bytes on it, it may be media we cannot read") {
    for (const State end : {State::closed, State::reset})
        for (const bool device_ends : {true, false}) {
            World world;
            world.ended_by_opener = device_ends;
            invite(world);
            world.connect(from_device, server, end);
            world.now += seconds(12);
            hang_up(world, false);
            world.finish();
            CHECK(world.ids() == "dialog-media-closed");
            CHECK(message_of(world.findings.back(), Language::english) ==
                  fmt::format("The connection for the media to 10.0.0.5:30012 comes about, and the {} closes it after 1.0 s without a byte on it.",
                              device_ends ? "callee" : "caller"));
        }
    World caller_dials;
    caller_dials.ended_by_opener = true;
    invite(caller_dials, {.offer = "active", .reply = "passive"});
    caller_dials.connect(at("10.0.0.5", 51000), camera, State::closed);
    caller_dials.now += seconds(12);
    hang_up(caller_dials, false);
    caller_dials.finish();
    REQUIRE(caller_dials.ids() == "dialog-media-closed");
    CHECK(message_of(caller_dials.findings.back(), Language::english).find("the caller closes it") != std::string::npos);
    World other;
    other.media_bytes = 1;
    invite(other);
    other.connect(from_device, server, State::closed);
    other.now += seconds(12);
    hang_up(other, false);
    other.finish();
    CHECK(other.ids().empty());
}

TEST_CASE("the side dials that had to wait") {
    World world;
    invite(world);
    world.connect(at("10.0.0.5", 51000), camera, State::refused);   // the platform, though its offer says passive
    world.now += seconds(12);
    hang_up(world, false);
    world.finish();
    CHECK(world.ids() == "dialog-media-wrong-way");
    CHECK(message_of(world.findings.back(), Language::english).starts_with("The caller dials 10.0.0.64:15060 although"));
    World right;   // offered active: now it is its turn
    invite(right, {.offer = "active", .reply = "passive"});
    right.connect(at("10.0.0.5", 51000), camera, State::open);
    right.stream(seconds(12));
    right.finish();
    CHECK(right.ids().empty());
    CHECK_FALSE(right.observer.dialogs().at(0)->dialled_by_callee);
    World media;   // against the SDP, and it works: nothing to say
    invite(media);
    media.connect(at("10.0.0.5", 51000), camera, State::open);
    media.stream(seconds(12));
    media.finish();
    CHECK(media.ids().empty());
}

TEST_CASE("nobody dials: told only where the capture shows other connections of that server") {
    World blind;
    invite(blind);
    blind.now += seconds(15);
    hang_up(blind, false);
    blind.finish();
    CHECK(blind.ids().empty());

    World world;
    invite(world);
    world.connect(from_device, server, State::open);
    world.stream(seconds(2));
    const Endpoint other = at("10.0.0.65", 5060);
    invite(world, {.name = "c2", .media = at("10.0.0.5", 30014), .callee = other, .callee_media = at("10.0.0.65", 15060)});
    world.stream(seconds(12));
    world.finish();
    CHECK(world.ids() == "dialog-media-not-dialled");
    CHECK(world.findings.back().certainty == Certainty::likely);

    World conflict;   // the roles explain it already
    invite(conflict);
    conflict.connect(from_device, server, State::open);
    conflict.stream(seconds(2));
    invite(conflict, {.name = "c2", .media = at("10.0.0.5", 30014), .callee = other, .callee_media = at("10.0.0.65", 15060), .reply = "passive"});
    conflict.stream(seconds(12));
    conflict.finish();
    CHECK(conflict.ids() == "dialog-setup-conflict");
}

TEST_CASE("both say passive and one dials all the same: connected, so the roles are not to blame") {
    World world;
    invite(world, {.reply = "passive"});
    world.connect(from_device, server, State::open);
    world.now += seconds(12);
    hang_up(world, false);
    world.finish();
    CHECK(world.ids().empty());
}

TEST_CASE("one port of the media server for all calls: a connection belongs to the call of the host that dials") {
    World world;
    for (int i = 0; i < 3; ++i) {
        const std::string host = fmt::format("10.0.0.{}", 70 + i);
        invite(world, {.name = fmt::format("c{}", i), .callee = at(host, 5060), .callee_media = at(host, 15060)});
    }
    world.connect(at("10.0.0.71", 40001), server, State::refused);
    world.connect(at("10.0.0.99", 40001), server, State::open);   // three wait: nobody knows whose
    world.now += seconds(12);
    world.observer.advance(world.now);
    world.finish();
    CHECK(world.ids().find("dialog-media-refused") == 0);
    const auto dialogs = world.observer.dialogs();
    CHECK_FALSE(dialogs[0]->connection);
    REQUIRE(dialogs[1]->connection);
    CHECK_FALSE(dialogs[2]->connection);
}

TEST_CASE("the media comes from another host than the signalling: known where one call waits there") {
    World world;
    invite(world);
    world.connect(at("10.0.0.200", 40001), server, State::open);
    world.stream(seconds(12));
    world.finish();
    CHECK(world.ids().empty());
    REQUIRE(world.observer.dialogs().at(0)->connection);
    CHECK(world.observer.dialogs().at(0)->connection->opener == at("10.0.0.200", 40001));
}

TEST_CASE("a connection of another port, or to nobody's promise, belongs to no call") {
    World world;
    invite(world);
    world.connect(from_device, at("10.0.0.5", 80), State::refused);
    world.connect(at("10.0.0.77", 1), at("10.0.0.78", 2), State::refused);
    world.now += seconds(12);
    hang_up(world, false);
    world.finish();
    CHECK(world.ids().empty());
    CHECK_FALSE(world.observer.dialogs().at(0)->connection);
}

TEST_CASE("a flood of calls at one address and of connections to it stays bounded") {
    World world;
    for (int i = 0; i < 300; ++i) invite(world, {.name = fmt::format("f{}", i)});
    for (std::uint16_t i = 0; i < 5000; ++i) {
        ConnectionSeen seen;
        seen.opener = at("10.0.0.64", static_cast<std::uint16_t>(1024 + i));
        seen.listener = server;
        seen.syn_frame = ++world.number;
        seen.syn_copies = 1;
        seen.state = State::open;
        seen.time = seen.syn_time = world.now;
        world.observer.see(seen);
    }
    std::size_t connected = 0;
    for (const DialogStory* story : world.observer.dialogs()) connected += story->connection ? 1 : 0;
    CHECK(connected == MediaConnections::most_waiting);
}
