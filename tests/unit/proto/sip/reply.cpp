#include "proto/sip/reply.hpp"

#include <doctest/doctest.h>

using namespace gbkit;
using namespace gbkit::proto::sip;

namespace {

const Endpoint source{IpAddress::v4(0xCB007109), 40312};  // 203.0.113.9

wire::sip::Message request(const std::string& via) {
    const auto message = wire::sip::parse("REGISTER sip:1@example.com SIP/2.0\r\nVia: " + via +
                                          "\r\nVia: SIP/2.0/UDP 10.9.9.9;branch=z9hG4bKold\r\nFrom: <sip:2@example.com>;tag=f\r\n"
                                          "To: <sip:2@example.com>\r\nCall-ID: c@d\r\nCSeq: 7 REGISTER\r\nContent-Length: 0\r\n\r\n");
    REQUIRE(message);
    REQUIRE_FALSE(message->defect);
    return *message;
}

std::string via_of(const std::string& reply) {
    const std::size_t at = reply.find("Via: ") + 5;
    return reply.substr(at, reply.find("\r\n", at) - at);
}

}  // namespace

TEST_CASE("a reply copies what RFC 3261 8.2.6.2 names and says where the request came from") {
    const auto reply = make_reply(request("SIP/2.0/UDP 192.168.1.64:5060;rport;branch=z9hG4bK1"), source, 401, "Unauthorized", "tt",
                                  {{"WWW-Authenticate", "Digest x"}});
    REQUIRE(reply);
    CHECK(reply->find("SIP/2.0 401 Unauthorized\r\n") == 0);
    CHECK(via_of(*reply) == "SIP/2.0/UDP 192.168.1.64:5060;branch=z9hG4bK1;rport=40312;received=203.0.113.9");
    CHECK(reply->find("Via: SIP/2.0/UDP 10.9.9.9;branch=z9hG4bKold\r\n") != std::string::npos);
    CHECK(reply->find("To: <sip:2@example.com>;tag=tt\r\n") != std::string::npos);
    CHECK(reply->find("CSeq: 7 REGISTER\r\n") != std::string::npos);
    CHECK(reply->find("WWW-Authenticate: Digest x\r\n") != std::string::npos);
}

TEST_CASE("received and rport: only what is true and asked for") {
    const Endpoint direct{IpAddress::v4(0xC0A80140), 5060};
    auto via = [](const std::string& sent, const Endpoint& from) { return via_of(*make_reply(request(sent), from, 200, "OK", "t")); };
    CHECK(via("SIP/2.0/UDP 192.168.1.64:5060;branch=z9hG4bK1", direct) == "SIP/2.0/UDP 192.168.1.64:5060;branch=z9hG4bK1");
    CHECK(via("SIP/2.0/UDP 192.168.1.64:5060;branch=z9hG4bK1", source) == "SIP/2.0/UDP 192.168.1.64:5060;branch=z9hG4bK1;received=203.0.113.9");
    CHECK(via("SIP/2.0/UDP 192.168.1.64;received=1.1.1.1;rport=9;branch=z9hG4bK1", source) ==
          "SIP/2.0/UDP 192.168.1.64;branch=z9hG4bK1;rport=40312;received=203.0.113.9");
    CHECK(via("SIP/2.0/UDP 192.168.1.64;branch=z9hG4bK1;rport, SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK2", source) ==
          "SIP/2.0/UDP 192.168.1.64;branch=z9hG4bK1;rport=40312;received=203.0.113.9, SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK2");
}

TEST_CASE("where the answer goes: source with rport or behind a NAT, else the Via port") {
    const Endpoint direct{IpAddress::v4(0xC0A80140), 40000};
    CHECK(reply_address(request("SIP/2.0/UDP 192.168.1.64:5062;rport;branch=z9hG4bK1"), direct).port == 40000);
    CHECK(reply_address(request("SIP/2.0/UDP 192.168.1.64:5062;branch=z9hG4bK1"), direct).port == 5062);
    CHECK(reply_address(request("SIP/2.0/UDP 192.168.1.64;branch=z9hG4bK1"), direct).port == 5060);
    CHECK(reply_address(request("SIP/2.0/UDP 192.168.1.64:5062;branch=z9hG4bK1"), source) == source);
    CHECK(reply_address(request("SIP/2.0/UDP camera.example:5062;branch=z9hG4bK1"), source) == source);
}

TEST_CASE("a request that lacks what a reply copies cannot be answered") {
    const auto message = wire::sip::parse("REGISTER sip:1@example.com SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1\r\nCall-ID: 1\r\n\r\n");
    REQUIRE(message);
    CHECK_FALSE(make_reply(*message, source, 400, "Bad Request", "t"));
}

TEST_CASE("CR, LF and NUL are no header text") {
    CHECK(is_header_text("abc"));
    CHECK_FALSE(is_header_text("a\rb"));
    CHECK_FALSE(is_header_text("a\nb"));
    CHECK_FALSE(is_header_text(std::string_view("a\0b", 3)));
}
