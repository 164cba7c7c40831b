// Which connections that do not come about are told, as what, about whom.
#include "proto/observe/connection_observer.hpp"

#include <doctest/doctest.h>

#include "base/findings/connection.hpp"
#include "proto/observe/sip_feed.hpp"

using namespace gbkit;
using namespace gbkit::proto;
using namespace gbkit::proto::observe;
using Kind = ConnectionChange::Kind;

namespace {

const Endpoint device{*IpAddress::parse("192.0.2.10"), 40312}, platform{*IpAddress::parse("192.0.2.1"), 5061};

ConnectionChange change_of(Kind kind, bool accepted = false) {
    ConnectionChange change{};
    change.kind = kind;
    change.number = 7;
    change.time = from_unix(1'700'000'000);
    change.transport = Transport::tls;
    change.local = accepted ? platform : device;
    change.peer = accepted ? device : platform;
    change.accepted = accepted;
    change.why = "its certificate expired";
    return change;
}

std::vector<Finding> seen(const std::vector<ConnectionChange>& changes) {
    std::vector<Finding> found;
    ConnectionObserver observer({.server_id = {}, .domain = {}, .seen_from = SeenFrom::device}, [&](Finding finding) { found.push_back(std::move(finding)); });
    for (const ConnectionChange& change : changes) observer.see(change);
    observer.finish();
    return found;
}

}  // namespace

TEST_CASE("what did not come about is told of the platform; what had come about is not") {
    const std::vector<std::pair<Kind, FindingId>> told{{Kind::refused, findings::connection_refused},
                                                       {Kind::silent, findings::connection_no_answer},
                                                       {Kind::insecure, findings::connection_no_tls},
                                                       {Kind::untrusted, findings::connection_untrusted}};
    for (const auto& [kind, id] : told) {
        const std::vector<Finding> found = seen({change_of(kind)});
        REQUIRE(found.size() == 1);
        CHECK(found[0].id == id);
        CHECK(found[0].certainty == Certainty::certain);
        CHECK(found[0].subject == "192.0.2.1:5061");
        CHECK(found[0].where.frame == std::uint64_t{7});
        CHECK(found[0].seen_from == SeenFrom::device);
        CHECK(message_of(found[0], Language::english).find('{') == std::string::npos);
        CHECK(message_of(found[0], Language::chinese).find('{') == std::string::npos);
    }
    for (const Kind kind : {Kind::opened, Kind::closed_by_us, Kind::closed_by_peer, Kind::broken}) CHECK(seen({change_of(kind)}).empty());
    CHECK(message_of(seen({change_of(Kind::untrusted)})[0], Language::english) == "The certificate of 192.0.2.1:5061 is not trusted: its certificate expired.");
}

TEST_CASE("a refusal that passes within seconds is none: a platform restarts; one that stays is told once") {
    CHECK(seen({change_of(Kind::refused), change_of(Kind::refused), change_of(Kind::opened)}).empty());
    CHECK(seen({change_of(Kind::opened), change_of(Kind::refused)}).size() == 1);
    std::vector<Finding> found;
    ConnectionObserver observer({}, [&](Finding finding) { found.push_back(std::move(finding)); });
    observer.see(change_of(Kind::refused));
    observer.advance(change_of(Kind::refused).time + ConnectionObserver::patience - milliseconds{1});
    CHECK(found.empty());
    ConnectionChange other = change_of(Kind::opened);
    other.peer.port = 1;
    observer.see(other);
    observer.advance(change_of(Kind::refused).time + ConnectionObserver::patience);
    CHECK(found.size() == 1);
    observer.finish();
    CHECK(found.size() == 1);
}

TEST_CASE("a caller is told by its address, which may be anybody's; strangers without end are not kept") {
    std::vector<ConnectionChange> changes;
    for (std::uint32_t i = 0; i < 5000; ++i) {
        changes.push_back(change_of(Kind::insecure, true));
        changes.back().peer = {IpAddress::v4(0x0A000000 + i), static_cast<std::uint16_t>(i)};
    }
    changes.push_back(changes.front());
    const std::vector<Finding> found = seen(changes);
    REQUIRE(found.size() == 1001);   // the first thousand, and one of them again
    CHECK(found[0].certainty == Certainty::likely);
    CHECK(found[0].subject == "10.0.0.0");
    CHECK(found.back().subject == "10.0.0.0");
}

// Of captures -------------------------------------------------------------------------------------------------------

namespace {

using State = ConnectionSeen::State;

struct Capture {
    std::vector<Finding> found = {};
    ConnectionObserver observer{{}, [this](Finding finding) { found.push_back(std::move(finding)); }};
    SipFeed feed{[this](const SipSeen& seen) { observer.see(seen); }, [](const Finding&) {}};
    Time now = from_unix(1'700'000'000);
    std::uint32_t tries = 0;

    void dial(std::string_view host, const Endpoint& listener, State state, std::uint32_t syns = 1) {
        ConnectionSeen seen;
        seen.opener = {*IpAddress::parse(host), static_cast<std::uint16_t>(40000 + tries)};
        seen.listener = listener;
        seen.first_sequence = ++tries;
        seen.syn_frame = seen.frame = tries;
        seen.syn_time = now;
        for (std::uint32_t i = 1; i <= syns; ++i) {
            seen.syn_copies = i;
            seen.time = now;
            observer.see(seen);
            if (i < syns) now += seconds(1);
        }
        seen.state = state;
        seen.time = now;
        if (state != State::dialling) observer.see(seen);
    }
    void registers(std::string_view host, const Endpoint& registrar, bool well) {
        const Endpoint own{*IpAddress::parse(host), 5060};
        const std::string head = "Via: SIP/2.0/UDP 192.168.1.64:5060;branch=z9hG4bK" + std::to_string(++tries) +
                                 "\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: x\r\nCSeq: 1 REGISTER\r\nContent-Length: 0\r\n\r\n";
        say(own, registrar, "REGISTER sip:b@c SIP/2.0\r\n" + head);
        if (well) say(registrar, own, "SIP/2.0 200 OK\r\n" + head);
    }
    void say(const Endpoint& from, const Endpoint& to, const std::string& bytes) {
        Packet packet;
        packet.number = ++tries;
        packet.time = now;
        packet.source = from;
        packet.destination = to;
        packet.bytes = as_bytes(bytes);
        feed.see(packet);
    }
    std::string told(Duration after = minutes(1)) {
        observer.finish(now + after);
        std::string all;
        for (const Finding& finding : found)
            all += (all.empty() ? "" : ", ") + std::string(finding.id.slug) + ' ' + std::string(name_of(finding.certainty)) + ' ' + finding.subject + " -> " + finding.observed;
        return all;
    }
};

const Endpoint sip_tcp{*IpAddress::parse("203.0.113.9"), 5060};

}  // namespace

TEST_CASE("a device that dials the platform's SIP port again and again and is refused") {
    Capture capture;
    for (int i = 0; i < 3; ++i) {
        capture.dial("192.168.1.64", sip_tcp, State::refused);
        capture.now += seconds(5);
    }
    CHECK(capture.told() == "connection-refused certain 192.168.1.64 -> 203.0.113.9:5060");
    CHECK(capture.observer.told() == 1);
    CHECK(capture.found[0].where.frame == std::uint64_t{1});
    CHECK(message_of(capture.found[0], Language::english) == "No TCP connection to 203.0.113.9:5060: connection refused (RST).");
}

TEST_CASE("silence takes three SYN; once is only likely, at the end of the capture only possible") {
    Capture silent, early, once, end;
    silent.dial("192.168.1.64", sip_tcp, State::dialling, 4);
    CHECK(silent.told() == "connection-no-answer likely 192.168.1.64 -> 203.0.113.9:5060");
    early.dial("192.168.1.64", sip_tcp, State::dialling, 2);
    CHECK(early.told().empty());
    once.dial("192.168.1.64", sip_tcp, State::refused);
    CHECK(once.told() == "connection-refused likely 192.168.1.64 -> 203.0.113.9:5060");
    end.dial("192.168.1.64", sip_tcp, State::refused);
    CHECK(end.told(seconds(1)) == "connection-refused possible 192.168.1.64 -> 203.0.113.9:5060");
}

TEST_CASE("who gets through in the end, by TCP or by UDP, has no trouble") {
    Capture tcp, udp;
    tcp.dial("192.168.1.64", sip_tcp, State::refused);
    tcp.now += seconds(5);
    tcp.dial("192.168.1.64", sip_tcp, State::open);
    CHECK(tcp.told().empty());
    Capture restart;   // of the platform, for a quarter of a minute
    for (int i = 0; i < 4; ++i) {
        restart.dial("192.168.1.64", sip_tcp, i < 3 ? State::refused : State::open);
        restart.now += milliseconds(5100);
    }
    CHECK(restart.told().empty());
    udp.dial("192.168.1.64", sip_tcp, State::refused);
    udp.now += seconds(3);
    udp.registers("192.168.1.64", sip_tcp, true);
    CHECK(udp.told().empty());
}

TEST_CASE("both sides of a NAT: the attempt is one, and it is the device's") {
    Capture capture;
    for (int i = 0; i < 3; ++i) {
        capture.dial("192.168.1.64", sip_tcp, State::refused);
        --capture.tries;                  // the same sequence number
        capture.now += microseconds(50);
        capture.dial("117.136.8.21", sip_tcp, State::refused);
        capture.now += seconds(5);
    }
    CHECK(capture.told() == "connection-refused certain 192.168.1.64 -> 203.0.113.9:5060");
}

TEST_CASE("scanners, and ports where nobody speaks SIP, are nobody's trouble") {
    Capture capture;
    capture.dial("198.51.100.7", sip_tcp, State::refused);                                          // a stranger, once
    capture.dial("192.168.1.64", {*IpAddress::parse("203.0.113.9"), 80}, State::refused);
    capture.dial("192.168.1.64", {*IpAddress::parse("203.0.113.9"), 7100}, State::dialling, 4);
    CHECK(capture.told().empty());
    Capture odd;   // an unusual port, known by who registers there without success
    const Endpoint unusual{*IpAddress::parse("203.0.113.9"), 7100};
    odd.registers("192.168.1.70", unusual, false);
    odd.dial("192.168.1.64", unusual, State::refused);
    CHECK(odd.told() == "connection-refused likely 192.168.1.64 -> 203.0.113.9:7100");
    Capture bench;    // on one machine
    bench.dial("127.0.0.1", sip_tcp, State::refused);
    CHECK(bench.told() == "connection-refused likely 127.0.0.1 -> 203.0.113.9:5060");
    Capture public_device;   // behind a NAT, and it means it
    for (int i = 0; i < 3; ++i) {
        public_device.dial("117.136.8.21", sip_tcp, State::refused);
        public_device.now += seconds(5);
    }
    CHECK(public_device.told() == "connection-refused certain 117.136.8.21 -> 203.0.113.9:5060");
}

TEST_CASE("a flood of attempts is told by no more than a thousand names at a time") {
    Capture capture;
    for (int i = 0; i < 5000; ++i) {
        capture.dial("10." + std::to_string(i / 65536) + "." + std::to_string(i / 256 % 256) + "." + std::to_string(i % 256), sip_tcp, State::refused);
    }
    (void)capture.told();
    CHECK(capture.observer.told() == 1000);
}
