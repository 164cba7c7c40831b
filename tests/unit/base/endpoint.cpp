// base/endpoint: addresses and HOST:PORT of both families.
#include <unordered_set>

#include <doctest/doctest.h>

#include "base/endpoint.hpp"

using namespace gbkit;

TEST_CASE("addresses are read and written") {
    for (const std::string_view text : {"192.0.2.1", "0.0.0.0", "255.255.255.255", "2001:db8::1", "::", "::1", "fe80::1:2"}) {
        CAPTURE(text);
        const auto address = IpAddress::parse(text);
        REQUIRE(address);
        CHECK(address->text() == text);
        CHECK(IpAddress::from_bytes(address->bytes()) == *address);
    }
    CHECK(IpAddress::parse("[2001:DB8:0::1]")->text() == "2001:db8::1");
    CHECK(IpAddress::v4(0xC0000201).text() == "192.0.2.1");
    using namespace std::string_view_literals;
    for (const std::string_view bad : {""sv, "192.0.2"sv, "192.0.2.256"sv, "[192.0.2.1]"sv, "::1]"sv, "host"sv, "192.0.2.1\0x"sv, "1.2.3.4 "sv}) {
        CAPTURE(bad);
        CHECK_FALSE(IpAddress::parse(bad));
    }
    CHECK(IpAddress::from_bytes(as_bytes("12345")).is_unspecified());
}

TEST_CASE("which addresses the public network cannot reach") {
    for (const char* text : {"10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.64", "100.64.0.1", "169.254.1.1", "fd00::1", "fe80::1"})
        CHECK(IpAddress::parse(text)->is_private());
    for (const char* text : {"172.32.0.1", "172.15.0.1", "192.169.0.1", "100.128.0.1", "8.8.8.8", "2001:db8::1", "::1", "127.0.0.1"})
        CHECK_FALSE(IpAddress::parse(text)->is_private());
    CHECK(IpAddress::parse("127.9.9.9")->is_loopback());
    CHECK(IpAddress::parse("::1")->is_loopback());
    CHECK_FALSE(IpAddress::parse("::2")->is_loopback());
    CHECK_FALSE(IpAddress::parse("1::1")->is_loopback());
    CHECK(IpAddress::parse("::")->is_unspecified());
}

TEST_CASE("an endpoint as text, in order, hashed") {
    const Endpoint v4{*IpAddress::parse("192.0.2.1"), 5060};
    const Endpoint v6{*IpAddress::parse("2001:db8::1"), 5060};
    CHECK(v4.text() == "192.0.2.1:5060");
    CHECK(v6.text() == "[2001:db8::1]:5060");
    CHECK(v4 != v6);
    CHECK(v4 < v6);
    const std::unordered_set<Endpoint> both{v4, v6, v4};
    CHECK(both.size() == 2);
}

TEST_CASE("HOST:PORT") {
    CHECK(parse_host_port("example.com:5060") == HostPort{"example.com", 5060});
    CHECK(parse_host_port("example.com") == HostPort{"example.com", 0});
    CHECK(parse_host_port("192.0.2.1:0") == HostPort{"192.0.2.1", 0});
    CHECK(parse_host_port("[::1]:65535") == HostPort{"::1", 65535});
    CHECK(parse_host_port("[::1]") == HostPort{"::1", 0});
    CHECK(parse_host_port("2001:db8::1") == HostPort{"2001:db8::1", 0});
    for (const std::string_view bad : {"", ":5060", "host:", "host:65536", "host:-1", "host:50x", "[::1", "[]:5060", "[::1]5060", "a:b:c", "::g"}) {
        CAPTURE(bad);
        CHECK_FALSE(parse_host_port(bad));
    }
}
