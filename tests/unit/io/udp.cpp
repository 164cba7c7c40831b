#include "io/udp_socket.hpp"

#include <doctest/doctest.h>

#include <set>
#include <system_error>
#include <thread>

#include "io/resolver.hpp"
#include "io/socket_address.hpp"

using namespace gbkit;
using namespace gbkit::io;

namespace {

const Endpoint loopback4{*IpAddress::parse("127.0.0.1"), 0};
const Endpoint loopback6{*IpAddress::parse("::1"), 0};
constexpr int buffer = 1 << 20;

// Waits a little for what loopback delivers at once.
template <class Done>
void until(const Done& done) {
    for (int i = 0; i < 1000 && !done(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

}  // namespace

TEST_CASE("socket addresses there and back") {
    for (const char* text : {"127.0.0.1", "::1", "2001:db8::7", "255.255.255.255"}) {
        const Endpoint endpoint{*IpAddress::parse(text), 5060};
        CHECK(to_endpoint(to_socket_address(endpoint).storage) == endpoint);
    }
    const Endpoint mapped{*IpAddress::parse("::ffff:192.0.2.1"), 9};
    CHECK(to_endpoint(to_socket_address(mapped).storage) == Endpoint{*IpAddress::parse("192.0.2.1"), 9});
}

TEST_CASE("datagrams in batches, both families, every size") {
    for (const Endpoint& local : {loopback4, loopback6}) {
        UdpSocket a(local, buffer), b(local, buffer);
        std::multiset<std::size_t> sizes;
        for (std::size_t i = 0; i < 150; ++i) {
            const std::size_t size = i == 7 ? 60000 : i;
            a.queue({b.local(), std::string(size, 'x')});
            sizes.insert(size);
        }
        a.flush([](const UdpSocket::Failure&) { FAIL("not sent"); });
        CHECK(a.queued() == 0);
        std::multiset<std::size_t> got;
        until([&] {
            b.receive([&](const UdpSocket::Datagram& datagram) {
                CHECK(datagram.from == a.local());
                CHECK(datagram.to == b.local());
                got.insert(datagram.bytes.size());
            });
            return got.size() == sizes.size();
        });
        CHECK(got == sizes);
    }
}

TEST_CASE("many sockets share the room for a batch, and none gets another's datagrams") {
    const auto room = std::make_shared<UdpBuffers>();
    std::vector<std::unique_ptr<UdpSocket>> sockets;
    for (int i = 0; i < 200; ++i) sockets.push_back(std::make_unique<UdpSocket>(loopback4, buffer, room));
    for (std::size_t i = 0; i < sockets.size(); ++i) {
        sockets[i]->queue({sockets[(i + 1) % sockets.size()]->local(), "from " + std::to_string(i)});
        sockets[i]->flush([](const UdpSocket::Failure&) { FAIL("not sent"); });
    }
    for (std::size_t i = 0; i < sockets.size(); ++i) {
        std::string got;
        until([&] { return sockets[i]->receive([&](const UdpSocket::Datagram& datagram) { got = datagram.bytes; }) != 0; });
        CHECK(got == "from " + std::to_string((i + sockets.size() - 1) % sockets.size()));
    }
}

TEST_CASE("on a wildcard address: asked at one address, answered from it") {
    UdpSocket server({IpAddress{}, 0}, buffer), client(loopback4, buffer);
    const Endpoint asked{*IpAddress::parse("127.0.0.3"), server.local().port};
    client.queue({asked, "hello"});
    client.flush({});
    Endpoint to;
    until([&] {
        server.receive([&](const UdpSocket::Datagram& datagram) {
            to = datagram.to;
            server.queue({datagram.from, "answer", datagram.to.address});
        });
        return server.queued() != 0;
    });
    CHECK(to == asked);
    server.flush({});
    Endpoint from;
    until([&] { return client.receive([&](const UdpSocket::Datagram& datagram) { from = datagram.from; }) != 0; });
    CHECK(from == asked);
}

TEST_CASE("ICMP port unreachable names the peer, and later datagrams still leave") {
    for (const Endpoint& local : {loopback4, loopback6}) {
        Endpoint nobody;
        {
            UdpSocket gone(local, buffer);
            nobody = gone.local();
        }
        UdpSocket socket(local, buffer), other(local, buffer);
        socket.queue({nobody, "hello"});
        socket.flush({});
        std::vector<UdpSocket::Failure> failures;
        until([&] {
            socket.take_failures([&](const UdpSocket::Failure& failure) { failures.push_back(failure); });
            return !failures.empty();
        });
        REQUIRE(failures.size() == 1);
        CHECK(failures[0].peer == nobody);
        CHECK(failures[0].error == ECONNREFUSED);
        CHECK(failures[0].icmp_code == std::uint8_t{3});
        socket.queue({other.local(), "x"});
        socket.flush([](const UdpSocket::Failure&) { FAIL("an old error was taken for a new one"); });
        std::size_t got = 0;
        until([&] { return (got += other.receive([](const UdpSocket::Datagram&) {})) != 0; });
        CHECK(got == 1);
    }
}

TEST_CASE("what the system refuses to send is told, not lost and not for ever") {
    UdpSocket socket(loopback4, buffer);
    socket.queue({loopback4, std::string(70000, 'x')});
    int error = 0;
    socket.flush([&](const UdpSocket::Failure& failure) { error = failure.error; });
    CHECK(error != 0);
    CHECK(socket.queued() == 0);
}

TEST_CASE("an address in use is thrown with its name; the receive buffer is read back") {
    UdpSocket first(loopback4, buffer);
    CHECK(first.receive_buffer() >= 200'000);
    try {
        UdpSocket second(first.local(), buffer);
        FAIL("bound twice");
    } catch (const std::system_error& error) {
        CHECK(error.code().value() == EADDRINUSE);
        CHECK(std::string(error.what()).find(first.local().text()) != std::string::npos);
    }
}

TEST_CASE("names, literals, own addresses, the way to a peer") {
    CHECK(resolve({"127.0.0.1", 5060})->front() == Endpoint{*IpAddress::parse("127.0.0.1"), 5060});
    CHECK(resolve({"::1", 1})->front().address.is_v6());
    CHECK_FALSE(resolve({"no-such-host.invalid", 1}));
    for (const IpAddress& own : own_addresses()) CHECK_FALSE(own.is_loopback());
    CHECK(route_address({*IpAddress::parse("127.0.0.9"), 5060})->is_loopback());
}
