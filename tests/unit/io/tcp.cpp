// TCP flows of the loop: connections between two machines on loopback, their ends, their limits, what the tap sees.
#include "io/tcp_flows.hpp"

#include <doctest/doctest.h>

#include <ctime>
#include <map>
#include <system_error>

#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "io/capture_writer.hpp"
#include "io/loop.hpp"
#include "io/socket_address.hpp"
#include "unit/io/both_ends.hpp"
#include "unit/io/capture_runs.hpp"

using namespace gbkit;
using namespace gbkit::io;
using namespace gbkit::proto;
using namespace gbkit::test;

namespace {

using Both = BothEnds<Transport::tcp>;

LoopOptions quiet() { return {.duration = seconds{10}, .signals = false}; }

}  // namespace

TEST_CASE("several connections at once, both ways, both families: every byte in its order, and on the tap with its place") {
    for (const char* address : {"127.0.0.1", "::1"}) {
        if (std::string_view(address) == "::1" && !has_v6()) {
            MESSAGE("no IPv6 loopback here: that part is skipped");
            continue;
        }
        constexpr FlowId clients = 20;
        const auto question = [](FlowId flow) { return std::string(1000 * (flow - first_client), 'q') + "?" + std::to_string(flow); };
        std::map<FlowId, std::string> got;
        std::size_t answered = 0;
        Both machine{.on = {}, .bind = {*IpAddress::parse(address), 0}, .clients = clients};
        machine.on = [&](const Event& event, Actions& out) {
            REQUIRE_FALSE(is_stop(event));
            if (const auto* opened = std::get_if<Opened>(&event); opened && opened->flow >= first_client && !opened->listener)
                out.push_back(Send{opened->flow, opened->peer, question(opened->flow)});
            const auto* received = std::get_if<Received>(&event);
            if (!received) return;
            std::string& all = got[received->flow];
            all += received->bytes;
            const std::size_t mark = all.find_first_of("?!");
            if (mark == std::string::npos || all.size() < mark + 3) return;
            if (all[mark] == '?') {
                out.push_back(Send{received->flow, received->from, "!"});
                out.push_back(Send{received->flow, received->from, all.substr(mark + 1)});
            } else {
                CHECK(all == "!" + std::to_string(received->flow));
                if (++answered == clients) out.push_back(Finish{Outcome::yes, ""});
            }
        };
        Tap tap;
        std::map<std::pair<Direction, std::pair<Endpoint, Endpoint>>, std::uint64_t> places;
        tap.add({.packet = [&](const Packet& packet) {
            CHECK(packet.transport == Transport::tcp);
            std::uint64_t& place = places[{packet.direction, {packet.source, packet.destination}}];
            CHECK(packet.stream_offset == place);
            place += packet.bytes.size();
        }});
        Loop loop(quiet(), tap);
        CHECK(loop.run(machine_of(machine)).finish.outcome == Outcome::yes);
        CHECK(machine.accepted.size() == clients);
        CHECK(loop.connections().opened == 2 * clients);
        CHECK(places.size() == 4 * clients);
        for (const auto& [ends, bytes] : places) {  // what one end sent the other received
            const Direction other = ends.first == Direction::sent ? Direction::received : Direction::sent;
            CHECK(places[{other, ends.second}] == bytes);
        }
    }
}

TEST_CASE("nobody listens: Refused without a peer; the flow can be opened again") {
    Endpoint nobody;
    {
        TcpListener gone({*IpAddress::parse("127.0.0.1"), 0});
        nobody = gone.local();
    }
    std::vector<std::string> errors;
    Both machine{.on = [&](const Event& event, Actions& out) {
        if (std::holds_alternative<Started>(event)) out.push_back(Open{7, Transport::tcp, {}, nobody});
        if (const auto* refused = std::get_if<Refused>(&event)) {
            CHECK(refused->flow == 7);
            CHECK_FALSE(refused->peer);
            errors.push_back(refused->error);
            if (errors.size() == 2) out.push_back(Finish{Outcome::yes, ""});
            else out.push_back(Open{7, Transport::tcp, {}, nobody});
        }
    }, .clients = 0};
    Tap tap;
    Loop loop(quiet(), tap);
    loop.run(machine_of(machine));
    CHECK(errors == std::vector<std::string>{"connection refused", "connection refused"});
    CHECK(loop.connections().opened == 0);
}

TEST_CASE("a connection that one end closes is Closed at the other, after what was sent before") {
    std::vector<std::string> seen;
    Both machine{.on = [&](const Event& event, Actions& out) {
        if (const auto* opened = std::get_if<Opened>(&event); opened && opened->listener) {
            out.push_back(Send{opened->flow, opened->peer, "last words"});
            out.push_back(Close{opened->flow});
        }
        if (const auto* received = std::get_if<Received>(&event)) seen.emplace_back(received->bytes);
        if (const auto* closed = std::get_if<Closed>(&event)) {
            CHECK(closed->flow == first_client);
            seen.push_back(closed->why);
            out.push_back(Send{first_client, {}, "into the void"});
            out.push_back(Finish{Outcome::yes, ""});
        }
    }};
    Tap tap;
    Loop loop(quiet(), tap);
    loop.run(machine_of(machine));
    CHECK(seen == std::vector<std::string>{"last words", "the peer closed the connection"});
}

TEST_CASE("a peer that does not read is closed when its queue is full; nobody else waits for it") {
    // The peer is a bare socket that nobody reads.
    const int idle = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    FlowId stuck = 0;
    std::string why;
    std::size_t sent = 0;
    Both machine{.on = {}};
    machine.on = [&](const Event& event, Actions& out) {
        REQUIRE_FALSE(is_stop(event));
        if (const auto* opened = std::get_if<Opened>(&event); opened && opened->flow == first_client) {
            const SocketAddress to = to_socket_address(machine.server);
            REQUIRE(connect(idle, reinterpret_cast<const sockaddr*>(&to.storage), to.length) == 0);
        }
        if (machine.accepted.size() == 2 && stuck == 0) {
            stuck = machine.accepted[1];
            out.push_back(Send{first_client, machine.server, "tick"});
        }
        if (const auto* received = std::get_if<Received>(&event)) {  // the live connection goes round and round
            if (received->flow == first_client && ++sent <= 400) out.push_back(Send{stuck, {}, std::string(64 * 1024, 'x')});
            out.push_back(Send{received->flow, {}, "tick"});
        }
        if (const auto* closed = std::get_if<Closed>(&event)) {
            CHECK(closed->flow == stuck);
            why = closed->why;
            out.push_back(Finish{Outcome::yes, ""});
        }
    };
    Tap tap;
    Loop loop(quiet(), tap);
    loop.run(machine_of(machine));
    close(idle);
    CHECK(why == "the peer does not read what it is sent");
    CHECK(loop.connections().overrun == 1);
    CHECK(sent < 400);
}

TEST_CASE("more connections than the limit are closed at once and counted; one that ends makes room") {
    std::size_t closed = 0;
    bool again = false;
    Both machine{.on = {}, .clients = 5};
    machine.on = [&](const Event& event, Actions& out) {
        REQUIRE_FALSE(is_stop(event));
        const auto* ended = std::get_if<Closed>(&event);
        if (!ended) {
            if (again && machine.accepted.size() == 4) out.push_back(Finish{Outcome::yes, ""});
            return;
        }
        ++closed;
        if (closed == 2) out.push_back(Close{machine.accepted[0]});      // the client hears of it
        if (closed == 3) {
            again = true;
            out.push_back(Open{99, Transport::tcp, {}, machine.server});
        }
    };
    Tap tap;
    LoopOptions options = quiet();
    options.connections = 3;
    Loop loop(options, tap);
    CHECK(loop.run(machine_of(machine)).finish.outcome == Outcome::yes);
    CHECK(loop.connections().turned_away == 2);
    CHECK(machine.accepted.size() == 4);
}

TEST_CASE("a port in use is thrown with its name; a free one is given for 0") {
    TcpListener taken({*IpAddress::parse("127.0.0.1"), 0});
    CHECK(taken.local().port != 0);
    Both machine{.on = [](const Event&, Actions&) {}, .bind = taken.local()};
    Tap tap;
    Loop loop(quiet(), tap);
    try {
        loop.run(machine_of(machine));
        FAIL("bound twice");
    } catch (const std::system_error& error) {
        CHECK(error.code().value() == EADDRINUSE);
        CHECK(std::string(error.what()).find("TCP " + taken.local().text()) != std::string::npos);
    }
}

TEST_CASE("out of descriptors: callers wait in the system's queue, the loop does not spin, and they come in later") {
    rlimit before{};
    REQUIRE(getrlimit(RLIMIT_NOFILE, &before) == 0);
    std::vector<int> used;
    const auto free_all = [&] {
        for (const int fd : used) close(fd);
        used.clear();
        setrlimit(RLIMIT_NOFILE, &before);
    };
    std::clock_t begun = 0;
    double busy_seconds = 1;
    bool waited = false;
    Both machine{.on = {}};
    machine.on = [&](const Event& event, Actions& out) {
        if (const auto* opened = std::get_if<Opened>(&event); opened && opened->flow == listener) {
            rlimit low = before;
            low.rlim_cur = 64;
            REQUIRE(setrlimit(RLIMIT_NOFILE, &low) == 0);
            for (int fd = dup(listener); fd >= 0; fd = dup(listener)) used.push_back(fd);
            close(used.back());  // for the client's end; none is left for ours
            used.pop_back();
            begun = std::clock();
        }
        if (is_stop(event)) {
            waited = machine.accepted.empty();
            busy_seconds = static_cast<double>(std::clock() - begun) / CLOCKS_PER_SEC;
            free_all();
        }
        if (!machine.accepted.empty()) out.push_back(Finish{Outcome::yes, ""});
    };
    Tap tap;
    LoopOptions options = quiet();
    options.duration = milliseconds{500};
    Loop loop(options, tap);
    loop.run(machine_of(machine));
    free_all();
    CHECK(waited);
    CHECK(busy_seconds < 0.25);
    CHECK(machine.accepted.size() == 1);
}

TEST_CASE("what the tap saw of TCP is a capture that reads back, byte for byte in both directions") {
    const test::TemporaryFolder folder;
    const std::string path = (folder.path / "tcp.pcapng").string();
    const std::string text = std::string(5000, 'a') + "end";
    Endpoint client, server;
    {
        CaptureWriter capture(path);
        std::string got;
        Both machine{.on = [&](const Event& event, Actions& out) {
            if (const auto* opened = std::get_if<Opened>(&event); opened && opened->flow == first_client) {
                client = opened->local;
                server = opened->peer;
                out.push_back(Send{first_client, opened->peer, text.substr(0, 3000)});
                out.push_back(Send{first_client, opened->peer, text.substr(3000)});
            }
            const auto* received = std::get_if<Received>(&event);
            if (!received) return;
            if (received->flow == first_client) return out.push_back(Finish{Outcome::yes, ""});
            if ((got += received->bytes) == text) out.push_back(Send{received->flow, {}, "thanks"});
        }};
        Tap tap;
        tap.add({.packet = [&](const Packet& packet) {
            if (packet.direction == Direction::sent) capture.write(packet);
        }});
        Loop loop(quiet(), tap);
        loop.run(machine_of(machine));
        capture.close();
    }
    const test::CaptureRun run = test::read_files({path});
    CHECK(run.stream(client.port) == text);
    CHECK(run.stream(server.port) == "thanks");
}
