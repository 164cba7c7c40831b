// proto/observe/proxy_hops: the second hop of a proxy and its answers are known; resends and everything else are not it.
#include "proto/observe/proxy_hops.hpp"

#include <doctest/doctest.h>

#include <string>

#include "proto/observe/sip_feed.hpp"
#include "scenarios/conversation.hpp"

using namespace gbkit;
using namespace gbkit::proto;
using namespace gbkit::proto::observe;
using scenario::endpoint;

namespace {

const Endpoint device = endpoint("192.168.1.64", 5060), proxy = endpoint("10.0.0.7", 5060), platform = endpoint("203.0.113.9", 5060);

struct Bench {
    ProxyHops hops = {};
    std::string out = {};   // "1" for what is judged, "2" for what is left out
    SipFeed feed{[this](const SipSeen& seen) { out += hops.is_further(seen) ? '2' : '1'; }, [](const Finding&) {}};
    Time now = from_unix(1'700'000'000);

    Bench& send(const Endpoint& from, const Endpoint& to, const std::string& bytes) {
        Packet packet;
        packet.time = now;
        packet.source = from;
        packet.destination = to;
        packet.bytes = as_bytes(bytes);
        feed.see(packet);
        now += milliseconds(1);
        return *this;
    }
};

std::string with_via(std::string message, std::string_view branch) {
    const std::size_t line = message.find("\r\nVia");
    return message.insert(line, "\r\nVia: SIP/2.0/UDP 10.0.0.7:5060;branch=" + std::string(branch));
}

}  // namespace

TEST_CASE("request and answer on both hops, and both again: the first hop is judged") {
    const scenario::RegisterText text;
    const std::string asked = text.request(), said = text.answer(200, "OK");
    Bench bench;
    for (int i = 0; i < 2; ++i) {
        bench.send(device, proxy, asked).send(proxy, platform, with_via(asked, "z9hG4bKp"));
        bench.send(platform, proxy, with_via(said, "z9hG4bKp")).send(proxy, device, said);
        bench.now += seconds(4);   // resends
    }
    CHECK(bench.out == "12211221");
    CHECK(bench.hops.left_out() == 4);
    CHECK(bench.hops.proxies() == std::set<IpAddress>{proxy.address});
}

TEST_CASE("the proxy passes on only what came the second time") {
    const std::string asked = scenario::RegisterText{}.request();
    Bench bench;
    bench.send(device, proxy, asked).now += seconds(4);
    CHECK(bench.send(device, proxy, asked).send(proxy, platform, with_via(asked, "z9hG4bKp")).out == "112");
}

TEST_CASE("two proxies in a row, and the platform's own requests the other way") {
    const Endpoint second = endpoint("10.0.0.8", 5060);
    const std::string asked = scenario::keepalive(scenario::device_id, 7);
    Bench there, back;
    there.send(device, proxy, asked).send(proxy, second, with_via(asked, "z9hG4bKa")).send(second, platform, with_via(with_via(asked, "z9hG4bKa"), "z9hG4bKb"));
    CHECK(there.out == "122");
    back.send(platform, proxy, asked).send(proxy, device, with_via(asked, "z9hG4bKa"));
    CHECK(back.out == "12");
}

TEST_CASE("what is no hop: no more Via, another host, too late, sent back, another CSeq, an answer without its request") {
    scenario::RegisterText text;
    const std::string asked = text.request();
    const std::string hop = with_via(asked, "z9hG4bKp");
    Bench same, stranger, late, returned, next, answer;
    CHECK(same.send(device, proxy, asked).send(proxy, platform, asked).out == "11");
    CHECK(stranger.send(device, proxy, asked).send(endpoint("10.0.0.9", 5060), platform, hop).out == "11");
    late.send(device, proxy, asked).now += seconds(3);
    CHECK(late.send(proxy, platform, hop).out == "11");
    CHECK(returned.send(device, proxy, asked).send(proxy, device, hop).out == "11");
    text.cseq = 2;
    CHECK(next.send(device, proxy, asked).send(proxy, platform, with_via(text.request(), "z9hG4bKp")).out == "11");
    CHECK(answer.send(platform, proxy, with_via(text.answer(200, "OK"), "z9hG4bKp")).send(proxy, device, text.answer(200, "OK")).out == "11");
}
