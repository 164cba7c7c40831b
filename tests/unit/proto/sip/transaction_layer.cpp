#include "proto/sip/transaction_layer.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "proto/sip/reply.hpp"

using namespace gbkit;
using namespace gbkit::proto;
using namespace gbkit::proto::sip;

namespace {

const Time start = from_unix(1'700'000'000);
const Endpoint peer{IpAddress::v4(0xC0000201), 5060};

std::string message(const std::string& start_line, const std::string& branch, const std::string& method,
                    const std::string& more = "", const std::string& via_host = "192.0.2.1:5060;rport") {
    return start_line + "\r\nVia: SIP/2.0/UDP " + via_host + ";branch=" + branch +
           "\r\nFrom: <sip:a@example.com>;tag=1\r\nTo: <sip:b@example.com>\r\nCall-ID: c1\r\nCSeq: 1 " + method + "\r\n" + more +
           "Content-Length: 0\r\n\r\n";
}
std::string request(const std::string& method, const std::string& branch) {
    return message(method + " sip:b@example.com SIP/2.0", branch, method);
}
std::string response(int status, const std::string& method, const std::string& branch) {
    return message("SIP/2.0 " + std::to_string(status) + " X", branch, method);
}

struct Bench {
    explicit Bench(std::size_t limit = 100) : layer(Timers{}, limit) {}
    void in(const std::string& bytes, Time now = start, Endpoint from = peer) {
        layer.receive(now, Received{1, from, bytes, {}}, out, up);
    }
    std::vector<std::string> sent() {
        std::vector<std::string> all;
        for (const Action& action : out)
            if (const auto* send = std::get_if<Send>(&action)) all.push_back(send->bytes);
        out.clear();
        return all;
    }
    void answer(const Incoming& incoming, int status) {
        auto reply = make_reply(incoming.message, incoming.source, status, "X", "t");
        REQUIRE(reply);
        layer.respond(start, incoming.transaction, status, *reply, out);
    }
    TransactionLayer layer;
    Actions out;
    std::vector<Incoming> up;
};

}  // namespace

TEST_CASE("a resent request is answered from the layer and not given up again") {
    Bench b;
    b.in(request("REGISTER", "z9hG4bK1"));
    REQUIRE(b.up.size() == 1);
    b.in(request("REGISTER", "z9hG4bK1"));
    CHECK(b.up.size() == 1);
    CHECK(b.sent().empty());  // no answer yet, nothing to repeat
    b.answer(b.up[0], 200);
    const auto first = b.sent();
    REQUIRE(first.size() == 1);
    b.in(request("REGISTER", "z9hG4bK1"));
    CHECK(b.sent() == first);
    CHECK(b.up.size() == 1);
    CHECK(b.layer.counters().resends_received == 2);
    CHECK(b.layer.open() == 1);
    b.layer.wake(start + seconds{32}, b.out, b.up);
    CHECK(b.layer.open() == 0);
    b.in(request("REGISTER", "z9hG4bK1"), start + seconds{33});
    CHECK(b.up.size() == 2);
}

TEST_CASE("another branch, method or sent-by is another transaction") {
    Bench b;
    b.in(request("REGISTER", "z9hG4bK1"));
    b.in(request("REGISTER", "z9hG4bK2"));
    b.in(request("MESSAGE", "z9hG4bK1"));
    b.in(message("REGISTER sip:b@example.com SIP/2.0", "z9hG4bK1", "REGISTER", "", "192.0.2.77:5060;rport"));
    CHECK(b.up.size() == 4);
}

TEST_CASE("without the magic cookie RFC 2543's fields decide") {
    Bench b;
    b.in(request("REGISTER", "1"));
    b.in(request("REGISTER", "1"));
    CHECK(b.up.size() == 1);
    std::string other = request("REGISTER", "1");
    other.replace(other.find("Call-ID: c1"), 11, "Call-ID: c2");
    b.in(other);
    CHECK(b.up.size() == 2);
}

TEST_CASE("responses find their request by branch and CSeq method; strays are counted") {
    Bench b;
    const Route route{1, peer};
    const auto id = b.layer.request(start, 42, route, "REGISTER", "z9hG4bKa", request("REGISTER", "z9hG4bKa"), b.out);
    REQUIRE(id);
    CHECK(b.sent().size() == 1);
    CHECK_FALSE(b.layer.request(start, 42, route, "REGISTER", "z9hG4bKa", request("REGISTER", "z9hG4bKa"), b.out));
    b.in(response(200, "REGISTER", "z9hG4bKb"));
    b.in(response(200, "MESSAGE", "z9hG4bKa"));
    CHECK(b.up.empty());
    CHECK(b.layer.counters().strays == 2);
    b.in(response(100, "REGISTER", "z9hG4bKa"));
    b.in(response(200, "REGISTER", "z9hG4bKa"));
    b.in(response(200, "REGISTER", "z9hG4bKa"));
    REQUIRE(b.up.size() == 2);
    CHECK(b.up[1].owner == 42);
    CHECK(b.up[1].transaction == *id);
    CHECK(b.up[1].message.status() == 200);
}

TEST_CASE("no answer: the user is told by timeout, after 11 copies") {
    Bench b;
    const auto id = b.layer.request(start, 7, {1, peer}, "REGISTER", "z9hG4bKa", request("REGISTER", "z9hG4bKa"), b.out);
    while (const auto when = b.layer.deadline()) b.layer.wake(*when, b.out, b.up);
    REQUIRE(b.up.size() == 1);
    CHECK(b.up[0].kind == Incoming::Kind::timeout);
    CHECK(b.up[0].transaction == *id);
    CHECK(b.up[0].owner == 7);
    CHECK(b.sent().size() == 11);
    CHECK(b.layer.counters().resends_sent == 10);
    CHECK(b.layer.open() == 0);
}

TEST_CASE("ICMP ends what waits for that peer and nothing else") {
    Bench b;
    const Endpoint other{IpAddress::v4(0xC0000202), 5060};
    b.layer.request(start, 1, {1, peer}, "REGISTER", "z9hG4bKa", request("REGISTER", "z9hG4bKa"), b.out);
    b.layer.request(start, 2, {1, other}, "REGISTER", "z9hG4bKb", request("REGISTER", "z9hG4bKb"), b.out);
    b.layer.refused({1, "connection refused", other}, b.up);
    REQUIRE(b.up.size() == 1);
    CHECK(b.up[0].kind == Incoming::Kind::unreachable);
    CHECK(b.up[0].owner == 2);
    CHECK(b.layer.open() == 1);
}

TEST_CASE("an INVITE that is refused is acknowledged, each copy of the refusal again") {
    Bench b;
    b.layer.request(start, 1, {1, peer}, "INVITE", "z9hG4bKi", request("INVITE", "z9hG4bKi"), b.out);
    b.sent();
    b.in(message("SIP/2.0 486 Busy", "z9hG4bKi", "INVITE"));
    auto sent = b.sent();
    REQUIRE(sent.size() == 1);
    CHECK(sent[0].find("ACK sip:b@example.com SIP/2.0\r\n") == 0);
    CHECK(sent[0].find("CSeq: 1 ACK\r\n") != std::string::npos);
    CHECK(sent[0].find("branch=z9hG4bKi") != std::string::npos);
    b.in(message("SIP/2.0 486 Busy", "z9hG4bKi", "INVITE"));
    CHECK(b.sent().size() == 1);
    CHECK(b.up.size() == 1);
}

TEST_CASE("an ACK belongs to its INVITE; that of a 2xx is given to the user") {
    Bench b;
    b.in(request("INVITE", "z9hG4bKi"));
    REQUIRE(b.up.size() == 1);
    b.answer(b.up[0], 486);
    b.in(request("ACK", "z9hG4bKi"));
    CHECK(b.up.size() == 1);
    b.layer.wake(start + seconds{5}, b.out, b.up);
    CHECK(b.layer.open() == 0);
    b.in(request("ACK", "z9hG4bKx"));
    REQUIRE(b.up.size() == 2);
    CHECK(b.up[1].message.method() == "ACK");
}

TEST_CASE("what cannot be read is dropped, what can be answered is answered") {
    Bench b;
    b.in("\r\n\r\n");
    b.in("hello");
    b.in("REGISTER sip:b@example.com SIP/2.0\r\n\r\n");
    CHECK(b.sent().empty());
    std::string two_to = request("REGISTER", "z9hG4bK1");
    two_to.insert(two_to.find("Call-ID"), "To: <sip:x@example.com>\r\n");
    b.in(two_to);
    const auto sent = b.sent();
    REQUIRE(sent.size() == 1);
    CHECK(sent[0].find("SIP/2.0 400 ") == 0);
    std::string bad_response = response(200, "REGISTER", "z9hG4bK1");
    bad_response.insert(bad_response.find("Call-ID"), "To: <sip:x@example.com>\r\n");
    b.in(bad_response);
    CHECK(b.sent().empty());
    CHECK(b.up.empty());
    CHECK(b.layer.counters().malformed >= 4);
}

TEST_CASE("at the limit the answered request that would end first makes room") {
    Bench b(3);
    for (const std::string branch : {"z9hG4bK1", "z9hG4bK2", "z9hG4bK3", "z9hG4bK4"}) {
        b.in(request("REGISTER", branch), start);
        REQUIRE_FALSE(b.up.empty());
        b.answer(b.up.back(), 200);
    }
    CHECK(b.layer.open() == 3);
    CHECK(b.layer.counters().given_up == 1);
    CHECK(b.up.size() == 4);
}

TEST_CASE("at the limit a client that has its answer makes room, one that waits does not") {
    Bench b(2);
    const auto ask = [&](const std::string& branch) {
        b.layer.opened(1, Transport::udp);
        return b.layer.request(start, 0, Route{1, peer}, "REGISTER", branch, request("REGISTER", branch), b.out).has_value();
    };
    REQUIRE(ask("z9hG4bK1"));
    REQUIRE(ask("z9hG4bK2"));
    CHECK_FALSE(ask("z9hG4bK3"));
    b.in(response(200, "REGISTER", "z9hG4bK1"));
    CHECK(ask("z9hG4bK3"));       // instead of the first, which waits for copies of its 200
    CHECK_FALSE(ask("z9hG4bK4"));
    CHECK(b.layer.counters().given_up == 1);
    CHECK(b.layer.open() == 2);
}

TEST_CASE("a transaction that is gone is not answered, nor the one that took its slot") {
    Bench b;
    b.in(request("REGISTER", "z9hG4bK1"));
    const Incoming old = b.up[0];
    b.answer(old, 200);
    b.layer.wake(start + seconds{32}, b.out, b.up);
    b.in(request("REGISTER", "z9hG4bK2"), start + seconds{40});
    b.sent();
    b.answer(old, 200);
    CHECK(b.sent().empty());
}

TEST_CASE("over a stream: framed, never repeated, answered where it came from") {
    Bench b;
    b.layer.opened(1, Transport::tcp);
    const std::string both = request("REGISTER", "z9hG4bK1") + request("MESSAGE", "z9hG4bK2");
    for (const char c : both) b.in(std::string(1, c));
    REQUIRE(b.up.size() == 2);
    b.answer(b.up[0], 200);
    CHECK(b.layer.open() == 1);
    b.layer.request(start, 1, {1, peer}, "REGISTER", "z9hG4bKa", request("REGISTER", "z9hG4bKa"), b.out);
    b.sent();
    b.layer.wake(start + seconds{31}, b.out, b.up);
    CHECK(b.sent().empty());
    b.up.clear();
    b.layer.closed(1, "gone", b.up);
    REQUIRE(b.up.size() == 1);
    CHECK(b.up[0].kind == Incoming::Kind::unreachable);
    CHECK(b.up[0].owner == 1);
    CHECK(b.up[0].why == "gone");
    CHECK(b.layer.open() == 0);
}

TEST_CASE("a connection that was accepted is closed for garbage, for silence and for half a message, not for a pause") {
    const auto now = [](int at) { return start + seconds{at}; };
    Bench b;
    const FlowId first = first_accepted_flow;
    for (FlowId flow = first; flow < first + 4; ++flow) b.layer.accepted(now(0), flow, Transport::tcp);
    const auto in = [&](int at, FlowId flow, const std::string& bytes) { b.layer.receive(now(at), {flow, peer, bytes}, b.out, b.up); };
    const auto closed = [&] {
        std::vector<FlowId> flows;
        for (const Action& action : b.out)
            if (const auto* close = std::get_if<Close>(&action)) flows.push_back(close->flow);
        b.out.clear();
        CHECK(b.layer.take_dropped() == flows);
        return flows;
    };
    in(1, first, request("REGISTER", "z9hG4bK1"));             // speaks, then is silent: stays
    in(1, first + 1, std::string(70'000, 'x') + "\r\n");       // garbage
    CHECK(closed() == std::vector<FlowId>{first + 1});
    in(1, first + 2, "REGISTER sip:x SIP/2.0\r\nVia: ");       // never ends
    const std::string whole = request("REGISTER", "z9hG4bK2");
    in(20, first, whole.substr(0, 50));
    b.layer.wake(now(31), b.out, b.up);
    CHECK(closed().empty());
    in(33, first, whole.substr(50));                           // late, but it came
    b.layer.wake(now(33), b.out, b.up);
    CHECK(closed() == std::vector<FlowId>{first + 2, first + 3});
    in(34, first + 3, whole);                                  // what was already on its way
    CHECK(b.up.size() == 2);
    b.layer.wake(now(400), b.out, b.up);
    CHECK(closed().empty());
    CHECK(b.layer.counters().streams_dropped == 3);
    in(401, first, whole.substr(0, 50));
    b.layer.wake(now(470), b.out, b.up);
    CHECK(closed() == std::vector<FlowId>{first});
}
