// SIP as a list has it: what belongs together, both directions, bounds.
#include "proto/observe/content_sip.hpp"

#include <doctest/doctest.h>

#include "proto/observe/sip_feed.hpp"
#include "unit/wire/frames.hpp"

using namespace gbkit;
using namespace gbkit::proto;
using namespace gbkit::proto::observe;
using namespace gbkit::test;

namespace {

const Endpoint client{ip("10.1.0.9"), 40112};
const Endpoint server{ip("10.1.0.5"), 1935};

}  // namespace

TEST_CASE("SIP: a call, a registration, what else two parties say") {
    ContentSip sip(3);
    SipFeed feed([&sip](const SipSeen& seen) { sip.see(seen); }, [](Finding) {});
    std::uint64_t frame = 0;
    const auto say = [&](std::string_view start, std::string_view from, std::string_view to, std::string_view call, std::string_view cseq, bool back = false) {
        const std::string message = std::string(start) + "\r\nVia: SIP/2.0/UDP 10.1.0.9:5060;branch=z9hG4bK" + std::to_string(frame / 2) + "\r\nFrom: <sip:" + std::string(from) +
                                    "@h>;tag=1\r\nTo: <sip:" + std::string(to) + "@h>\r\nCall-ID: " + std::string(call) + "\r\nCSeq: " + std::string(cseq) + "\r\nContent-Length: 0\r\n\r\n";
        Packet packet;
        packet.number = ++frame;
        packet.time = from_unix(1'700'000'000) + seconds(frame);
        packet.source = back ? server : client;
        packet.destination = back ? client : server;
        packet.bytes = as_bytes(message);
        feed.see(packet);
    };
    say("REGISTER sip:p@h SIP/2.0", "dev", "dev", "r1", "1 REGISTER");
    say("SIP/2.0 401 Unauthorized", "dev", "dev", "r1", "1 REGISTER", true);
    say("REGISTER sip:p@h SIP/2.0", "dev", "dev", "r2", "2 REGISTER");
    say("SIP/2.0 200 OK", "dev", "dev", "r2", "2 REGISTER", true);
    say("MESSAGE sip:p@h SIP/2.0", "dev", "plat", "m1", "1 MESSAGE");
    say("MESSAGE sip:p@h SIP/2.0", "plat", "dev", "m2", "1 MESSAGE", true);
    say("INVITE sip:c@h SIP/2.0", "plat", "chan", "c1", "1 INVITE", true);
    say("SIP/2.0 200 OK", "plat", "chan", "c1", "1 INVITE");
    say("BYE sip:c@h SIP/2.0", "plat", "chan", "c1", "2 BYE", true);

    const auto stories = sip.stories();
    REQUIRE(stories.size() == 3);
    using Kind = ContentSipStory::Kind;
    CHECK(stories[0]->kind == Kind::registration);
    CHECK(stories[0]->packets == 4);
    CHECK(stories[0]->caller == "dev");
    CHECK(stories[0]->status == 200);
    CHECK(stories[1]->kind == Kind::messages);
    CHECK(stories[1]->methods.at("MESSAGE") == 2);
    CHECK(stories[2]->kind == Kind::call);
    CHECK(stories[2]->call_id == "c1");
    CHECK(stories[2]->callee == "chan");
    CHECK(stories[2]->packets == 3);
    CHECK(stories[2]->from == server);

    say("SUBSCRIBE sip:d@h SIP/2.0", "plat", "dev", "s1", "1 SUBSCRIBE", true);
    CHECK(sip.stories().size() == 3);
    CHECK(sip.dropped() == 1);
    CHECK(sip.stories().back()->kind == Kind::subscription);
}
