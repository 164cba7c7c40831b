// TLS flows of the loop: like TCP for machines, plain and secured on one port, refused with words, never half open.
#include "io/tcp_flows.hpp"

#include <algorithm>
#include <map>

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "io/loop.hpp"
#include "io/socket_address.hpp"
#include "io/tls_session.hpp"
#include "unit/io/both_ends.hpp"
#include "unit/io/certificates.hpp"

using namespace gbkit;
using namespace gbkit::io;
using namespace gbkit::proto;
using namespace gbkit::test;

namespace {

constexpr FlowId client = first_client;
using Both = BothEnds<Transport::tls>;

struct Bench {
    TemporaryFolder folder{};
    Authority authority{folder};
    CertificateFiles platform = authority.issue({});
    LoopOptions options{.duration = seconds{10},
                        .signals = false,
                        .tls_client = std::make_shared<TlsContext>(TlsClientSettings{.ca_file = authority.file(), .name = "127.0.0.1"}),
                        .tls_server = std::make_shared<TlsContext>(TlsServerSettings{platform.certificate, platform.key, {}})};
    Tap tap{};
    std::vector<ConnectionChange> changes{};
    Bench() {
        tap.add({.packet = [](const Packet&) {}, .connection = [this](const ConnectionChange& change) { changes.push_back(change); }});
    }
    void trust_for(const std::string& name) {
        options.tls_client = std::make_shared<TlsContext>(TlsClientSettings{.ca_file = authority.file(), .name = name});
    }
    std::size_t count(ConnectionChange::Kind kind) const {
        return static_cast<std::size_t>(std::count_if(changes.begin(), changes.end(), [&](const ConnectionChange& change) { return change.kind == kind; }));
    }
};

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

// A bare socket that is connected to the server.
struct Bare {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ~Bare() { close(fd); }
    void call(const Endpoint& server, std::string_view bytes) const {
        const SocketAddress to = to_socket_address(server);
        REQUIRE(connect(fd, reinterpret_cast<const sockaddr*>(&to.storage), to.length) == 0);
        REQUIRE(::send(fd, bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
    }
};

}  // namespace

TEST_CASE("several TLS connections, both families, megabytes both ways; the tap sees plain bytes in their places") {
    for (const char* address : {"127.0.0.1", "::1"}) {
        if (std::string_view(address) == "::1" && !has_v6()) {
            MESSAGE("no IPv6 loopback here: that part is skipped");
            continue;
        }
        constexpr FlowId clients = 5;
        Bench bench;
        bench.trust_for(address);
        const std::string big(600'000, 'q');
        std::map<FlowId, std::string> got;
        std::size_t done = 0;
        Both machine{.on = {}, .bind = {*IpAddress::parse(address), 0}, .clients = clients};
        machine.on = [&](const Event& event, Actions& out) {
            REQUIRE_FALSE(is_stop(event));
            if (const auto* opened = std::get_if<Opened>(&event); opened && opened->flow >= client && !opened->listener) {
                CHECK(opened->transport == Transport::tls);
                out.push_back(Send{opened->flow, opened->peer, big + "?"});
            }
            const auto* received = std::get_if<Received>(&event);
            if (!received) return;
            std::string& all = got[received->flow];
            all += received->bytes;
            if (all == big + "?") out.push_back(Send{received->flow, received->from, "!" + big});
            else if (all == "!" + big && ++done == clients) out.push_back(Finish{Outcome::yes, ""});
        };
        std::map<std::pair<Direction, std::pair<Endpoint, Endpoint>>, std::uint64_t> places;
        bench.tap.add({.packet = [&](const Packet& packet) {
            CHECK(packet.transport == Transport::tls);
            CHECK(as_text(packet.bytes).find_first_not_of("q?!") == std::string_view::npos);
            std::uint64_t& place = places[{packet.direction, {packet.source, packet.destination}}];
            CHECK(packet.stream_offset == place);
            place += packet.bytes.size();
        }});
        Loop loop(bench.options, bench.tap);
        CHECK(loop.run(machine_of(machine)).finish.outcome == Outcome::yes);
        CHECK(machine.accepted.size() == clients);
        for (const auto& [flow, transport] : machine.accepted_over) CHECK(transport == Transport::tls);
        CHECK(loop.connections().secured == 2 * clients);
        CHECK(places.size() == 4 * clients);
        for (const auto& [ends, bytes] : places) CHECK(bytes == 600'001);
        CHECK(bench.count(ConnectionChange::Kind::opened) == 2 * clients);
        CHECK(bench.count(ConnectionChange::Kind::closed_by_us) == 2 * clients);  // at the end
    }
}

TEST_CASE("plain TCP on the same port is plain TCP, also when its first byte comes alone") {
    Bench bench;
    Bare bare;
    std::string got;
    Both machine{.on = {}};
    machine.on = [&](const Event& event, Actions& out) {
        REQUIRE_FALSE(is_stop(event));
        if (const auto* opened = std::get_if<Opened>(&event); opened && opened->flow == client) bare.call(machine.server, "O");
        if (const auto* received = std::get_if<Received>(&event)) {
            got += received->bytes;
            CHECK(machine.accepted_over.at(received->flow) == Transport::tcp);
            if (got == "O") REQUIRE(::send(bare.fd, "PTIONS", 6, 0) == 6);
            if (got == "OPTIONS") out.push_back(Finish{Outcome::yes, ""});
        }
    };
    Loop loop(bench.options, bench.tap);
    loop.run(machine_of(machine));
    CHECK(got == "OPTIONS");
    CHECK(machine.accepted.size() == 2);
    CHECK(loop.connections().secured == 2);
    CHECK(loop.connections().opened == 3);
}

TEST_CASE("a certificate of another name: Refused with the words, the machine behind the listener hears nothing") {
    Bench bench;
    bench.trust_for("192.0.2.1");
    std::string error;
    Both machine{.on = [&](const Event& event, Actions& out) {
        REQUIRE_FALSE(is_stop(event));
        CHECK_FALSE(std::holds_alternative<Received>(event));
        if (const auto* refused = std::get_if<Refused>(&event)) {
            CHECK(refused->flow == client);
            CHECK_FALSE(refused->peer);
            error = refused->error;
            out.push_back(Finish{Outcome::yes, ""});
        }
    }};
    Loop loop(bench.options, bench.tap);
    loop.run(machine_of(machine));
    CHECK(error == "TLS: name 192.0.2.1 is not in its certificate, which says platform.test, 127.0.0.1, ::1");
    CHECK(machine.accepted.empty());
    CHECK(loop.connections().opened == 0);
    REQUIRE(bench.count(ConnectionChange::Kind::untrusted) == 1);
    CHECK(bench.changes[0].peer == machine.server);
}

TEST_CASE("the name of one connection may be another: Open says it") {
    Bench bench;
    bench.trust_for("192.0.2.1");
    bool open = false;
    Both machine{.on = {}, .clients = 0};
    machine.on = [&](const Event& event, Actions& out) {
        REQUIRE_FALSE(is_stop(event));
        const auto* opened = std::get_if<Opened>(&event);
        if (opened && opened->flow == listener) out.push_back(Open{client, Transport::tls, {}, machine.server, "platform.test"});
        if (opened && opened->flow == client) {
            open = true;
            out.push_back(Finish{Outcome::yes, ""});
        }
    };
    Loop loop(bench.options, bench.tap);
    loop.run(machine_of(machine));
    CHECK(open);
}

TEST_CASE("a server that speaks no TLS: Refused with what it says, or that it hung up, or that it says nothing") {
    for (const std::string& answer : {std::string("SIP/2.0 400 Bad Request\r\n"), std::string("hang up"), std::string()}) {
        Bench bench;
        bench.options.tls_server.reset();   // a plain TCP machine
        bench.options.connect_patience = milliseconds{200};
        std::string error;
        Both machine{.on = [&](const Event& event, Actions& out) {
            REQUIRE_FALSE(is_stop(event));
            if (const auto* received = std::get_if<Received>(&event); received && received->flow >= first_accepted_flow) {
                CHECK(TlsSession::begins(received->bytes));
                if (answer == "hang up") out.push_back(Close{received->flow});
                else if (!answer.empty()) out.push_back(Send{received->flow, received->from, answer});
            }
            if (const auto* refused = std::get_if<Refused>(&event)) {
                error = refused->error;
                out.push_back(Finish{Outcome::yes, ""});
            }
        }};
        Loop loop(bench.options, bench.tap);
        loop.run(machine_of(machine));
        CAPTURE(error);
        CHECK(has(error, answer.empty() ? "no TLS handshake within the time" : answer == "hang up" ? "closed the connection in the handshake" : "it says \"SIP/2.0 400"));
        CHECK(bench.count(ConnectionChange::Kind::insecure) == 1);
    }
}

TEST_CASE("callers that say nothing, or stop in the handshake, are closed in time and hold nobody's place") {
    Bench bench;
    bench.options.connect_patience = milliseconds{300};
    bench.options.connections = 3;
    Bare silent, halting, late;
    int closed = 0;
    Both machine{.on = {}, .clients = 0};
    machine.on = [&](const Event& event, Actions& out) {
        const auto* opened = std::get_if<Opened>(&event);
        if (opened && opened->flow == listener) {
            silent.call(machine.server, "");
            halting.call(machine.server, "\x16\x03\x01\x02");
        }
        if (is_stop(event)) {
            char byte = 0;
            for (const Bare* bare : {&silent, &halting})
                if (recv(bare->fd, &byte, 1, MSG_DONTWAIT) == 0) ++closed;
            out.push_back(Finish{Outcome::yes, ""});
        }
        CHECK_FALSE((opened && opened->listener));
    };
    bench.options.duration = milliseconds{700};
    Loop loop(bench.options, bench.tap);
    loop.run(machine_of(machine));
    CHECK(closed == 2);
    CHECK(loop.connections().insecure == 1);
    CHECK(loop.connections().opened == 0);
}

TEST_CASE("half-open callers count into the limit, and make room when they go") {
    Bench bench;
    bench.options.connections = 2;
    bench.options.connect_patience = milliseconds{200};
    Bare one, two, three;
    bool came_in = false;
    Both machine{.on = {}, .clients = 0};
    machine.on = [&](const Event& event, Actions& out) {
        const auto* opened = std::get_if<Opened>(&event);
        if (opened && opened->flow == listener)
            for (const Bare* bare : {&one, &two, &three}) bare->call(machine.server, "\x16");
        if (is_stop(event) && !came_in) FAIL("no room was made");
        if (const auto* refused = std::get_if<Refused>(&event)) {
            CHECK(refused->flow >= client);
            out.push_back(Open{refused->flow, Transport::tls, {}, machine.server});
        }
        if (opened && opened->listener) {
            came_in = true;
            out.push_back(Finish{Outcome::yes, ""});
        }
        if (opened && opened->flow == listener) out.push_back(Open{client, Transport::tls, {}, machine.server});
    };
    Loop loop(bench.options, bench.tap);
    loop.run(machine_of(machine));
    CHECK(came_in);
    CHECK(loop.connections().turned_away >= 1);
}

TEST_CASE("a connection that one end closes is Closed at the other after its last words; one flow opened anew is another") {
    Bench bench;
    std::vector<std::string> seen;
    bool again = false;
    Both machine{.on = {}};
    machine.on = [&](const Event& event, Actions& out) {
        REQUIRE_FALSE(is_stop(event));
        if (const auto* opened = std::get_if<Opened>(&event); opened && opened->listener) {
            out.push_back(Send{opened->flow, opened->peer, "last words"});
            if (!again) out.push_back(Close{opened->flow});
        }
        if (const auto* received = std::get_if<Received>(&event)) {
            seen.emplace_back(received->bytes);
            if (again) out.push_back(Finish{Outcome::yes, ""});
        }
        if (const auto* closed = std::get_if<Closed>(&event); closed && !again) {
            CHECK(closed->flow == client);
            seen.push_back(closed->why);
            again = true;
            out.push_back(Open{client, Transport::tls, {}, machine.server});
            out.push_back(Close{client});                                     // meant for that one,
            out.push_back(Open{client, Transport::tls, {}, machine.server});  // not for this one
        }
    };
    Loop loop(bench.options, bench.tap);
    CHECK(loop.run(machine_of(machine)).finish.outcome == Outcome::yes);
    CHECK(seen == std::vector<std::string>{"last words", "the peer closed the connection", "last words"});
}

TEST_CASE("a client certificate that is asked for and missing: the platform hears nothing, the device hears why") {
    Bench bench;
    bench.options.tls_server =
        std::make_shared<TlsContext>(TlsServerSettings{bench.platform.certificate, bench.platform.key, bench.authority.file()});
    std::string why;
    Both machine{.on = [&](const Event& event, Actions& out) {
        REQUIRE_FALSE(is_stop(event));
        CHECK_FALSE(std::holds_alternative<Received>(event));
        if (const auto* opened = std::get_if<Opened>(&event); opened && opened->flow == client)  // TLS 1.3 lets it think so
            out.push_back(Send{client, opened->peer, "REGISTER"});
        if (const auto* closed = std::get_if<Closed>(&event)) why = closed->why;
        if (const auto* refused = std::get_if<Refused>(&event)) why = refused->error;
        if (!why.empty()) out.push_back(Finish{Outcome::yes, ""});
    }};
    Loop loop(bench.options, bench.tap);
    loop.run(machine_of(machine));
    CHECK(why == "TLS: the peer asks for a client certificate");
    CHECK(machine.accepted.empty());
    CHECK(bench.count(ConnectionChange::Kind::insecure) == 2);  // one of each side
}
