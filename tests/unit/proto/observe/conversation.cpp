// proto/observe/conversation_traits: values are named by what they are.
#include "proto/observe/conversation_traits.hpp"

#include <doctest/doctest.h>

using namespace gbkit;
using namespace gbkit::proto::observe;

TEST_CASE("a value in general terms") {
    CHECK(general("sip:34020000001320000264@192.168.1.64:40312") == "sip:ID 132@private address:N");
    CHECK(general("sip:34020000001180000264@117.136.8.21:5060") == "sip:ID 118@public address:5060");
    CHECK(general("sip:130909113319427420@3402000000") == "sip:ID of 18 digits@domain");
    CHECK(general("3600") == "3600");
    CHECK(general("90") == "90");
    CHECK(general("").empty());
    CHECK(general(std::string(100'000, '7') + "x").size() < 1000);
    CHECK(general(std::string(100'000, 'x')).size() < 1000);
}

TEST_CASE("the middle of samples") {
    CHECK_FALSE(median({}));
    CHECK(median({seconds(3), seconds(1), seconds(2)}) == Duration(seconds(2)));
}

TEST_CASE("traits of hostile messages are bounded") {
    const std::string head = "MESSAGE sip:a@b SIP/2.0\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: 1\r\nCSeq: 1 MESSAGE\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1\r\nX-Long: " + std::string(8000, '7');
    const auto message = wire::sip::parse(head + "\r\n\r\n<?xml encoding=");
    REQUIRE(message);
    for (const Trait& trait : traits_of(*message)) CHECK(trait.value.size() <= 4 * 200);
}
