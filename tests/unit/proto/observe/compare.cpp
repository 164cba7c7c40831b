// proto/observe/compare, conversations: where two conversations part, what follows from it, and whose a message is.
#include "proto/observe/compare.hpp"

#include <doctest/doctest.h>

#include "base/text.hpp"
#include "proto/observe/conversations.hpp"

using namespace gbkit;
using namespace gbkit::proto;
using namespace gbkit::proto::observe;

namespace {

const Endpoint platform{*IpAddress::parse("203.0.113.9"), 5060};
Endpoint camera_at(std::uint16_t port) { return {*IpAddress::parse("192.168.1.64"), port}; }

/// Messages between a platform and devices, told line by line.
struct Talk {
    Conversations conversations;
    std::uint64_t number = 0;
    explicit Talk(std::string play = "") : conversations(std::move(play)) {}

    void say(const Endpoint& from, const Endpoint& to, const std::string& text) {
        const std::size_t end = text.find("\n\n");
        const std::string body = end == std::string::npos ? "" : text.substr(end + 2);
        const std::string bytes = replace_all(text.substr(0, end), "\n", "\r\n") + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
        const auto message = wire::sip::parse(bytes);
        REQUIRE(message);
        Packet packet;
        packet.number = ++number;
        packet.time = Time{seconds(1'700'000'000) + milliseconds(number * 10)};
        packet.source = from;
        packet.destination = to;
        packet.bytes = as_bytes(bytes);
        conversations.see({packet, *message});
    }
    static std::string head(const std::string& start, const std::string& id, const std::string& call, const std::string& cseq) {
        return start + "\nVia: SIP/2.0/UDP 192.168.1.64:5060;rport;branch=z9hG4bK" + call + cseq.substr(0, 1) + "\nFrom: <sip:" + id + "@3402000000>;tag=1\nTo: <sip:" + id +
               "@3402000000>\nCall-ID: " + call + "\nCSeq: " + cseq;
    }
    /// In the four steps; `status` is the last answer, `extra` further headers of both requests.
    void registration(const std::string& id, std::uint16_t port = 5060, int status = 200, const std::string& extra = "", const std::string& realm = "3402000000") {
        const std::string call = "r" + id;
        const std::string start = "REGISTER sip:34020000002000000001@3402000000 SIP/2.0";
        say(camera_at(port), platform, head(start, id, call, "1 REGISTER") + extra);
        say(platform, camera_at(port), head("SIP/2.0 401 Unauthorized", id, call, "1 REGISTER") + "\nWWW-Authenticate: Digest realm=\"3402000000\", nonce=\"n\"");
        say(camera_at(port), platform, head(start, id, call, "2 REGISTER") + extra + "\nAuthorization: Digest username=\"" + id + "\", realm=\"" + realm + "\", nonce=\"n\", uri=\"sip:a@b\", response=\"0123456789abcdef0123456789abcdef\"");
        say(platform, camera_at(port), head("SIP/2.0 " + std::to_string(status) + " Reason", id, call, "2 REGISTER"));
    }
    void keepalive(const std::string& id, std::uint16_t port = 5060) {
        say(camera_at(port), platform, head("MESSAGE sip:34020000002000000001@3402000000 SIP/2.0", id, "k" + id, "1 MESSAGE") + "\nContent-Type: Application/MANSCDP+xml\n\n<?xml version=\"1.0\"?>\r\n<Notify><CmdType>Keepalive</CmdType><SN>1</SN><DeviceID>" + id + "</DeviceID><Status>OK</Status></Notify>");
        say(platform, camera_at(port), head("SIP/2.0 200 OK", id, "k" + id, "1 MESSAGE"));
    }
    void invite(const std::string& channel, const std::string& call, std::uint16_t port = 5060) {
        const std::string lines = "\nVia: SIP/2.0/UDP 203.0.113.9:5060;branch=z9hG4bK" + call + "\nFrom: <sip:34020000002000000001@3402000000>;tag=1\nTo: <sip:" + channel + "@3402000000>\nCall-ID: " + call + "\nCSeq: 1 INVITE";
        say(platform, camera_at(port), "INVITE sip:" + channel + "@192.168.1.64 SIP/2.0" + lines);
        say(camera_at(port), platform, "SIP/2.0 200 OK" + lines);
    }
    const Conversation& of(const std::string& id) const {
        const auto* device = conversations.find(id);
        REQUIRE(device != nullptr);
        return device->conversation;
    }
};

const std::string one = "34020000001320000001", two = "34020000001320000002";

std::vector<std::string> told(const Conversation& good, const Conversation& bad) {
    std::vector<std::string> lines;
    for (const Difference& difference : compare(good, bad)) lines.push_back(difference.exchange + ": " + difference.what + " " + difference.good + " | " + difference.bad);
    return lines;
}

}  // namespace

TEST_CASE("the same conversation with other IDs, ports and times differs in nothing") {
    Talk good, bad;
    good.registration(one);
    good.keepalive(one);
    bad.registration(two, 40312);
    bad.keepalive(two, 40312);
    CHECK(told(good.of(one), bad.of(two)).empty());
}

TEST_CASE("where they part comes first, then what was said there, then what follows, in one line") {
    Talk good, bad;
    good.registration(one, 5060, 200, "\nExpires: 3600");
    good.keepalive(one);
    good.invite("34020000001310000001", "c");
    bad.registration(one, 5060, 403, "\nExpires: 60", "other");
    const auto differences = compare(good.of(one), bad.of(one));
    REQUIRE(differences.size() == 4);
    CHECK(differences[0].what == "first answer");
    CHECK(differences[0].place == Place::parting);
    CHECK(differences[0].exchange == "REGISTER with Authorization");
    CHECK(differences[1].what == "Authorization realm");
    CHECK(differences[1].bad == "a text, not as challenged, quoted");
    CHECK(differences[2].what == "header Expires");
    CHECK(differences[2].place == Place::parting);
    CHECK(differences[3].place == Place::following);
    CHECK(differences[3].good == "MESSAGE Notify Keepalive, INVITE");
    CHECK(differences[3].bad == "absent");
}

TEST_CASE("a capture that only ends earlier parts where it ends, and a difference before that is told first") {
    Talk good, bad;
    good.registration(one);
    good.keepalive(one);
    bad.registration(one, 5060, 200, "\nExpires: 60");
    const auto lines = told(good.of(one), bad.of(one));
    REQUIRE(lines.size() == 2);
    CHECK(lines[0] == "MESSAGE Notify Keepalive: the exchange 1 request | absent");
    CHECK(lines[1] == "REGISTER: header Expires absent | 60");
}

TEST_CASE("the platform's ID is compared as it is in one domain only") {
    const auto with = [](const std::string& server) {
        Talk talk;
        talk.say(camera_at(5060), platform, Talk::head("REGISTER sip:" + server + "@x SIP/2.0", one, "c", "1 REGISTER"));
        return talk;
    };
    const Talk good = with("34020000002000000001"), same_site = with("34020000002000009999"), elsewhere = with("51010000002000009999");
    CHECK(told(good.of(one), same_site.of(one)) == std::vector<std::string>{"REGISTER: platform ID 34020000002000000001 | 34020000002000009999"});
    CHECK(told(good.of(one), elsewhere.of(one)).empty());
}

TEST_CASE("an answer that goes elsewhere, a repeated cnonce, a nonce nobody gave") {
    Talk good, bad;
    good.registration(one);
    bad.say(camera_at(5060), platform, Talk::head("REGISTER sip:34020000002000000001@3402000000 SIP/2.0", one, "r" + one, "1 REGISTER"));
    bad.say(platform, camera_at(9999), Talk::head("SIP/2.0 401 Unauthorized", one, "r" + one, "1 REGISTER") + "\nWWW-Authenticate: Digest realm=\"3402000000\", nonce=\"n\"");
    const auto lines = told(good.of(one), bad.of(one));
    CHECK(std::find(lines.begin(), lines.end(), "REGISTER: the answer goes absent | to another place than the request came from") != lines.end());
}

TEST_CASE("who ends a call") {
    const auto ended_by = [](bool camera) {
        Talk talk;
        talk.invite(one, "c");
        const Endpoint from = camera ? camera_at(5060) : platform, to = camera ? platform : camera_at(5060);
        talk.say(from, to, Talk::head("BYE sip:a@b SIP/2.0", one, "c", "2 BYE"));
        talk.say(to, from, Talk::head("SIP/2.0 200 OK", one, "c", "2 BYE"));
        return talk;
    };
    const Talk good = ended_by(false), bad = ended_by(true);
    CHECK(told(good.of(one), bad.of(one)) == std::vector<std::string>{"BYE: sent by who called | who was called"});
}

TEST_CASE("whose a message is: a recorder's channels are its own, two devices behind one address are two") {
    Talk talk;
    talk.registration(one, 1001);
    talk.registration(two, 1002);
    talk.invite("34020000001310000007", "c7", 1002);
    talk.keepalive(one, 1001);
    CHECK(talk.conversations.devices().size() == 2);
    CHECK(talk.of(one).messages() == 6);
    CHECK(talk.of(two).messages() == 6);
    CHECK(talk.of(two).exchanges().back().name == "INVITE");
    // Nobody has registered: who is called is the device, not the platform that calls.
    Talk call;
    call.invite(one, "c");
    REQUIRE(call.conversations.devices().size() == 1);
    CHECK(call.conversations.devices().front().id == one);
}

TEST_CASE("--play keeps the calls of a channel or a Call-ID") {
    for (const std::string& play : {std::string("34020000001310000007"), std::string("c7")}) {
        Talk talk(play);
        talk.registration(one);
        talk.invite("34020000001310000007", "c7");
        talk.invite("34020000001310000008", "c8");
        talk.conversations.media({});
        REQUIRE(talk.conversations.devices().size() == 1);
        CHECK(talk.conversations.devices().front().conversation.messages() == 2);
    }
}

TEST_CASE("pairs: the same ID, else what is most alike, a good one without trouble and a bad one with") {
    Talk good, bad;
    good.registration(one, 1001, 403);
    good.registration(two, 1002);
    bad.registration("34020000001320000003", 1003);
    bad.registration("34020000001320000004", 1004, 403);
    const ConversationPair pair = pair_up(good.conversations, bad.conversations);
    REQUIRE(pair.good != nullptr);
    CHECK(pair.good->id == two);
    CHECK(pair.bad->id == "34020000001320000004");
    bad.registration(one, 1001);
    CHECK(pair_up(good.conversations, bad.conversations).good->id == one);
    CHECK(pair_up(good.conversations, bad.conversations).bad->id == one);
    // One capture, one of the two given: not against itself.
    const auto* given = good.conversations.find(one);
    CHECK(pair_up(good.conversations, good.conversations, nullptr, given, true).good->id == two);
    CHECK(pair_up(good.conversations, Conversations{}).good == nullptr);
}

TEST_CASE("devices without end are counted, not kept") {
    Talk talk;
    for (int i = 0; i < 1500; ++i)
        talk.say(camera_at(5060), platform, Talk::head("REGISTER sip:34020000002000000001@3402000000 SIP/2.0", "3402000000132" + std::to_string(1'000'000 + i), "c" + std::to_string(i), "1 REGISTER"));
    CHECK(talk.conversations.devices().size() == Conversations::max_devices);
    CHECK(talk.conversations.devices_left_out() == 1500 - Conversations::max_devices);
}
