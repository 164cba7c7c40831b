// proto/observe/nat_pairs: one message on both sides of a NAT is given on once, as the outer side shows it; nothing else
// is taken for a pair, nothing gets lost, and what is remembered is bounded.
#include "proto/observe/nat_pairs.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "base/findings/register.hpp"
#include "proto/observe/sip_feed.hpp"
#include "scenarios/conversation.hpp"

using namespace gbkit;
using namespace gbkit::proto;
using namespace gbkit::proto::observe;
using scenario::endpoint;
using scenario::Recorded;

namespace {

const Endpoint inside = endpoint("192.168.1.64", 5060), outside = endpoint("117.136.8.21", 40312), platform = endpoint("203.0.113.9", 5060);

struct Line {
    std::uint64_t frame;
    Endpoint source, destination;
    std::string bytes;
};

/// Packets through feed and pairs; frames are counted from 1.
struct Bench {
    std::vector<Line> lines = {};
    NatPairs pairs;
    SipFeed feed;
    std::uint64_t number = 0;
    std::size_t most_waiting = 0;

    explicit Bench(bool enabled = true)
        : pairs([this](const SipSeen& seen) {
              lines.push_back({seen.packet.number, seen.packet.source, seen.packet.destination, std::string(as_text(seen.packet.bytes))});
          }, enabled),
          feed([this](const SipSeen& seen) { pairs.see(seen); }, [](const Finding&) {}) {}

    void push(const Recorded& recorded) {
        Packet packet;
        packet.number = ++number;
        packet.time = recorded.time;
        packet.source = recorded.source;
        packet.destination = recorded.destination;
        packet.transport = recorded.transport;
        packet.bytes = as_bytes(recorded.bytes);
        packet.stream_offset = recorded.stream_offset;
        feed.see(packet);
        most_waiting = std::max(most_waiting, pairs.waiting());
    }
    void push(const std::vector<Recorded>& all) {
        for (const Recorded& recorded : all) push(recorded);
    }
};

/// What a router's two ports see of a conversation of the inner device: each packet on both sides, 50 us apart.
std::vector<Recorded> both_sides(const std::vector<Recorded>& inner, const Endpoint& outer = outside) {
    std::vector<Recorded> all;
    for (const Recorded& recorded : inner) {
        Recorded twin = recorded;
        const bool leaves = recorded.source == inside;
        (leaves ? twin.source : twin.destination) = outer;
        Recorded first = leaves ? recorded : twin, second = leaves ? twin : recorded;
        second.time += microseconds(50);
        all.push_back(first);
        all.push_back(second);
    }
    return all;
}

scenario::Conversation registered() { return scenario::Conversation{}.register_well().beats(3); }

bool outer_only(const std::vector<Line>& lines) {
    return std::all_of(lines.begin(), lines.end(), [](const Line& line) { return line.source != inside && line.destination != inside; });
}

}  // namespace

TEST_CASE("each message once, in order, between the outer ends; the mapping with its frames") {
    const std::vector<Recorded> inner = registered().packets();
    Bench bench;
    bench.push(both_sides(inner));
    bench.pairs.finish();
    REQUIRE(bench.lines.size() == inner.size());
    for (std::size_t i = 0; i < inner.size(); ++i) CHECK(bench.lines[i].bytes == inner[i].bytes);
    CHECK(outer_only(bench.lines));
    CHECK(bench.pairs.paired() == inner.size());
    const auto mappings = bench.pairs.mappings();
    REQUIRE(mappings.size() == 1);
    CHECK(mappings[0].inside == inside);
    CHECK(mappings[0].outside == outside);
    CHECK(mappings[0].peer == platform);
    CHECK(mappings[0].messages == inner.size());
    CHECK(mappings[0].first_frame == 2);
    CHECK(mappings[0].last_frame == 2 * inner.size());
    CHECK(bench.pairs.outside_of(inside, platform) == outside);
    CHECK(bench.pairs.one_sided().not_let_in == 0);
    CHECK(bench.pairs.one_sided().not_let_out == 0);
    CHECK_FALSE(bench.pairs.outside_of(platform, inside));
}

TEST_CASE("swapped in the capture: the outer packet stands before the inner one") {
    std::vector<Recorded> all = both_sides(registered().packets());
    for (std::size_t i = 0; i + 1 < all.size(); i += 2) {
        std::swap(all[i], all[i + 1]);
        std::swap(all[i].time, all[i + 1].time);
    }
    Bench bench;
    bench.push(all);
    bench.pairs.finish();
    CHECK(bench.lines.size() == all.size() / 2);
    CHECK(outer_only(bench.lines));
    CHECK(bench.pairs.mappings().at(0).inside == inside);
}

TEST_CASE("a private network inside a private network: who is inside shows in the direction") {
    const Endpoint branch = endpoint("10.20.0.7", 1024), centre = endpoint("10.1.0.5", 5060);
    scenario::Conversation talk;
    talk.platform = centre;
    talk.register_well().beats(2);
    Bench bench;
    bench.push(both_sides(talk.packets(), branch));
    bench.pairs.finish();
    REQUIRE(bench.pairs.mappings().size() == 1);
    CHECK(bench.pairs.mappings()[0].inside == inside);
    CHECK(bench.pairs.mappings()[0].outside == branch);
    CHECK(outer_only(bench.lines));
    CHECK(bench.lines.size() == talk.packets().size());
}

TEST_CASE("a rebinding is a second mapping, and the platform's view of it is what is judged") {
    const Endpoint rebound = endpoint("117.136.8.21", 40999);
    const std::vector<Recorded> inner = registered().packets();
    const std::size_t half = inner.size() / 2 / 2 * 2;
    std::vector<Recorded> all = both_sides({inner.begin(), inner.begin() + static_cast<std::ptrdiff_t>(half)});
    for (const Recorded& later : both_sides({inner.begin() + static_cast<std::ptrdiff_t>(half), inner.end()}, rebound)) all.push_back(later);
    Bench bench;
    bench.push(all);
    bench.pairs.finish();
    const auto mappings = bench.pairs.mappings();
    REQUIRE(mappings.size() == 2);
    CHECK(mappings[0].outside == outside);
    CHECK(mappings[1].outside == rebound);
    CHECK(mappings[1].first_frame > mappings[0].last_frame);
    CHECK(bench.pairs.outside_of(inside, platform) == rebound);
    CHECK(bench.lines.size() == inner.size());
    const auto told = scenario::observe([&] {
        std::vector<Recorded> given;
        for (const Line& line : bench.lines) given.push_back({all[line.frame - 1].time, line.source, line.destination, Transport::udp, line.bytes});
        return given;
    }());
    CHECK(told.find(findings::register_source_moved) != nullptr);
    CHECK(told.devices.size() == 1);
}

TEST_CASE("what is on one side only: dropped by the NAT, sent to a private address, or not captured on the other side") {
    std::vector<Recorded> all = both_sides(registered().packets());
    const std::size_t before = all.size() / 2;
    Recorded call = all.back();
    call.source = platform;
    call.destination = outside;
    call.bytes = scenario::keepalive("34020000002000000001", 77);
    call.time += seconds(60);
    all.push_back(call);
    Recorded to_via = call;
    to_via.destination = inside;
    to_via.bytes = scenario::keepalive("34020000002000000001", 78);
    to_via.time += seconds(1);
    all.push_back(to_via);
    Recorded lost_outside = to_via;
    std::swap(lost_outside.source, lost_outside.destination);
    lost_outside.bytes = scenario::keepalive(scenario::device_id, 79);
    lost_outside.time += seconds(1);
    all.push_back(lost_outside);
    Bench bench;
    bench.push(all);
    bench.pairs.finish();
    REQUIRE(bench.lines.size() == before + 3);
    CHECK(bench.lines[before].destination == outside);
    CHECK(bench.lines[before + 1].destination == inside);   // a mistake worth finding
    CHECK(bench.lines[before + 2].source == outside);       // under the name the platform knows it by
    CHECK(bench.pairs.one_sided().not_let_in == 1);
    CHECK(bench.pairs.one_sided().first_not_let_in == all.size() - 2);
    CHECK(bench.pairs.one_sided().not_let_out == 1);
    CHECK(bench.pairs.one_sided().first_not_let_out == all.size());
}

TEST_CASE("a proxy's hop is a message of its own; so is the same text from another port, and a resend") {
    scenario::RegisterText text;
    Recorded there{from_unix(1'700'000'000), inside, platform, Transport::udp, text.request()};
    Bench bench;
    bench.push(there);
    text.branch = "z9hG4bKproxy";
    Recorded hop = there;
    hop.source = endpoint("10.0.0.7", 5060);
    hop.bytes = text.request();
    hop.time += milliseconds(1);
    bench.push(hop);
    Recorded port = there;
    port.source.port = 5062;
    port.time += milliseconds(2);
    bench.push(port);
    Recorded resend = there;
    resend.time += milliseconds(500);
    bench.push(resend);
    Recorded late = there;   // from elsewhere, but no router takes that long
    late.source = outside;
    late.time += milliseconds(600);
    bench.push(late);
    bench.pairs.finish();
    CHECK(bench.lines.size() == 5);
    CHECK(bench.pairs.paired() == 0);
    CHECK(bench.pairs.mappings().empty());
}

TEST_CASE("one side alone: nothing is lost, changed or put out of order") {
    const std::vector<Recorded> inner = registered().packets();
    for (const bool enabled : {true, false}) {
        Bench bench(enabled);
        bench.push(inner);
        bench.pairs.finish();
        REQUIRE(bench.lines.size() == inner.size());
        for (std::size_t i = 0; i < inner.size(); ++i) {
            CHECK(bench.lines[i].frame == i + 1);
            CHECK(bench.lines[i].source == inner[i].source);
            CHECK(bench.lines[i].bytes == inner[i].bytes);
        }
    }
    Bench off(false);
    off.push(both_sides(inner));
    CHECK(off.lines.size() == 2 * inner.size());
}

TEST_CASE("an answer that is quick does not overtake its request") {
    scenario::RegisterText text;
    const Time start = from_unix(1'700'000'000);
    Bench bench;
    bench.push({start, inside, platform, Transport::udp, text.request()});
    CHECK(bench.lines.empty());   // its outer twin may come
    bench.push({start + milliseconds(1), platform, inside, Transport::udp, text.answer(401, "Unauthorized", "n1")});
    bench.push({start + milliseconds(2), platform, outside, Transport::udp, text.answer(200, "OK")});   // given on at once
    REQUIRE(bench.lines.size() == 3);
    CHECK(bench.lines[0].frame == 1);
    CHECK(bench.lines[1].frame == 2);
    CHECK(bench.lines[2].frame == 3);
}

TEST_CASE("over TCP the messages pair, wherever their segments are cut") {
    const std::vector<Recorded> inner = registered().packets();
    std::vector<Recorded> all;
    std::map<std::pair<Endpoint, Endpoint>, std::uint64_t> offsets;
    for (Recorded recorded : both_sides(inner)) {
        recorded.transport = Transport::tcp;
        std::uint64_t& offset = offsets[{recorded.source, recorded.destination}];
        recorded.stream_offset = offset;
        offset += recorded.bytes.size();
        const bool cut = recorded.source == outside;
        Recorded head = recorded;
        if (cut) {
            head.bytes.resize(100);
            recorded.bytes.erase(0, 100);
            recorded.stream_offset += 100;
            all.push_back(head);
        }
        all.push_back(recorded);
    }
    Bench bench;
    bench.push(all);
    bench.pairs.finish();
    CHECK(bench.lines.size() == inner.size());
    CHECK(outer_only(bench.lines));
}

TEST_CASE("a thousand that waited in vain: nobody waits any more, and a pair that comes later is found all the same") {
    Bench bench;
    scenario::RegisterText text;
    const Time start = from_unix(1'700'000'000);
    for (std::uint32_t i = 0; i < 1100; ++i) {
        text.call_id = "c" + std::to_string(i);
        const Endpoint own = endpoint(fmt::format("192.168.{}.{}", 2 + i / 250, 1 + i % 250), 5060);
        bench.push({start + milliseconds(50 * i), own, platform, Transport::udp, text.request()});
    }
    bench.pairs.finish();
    CHECK(bench.lines.size() == 1100);
    std::vector<Recorded> inner = registered().packets();
    for (Recorded& recorded : inner) recorded.time += minutes(10);
    for (const Recorded& recorded : both_sides(inner)) {
        bench.push(recorded);
        if (bench.number == 1101) CHECK(bench.lines.size() == 1101);   // at once, under its inner name
    }
    bench.pairs.finish();
    CHECK(bench.lines.size() == 1100 + inner.size());
    CHECK(bench.pairs.paired() == inner.size());
    CHECK(outer_only({bench.lines.begin() + 1101, bench.lines.end()}));
}

TEST_CASE("a flood of devices and pairs stays bounded, and every message comes out once") {
    Bench bench;
    scenario::RegisterText text;
    const Time start = from_unix(1'700'000'000);
    constexpr std::uint32_t devices = 6000;
    for (std::uint32_t i = 0; i < devices; ++i) {
        text.call_id = "c" + std::to_string(i);
        const Endpoint own = endpoint(fmt::format("192.168.{}.{}", 2 + i / 250, 1 + i % 250), 5060);
        Recorded first{start + microseconds(i), own, platform, Transport::udp, text.request()};
        bench.push(first);
        if (i % 2 == 0) continue;   // no twin
        first.source = {outside.address, static_cast<std::uint16_t>(1024 + i)};
        first.time += microseconds(1);
        bench.push(first);
    }
    bench.pairs.finish();
    CHECK(bench.lines.size() == devices);
    CHECK(bench.most_waiting <= NatPairs::most_held);
    CHECK(bench.pairs.mappings().size() <= NatPairs::most_mappings);
    CHECK(bench.pairs.paired() == devices / 2);
    CHECK(bench.pairs.waiting() == 0);
}
