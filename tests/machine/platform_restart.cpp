// The platform ends and begins again under a thousand devices: with its table nobody notices, without it everybody
// comes back. And somebody who subscribed hears of all of it.
#include <doctest/doctest.h>

#include <map>
#include <set>

#include "wire/sip/message.hpp"
#include "world/pair.hpp"

using namespace world;

namespace {

constexpr std::uint32_t many = 1000;

PairOptions thousand() {
    PairOptions options;
    options.devices = many;
    options.once = false;
    options.link.longest = milliseconds{20};
    options.platform = [](auto& settings) { settings.keeps_changes = true; };
    return options;
}

/// What io/store_locations does, in memory.
using Kept = std::map<std::string, proto::gb::Location>;
void keep(proto::gb::Registrar& registrar, Kept& kept) {
    for (const std::string& device : registrar.take_changes()) {
        if (const auto* location = registrar.locations().find(device)) kept.insert_or_assign(device, *location);
        else kept.erase(device);
    }
}
std::vector<proto::gb::Location> former(const Kept& kept) {
    std::vector<proto::gb::Location> all;
    for (const auto& entry : kept) all.push_back(entry.second);
    return all;
}

/// Down for a while, then a new registrar at the same address.
void restart(Pair& pair, Duration down, const Kept* kept) {
    pair.platform->finish = proto::Finish{proto::Outcome::interrupted, "killed"};
    pair.run(down);
    proto::gb::RegistrarSettings settings;
    settings.password = "12345678";
    settings.keeps_changes = true;
    pair.registrar.emplace(settings, Random(99));
    if (kept) pair.registrar->restore(pair.net.now, former(*kept));
    pair.platform->finish.reset();
    pair.net.start(*pair.platform);
}

std::size_t count(const Node& node, State state) {
    return static_cast<std::size_t>(std::count_if(node.registrations.begin(), node.registrations.end(), [&](const auto& report) { return report.state == state; }));
}

}  // namespace

TEST_CASE("with its table a platform comes back unnoticed: no device registers anew, no beat is refused") {
    Pair pair(thousand());
    Kept kept;
    pair.start();
    pair.run(minutes{2});
    keep(*pair.registrar, kept);
    REQUIRE(kept.size() == many);
    pair.device->registrations.clear();
    pair.device->keepalives.clear();
    restart(pair, seconds{5}, &kept);
    CHECK(pair.registrar->locations().size() == many);
    pair.run(minutes{5});
    CHECK(pair.device->registrations.empty());
    CHECK(pair.device->keepalives.size() >= 4 * many);
    for (const auto& beat : pair.device->keepalives) CHECK(beat.status == 200);
    CHECK(pair.registrar->locations().size() == many);
    CHECK(pair.registrar->locations().offline() == 0);
}

TEST_CASE("of what is restored, a device that has gone meanwhile is found to be silent") {
    Pair pair(thousand());
    Kept kept;
    pair.start();
    pair.run(minutes{4});
    keep(*pair.registrar, kept);
    restart(pair, seconds{5}, &kept);
    pair.net.lose = [](const Node&, const proto::Send&) { return true; };   // nobody is heard any more
    pair.platform->registrations.clear();
    pair.run(minutes{4});
    CHECK(count(*pair.platform, State::expired) == many);
    CHECK(pair.registrar->locations().offline() == many);
}

TEST_CASE("without a table every device is refused once at its next beat, registers again and is back within a minute or so") {
    Pair pair(thousand());
    pair.start();
    pair.run(minutes{2});
    pair.device->registrations.clear();
    pair.device->keepalives.clear();
    restart(pair, seconds{5}, nullptr);
    CHECK(pair.registrar->locations().size() == 0);
    pair.run(seconds{75});
    CHECK(pair.registrar->locations().size() == many);
    CHECK(count(*pair.device, State::registered) == many);
    CHECK(count(*pair.device, State::refused) == 0);
    std::map<std::string, int> refused;
    for (const auto& beat : pair.device->keepalives)
        if (beat.status == 403) ++refused[beat.device];
    CHECK(refused.size() == many);
    for (const auto& [device, times] : refused) CHECK(times == 1);
}

TEST_CASE("two restarts in a row, the second before everybody was back, on a link that loses a tenth") {
    PairOptions options = thousand();
    options.link.loss = 0.1;
    Pair pair(options);
    pair.start();
    pair.run(minutes{3});
    restart(pair, seconds{20}, nullptr);
    pair.run(seconds{30});
    restart(pair, seconds{1}, nullptr);
    pair.run(minutes{10});
    CHECK(pair.registrar->locations().size() == many);
    CHECK(pair.registrar->locations().offline() == 0);
}

namespace {

/// An upper platform: subscribes, answers every NOTIFY, remembers what it was told; a row of its own makes it deaf.
struct Upper {
    static inline const Endpoint address{IpAddress::v4(0x0A000009), 5060};
    std::map<std::string, bool> told{};   // device: online?
    int status = 0;                       // of the SUBSCRIBE
    int notifies = 0;
    bool terminated = false, deaf = false;
    std::string problem{};
    std::optional<Time> again{};          // to say it once more, unanswered

    static std::string subscribe(std::uint32_t expires) {
        const std::string body = "<?xml version=\"1.0\"?>\r\n<Query><CmdType>Catalog</CmdType><SN>1</SN><DeviceID>34020000002000000001</DeviceID></Query>\r\n";
        return "SUBSCRIBE sip:34020000002000000001@3402000000 SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.9:5060;rport;branch=z9hG4bKsub\r\n"
               "From: <sip:34010000002000000001@3401000000>;tag=upper\r\nTo: <sip:34020000002000000001@3402000000>\r\nCall-ID: sub\r\nCSeq: 1 SUBSCRIBE\r\n"
               "Contact: <sip:34010000002000000001@10.0.0.9:5060>\r\nEvent: Catalog\r\nExpires: " + std::to_string(expires) +
               "\r\nContent-Type: Application/MANSCDP+xml\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    }
    void read(const wire::sip::Message& notify) {
        ++notifies;
        terminated = notify.value("Subscription-State").starts_with("terminated");
        const std::string body(notify.body());
        for (std::size_t at = body.find("<Item>"); at != std::string::npos; at = body.find("<Item>", at + 1)) {
            const std::size_t id = body.find("<DeviceID>", at) + 10;
            told[body.substr(id, 20)] = body.compare(body.find("<Event>", at) + 7, 2, "ON") == 0;
        }
    }
    void step(Time now, const proto::Event& event, proto::Actions& out) {
        if (std::holds_alternative<proto::Started>(event)) out.push_back(proto::Open{1, proto::Transport::udp, address, std::nullopt});
        const bool asks = std::holds_alternative<proto::Opened>(event) || std::holds_alternative<proto::Woken>(event);
        if (asks) again = now + seconds{1};
        if (asks && status == 0) out.push_back(proto::Send{1, platform_address, subscribe(3600), {}});
        const auto* received = std::get_if<proto::Received>(&event);
        if (!received || deaf) return;
        const auto message = wire::sip::parse(received->bytes);
        if (!message || message->defect) problem = "a message that cannot be read";
        else if (!message->is_request()) status = message->status();
        else {
            read(*message);
            out.push_back(proto::Send{1, received->from, *proto::sip::make_reply(*message, received->from, 200, "OK", ""), {}});
        }
    }
    [[nodiscard]] std::optional<Time> deadline() const { return status == 0 ? again : std::nullopt; }
};

}  // namespace

TEST_CASE("a subscriber is told of every device that comes and goes, over a link that loses, repeats and disorders") {
    PairOptions options;
    options.devices = 50;
    options.once = false;
    options.expires = 600;
    options.link = {.loss = 0.1, .repeat = 0.1, .shortest = milliseconds{1}, .longest = milliseconds{200}};
    options.platform_password = std::nullopt;
    Pair pair(options);
    Upper upper;
    Node& node = pair.net.add(proto::machine_of(upper), Upper::address);
    pair.net.start(*pair.platform);
    pair.net.start(node);
    pair.run(minutes{1});
    CHECK(upper.status == 200);
    CHECK(upper.notifies >= 1);
    CHECK(upper.told.empty());             // nobody is offline
    pair.net.start(*pair.device);
    pair.run(minutes{3});
    CHECK(upper.told.size() == 50);
    for (const auto& [device, online] : upper.told) CHECK(online);
    pair.net.step(*pair.device, proto::Stop{});
    pair.net.run(pair.net.now + minutes{3});
    CHECK(pair.registrar->locations().size() == 0);
    for (const auto& [device, online] : upper.told) CHECK_FALSE(online);
    CHECK(upper.problem.empty());
    CHECK_FALSE(upper.terminated);
    pair.net.run(pair.net.now + minutes{90});
    CHECK(upper.terminated);               // its 3600 s are over
    CHECK(pair.registrar->subscriptions().size() == 0);
}

TEST_CASE("a subscriber that falls silent is dropped after one unanswered NOTIFY and costs nothing more") {
    PairOptions options;
    options.once = false;
    options.platform_password = std::nullopt;
    Pair pair(options);
    Upper upper;
    Node& node = pair.net.add(proto::machine_of(upper), Upper::address);
    pair.net.start(*pair.platform);
    pair.net.start(node);
    pair.run(seconds{10});
    upper.deaf = true;
    pair.net.start(*pair.device);
    pair.run(minutes{2});
    CHECK(upper.status == 200);
    CHECK(pair.registrar->subscriptions().size() == 0);
    const std::uint64_t sent = pair.platform->sent;
    pair.net.step(*pair.device, proto::Stop{});
    pair.net.run(pair.net.now + minutes{1});
    CHECK(pair.platform->sent == sent + 1);   // the 200 of the device's goodbye
}
