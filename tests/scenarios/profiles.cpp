// Each profile: what its messages look like, byte for byte, and what the observers say of a device that has it.
#include <doctest/doctest.h>

#include <regex>

#include "base/findings/digest.hpp"
#include "base/findings/register.hpp"
#include "proto/observe/digest_observer.hpp"
#include "proto/observe/registration_observer.hpp"
#include "proto/observe/sip_feed.hpp"
#include "world/pair.hpp"

using namespace gbkit;
using proto::gb::Habits;
using world::State;

namespace {

struct Life {
    explicit Life(std::string_view profile, const std::function<void(world::PairOptions&)>& change = {}) : pair(options(profile, change)) {
        const auto keep = [&](Finding finding) { findings.push_back(std::move(finding)); };
        const proto::observe::Context context{.server_id = pair.settings.server_id, .domain = pair.settings.domain};
        registrations.emplace(context, proto::observe::RegistrationSinks{keep, {}});
        digests.emplace(context, [](std::string_view, std::string_view) { return proto::observe::Secret{"12345678"}; }, keep);
        feed.emplace(
            [&](const proto::observe::SipSeen& seen) {
                registrations->see(seen);
                digests->see(seen);
            },
            keep);
        pair.net.tap = [&](const proto::Packet& packet) {
            feed->see(packet);
            if (packet.source == world::device_address) sent.emplace_back(as_text(packet.bytes));
        };
        pair.start();
    }
    static world::PairOptions options(std::string_view profile, const std::function<void(world::PairOptions&)>& change) {
        world::PairOptions options;
        options.once = false;
        options.expires = 3600;
        const Habits habits = *proto::gb::find_habits(profile);
        options.kind = [habits](proto::gb::DeviceSettings& settings, std::uint32_t) {
            settings.habits = habits;
            settings.user_agent = "gbkit/0";
        };
        if (change) change(options);
        return options;
    }
    void end() {
        registrations->finish(pair.net.now + seconds(40));
        digests->finish();
    }
    [[nodiscard]] std::vector<std::string> starting(std::string_view start) const {
        std::vector<std::string> all;
        for (const std::string& message : sent)
            if (message.starts_with(start)) all.push_back(message);
        return all;
    }
    [[nodiscard]] bool told(FindingId id) const {
        return std::any_of(findings.begin(), findings.end(), [&](const Finding& finding) { return finding.id == id; });
    }
    /// A request of the platform, from that node.
    void call(world::Node& from, const std::string& body = {}) {
        const std::string serial = std::to_string(++calls);
        pair.net.inject(from, {1, world::device_address,
                               "MESSAGE sip:" + world::device_id + "@3402000000 SIP/2.0\r\nVia: SIP/2.0/UDP " + from.address.text() +
                                   ";rport;branch=z9hG4bKcall" + serial + "\r\nFrom: <sip:34020000002000000001@3402000000>;tag=c\r\nTo: <sip:" +
                                   world::device_id + "@3402000000>\r\nCall-ID: call" + serial +
                                   "\r\nCSeq: 1 MESSAGE\r\nContent-Type: Application/MANSCDP+xml\r\nContent-Length: " +
                                   std::to_string(body.size()) + "\r\n\r\n" + body});
    }

    std::vector<Finding> findings;
    std::vector<std::string> sent;
    int calls = 0;
    world::Pair pair;
    std::optional<proto::observe::RegistrationObserver> registrations;
    std::optional<proto::observe::DigestObserver> digests;
    std::optional<proto::observe::SipFeed> feed;
};

/// Random parts by what they are made of: H is a hexadecimal, D a decimal number.
std::string masked(std::string text) {
    static const std::regex decimal("(branch=z9hG4bK|tag=|Call-ID: )[0-9]{1,18}(?=[\r\n;])");
    static const std::regex hex("(branch=z9hG4bK|tag=|Call-ID: |nonce=\"|response=\")[0-9a-f]+");
    return std::regex_replace(std::regex_replace(text, decimal, "$1D"), hex, "$1H");
}

const std::string id = world::device_id;

}  // namespace

TEST_CASE("what each profile writes") {
    const std::string tail = "Max-Forwards: 70\r\nUser-Agent: gbkit/0\r\nExpires: 3600\r\nContent-Length: 0\r\n\r\n";
    const std::string usual = "REGISTER sip:34020000002000000001@3402000000 SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.2:5060;rport;branch=z9hG4bKH\r\n";
    const std::string parties = "From: <sip:" + id + "@3402000000>;tag=H\r\nTo: <sip:" + id + "@3402000000>\r\nCall-ID: H\r\nCSeq: 1 REGISTER\r\nContact: <sip:" +
                                id + "@10.0.0.2:5060>\r\n";
    for (const std::string_view profile : {"standard", "dahua", "uniview"}) {
        CAPTURE(profile);
        Life life(profile);
        life.pair.run(seconds{5});
        CHECK(masked(life.starting("REGISTER").at(0)) == usual + parties + tail);
    }
    Life life("hikvision");
    life.pair.run(seconds{70});
    const std::string hikvision =
        "REGISTER sip:34020000002000000001@10.0.0.1:5060 SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.2:5060;rport;branch=z9hG4bKD\r\nFrom: <sip:" + id +
        "@10.0.0.2:5060>;tag=D\r\nTo: <sip:" + id + "@10.0.0.2:5060>\r\nCall-ID: D\r\nCSeq: 1 REGISTER\r\nContact: <sip:" + id +
        "@10.0.0.2:5060>\r\nMax-Forwards: 70\r\nUser-Agent: IP Camera\r\nExpires: 3600\r\nContent-Length: 0\r\n\r\n";
    CHECK(masked(life.starting("REGISTER").at(0)) == hikvision);
    const std::string second = life.starting("REGISTER").at(1);
    CHECK(second.find("uri=\"sip:34020000002000000001@3402000000\"") != std::string::npos);
    CHECK(second.find("qop=auth, nc=00000001, cnonce=\"0a4f113b\"") != std::string::npos);
    CHECK(life.starting("MESSAGE").at(0).starts_with("MESSAGE sip:34020000002000000001@10.0.0.1:5060 SIP/2.0\r\n"));
}

TEST_CASE("each profile registers, stays for hours and leaves: no error is told of it, and its habits are") {
    const std::map<std::string_view, std::vector<FindingId>> habits{
        {"standard", {}},
        {"hikvision", {findings::digest_constant_cnonce, findings::digest_uri_differs}},
        {"dahua", {findings::register_route}},
        {"uniview", {}},
    };
    REQUIRE(habits.size() == proto::gb::all_habits().size());
    for (const Habits& profile : proto::gb::all_habits()) {
        CAPTURE(profile.name);
        Life life(profile.name);
        life.pair.run(hours{3});
        life.pair.net.step(*life.pair.device, proto::Stop{});
        REQUIRE(life.pair.run(minutes{2}));
        life.end();
        CHECK(life.pair.device->finish->outcome == proto::Outcome::yes);
        for (const FindingId expected : habits.at(profile.name)) CHECK(life.told(expected));
        for (const Finding& finding : life.findings) {
            CAPTURE(finding.id.slug);
            CHECK(info_of(finding.id).severity > Severity::violation);
            const bool is_habit = finding.id == findings::digest_constant_cnonce || finding.id == findings::digest_uri_differs || finding.id == findings::register_route;
            const auto& own = habits.at(profile.name);
            if (is_habit) CHECK(std::find(own.begin(), own.end(), finding.id) != own.end());
        }
    }
}

TEST_CASE("dahua: a challenge without algorithm gets no answer; the others answer it") {
    for (const Habits& profile : proto::gb::all_habits()) {
        CAPTURE(profile.name);
        Life life(profile.name);
        auto machine = life.pair.platform->machine;
        life.pair.platform->machine = {[machine](Time now, const proto::Event& event, proto::Actions& actions) {
                                           machine.step(now, event, actions);
                                           for (proto::Action& action : actions)
                                               if (auto* send = std::get_if<proto::Send>(&action)) send->bytes = replace_all(send->bytes, ", algorithm=MD5", "");
                                       },
                                       machine.deadline};
        life.pair.run(seconds{40});
        CHECK(life.starting("REGISTER").size() == (profile.name == "dahua" ? 1 : 2));
    }
}

TEST_CASE("dahua: who calls it while it is not registered hears so") {
    Life life("dahua");
    life.pair.run(seconds{5});
    life.call(*life.pair.platform);
    life.pair.run(seconds{1});
    REQUIRE(life.starting("SIP/2.0 200").size() == 1);
    bool dark = true;
    life.pair.net.lose = [&](const world::Node& from, const proto::Send& send) {
        return dark && &from == life.pair.platform && send.bytes.starts_with("SIP/2.0");
    };
    for (int i = 0; i < 600 && !life.pair.fleet->members()[0].lost(); ++i) life.pair.run(seconds{1});
    REQUIRE(life.pair.fleet->members()[0].lost());
    life.call(*life.pair.platform);
    life.pair.run(seconds{1});
    REQUIRE(life.starting("SIP/2.0 403").size() == 1);
    CHECK(life.starting("SIP/2.0 403")[0].find("Warning: 399 devnull \"<102>[Component]Not registered\"\r\n") != std::string::npos);
    CHECK(life.told(findings::register_device_forgot));
    dark = false;
}

TEST_CASE("hikvision: a platform that calls from another address is not answered, and that is told") {
    for (const std::string_view profile : {"hikvision", "standard"}) {
        CAPTURE(profile);
        Life life(profile);
        world::Node& other = life.pair.net.add({[](Time, const proto::Event&, proto::Actions&) {}, [] { return std::optional<Time>(); }},
                                               {IpAddress::v4(0x0A000063), 5060});
        life.pair.run(minutes{2});
        life.call(other);
        life.pair.run(minutes{2});
        CHECK(life.starting("SIP/2.0").size() == (profile == "hikvision" ? 0 : 1));
        CHECK(life.told(findings::register_platform_elsewhere) == (profile == "hikvision"));
        life.call(*life.pair.platform);
        life.pair.run(seconds{2});
        CHECK(life.starting("SIP/2.0 200").size() == (profile == "hikvision" ? 1 : 2));
    }
}

TEST_CASE("uniview: a DeviceConfig makes it log out and come back by itself") {
    Life life("uniview");
    life.pair.run(seconds{5});
    life.call(*life.pair.platform,
              "<?xml version=\"1.0\"?>\r\n<Control>\r\n<CmdType>DeviceConfig</CmdType>\r\n<SN>1</SN>\r\n<DeviceID>" + id + "</DeviceID>\r\n</Control>\r\n");
    life.pair.run(seconds{5});
    CHECK(life.pair.states(*life.pair.device).back() == State::unregistered);
    CHECK(life.pair.registrar->locations().size() == 0);
    CHECK_FALSE(life.pair.device->finish);
    life.pair.run(minutes{1});
    CHECK(life.pair.states(*life.pair.device).back() == State::registered);
    life.end();
    CHECK(life.told(findings::register_logging_out));
    for (const Finding& finding : life.findings) CHECK(info_of(finding.id).severity > Severity::violation);
}
