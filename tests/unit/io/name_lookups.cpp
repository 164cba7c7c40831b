// Names are looked up beside the loop: the answer comes into it, and a loop that has gone is left alone.
#include "io/name_lookups.hpp"

#include <map>

#include <asio/executor_work_guard.hpp>
#include <doctest/doctest.h>

using namespace gbkit;
using namespace gbkit::io;

TEST_CASE("each question has its answer, by its number; an address needs no name server") {
    asio::io_context context;
    std::map<std::uint32_t, proto::Reply> replies;
    NameLookups lookups(context, [&](const proto::Reply& reply) { replies.emplace(reply.request, reply); });
    lookups.ask({7, "127.0.0.1"});
    lookups.ask({8, "localhost"});
    lookups.ask({9, ""});
    CHECK(replies.empty());  // not from inside the question
    const auto guard = asio::make_work_guard(context);
    while (replies.size() < 3) context.run_one();
    REQUIRE(replies.at(7).addresses.size() == 1);
    CHECK(replies.at(7).addresses[0] == IpAddress::v4(0x7F000001));
    REQUIRE_FALSE(replies.at(8).addresses.empty());
    CHECK(replies.at(8).addresses[0].is_loopback());
    CHECK((replies.at(9).addresses.empty() == !replies.at(9).error.empty()));
}

TEST_CASE("a loop that ends while names are looked up: nobody is answered, nothing is touched") {
    int answers = 0;
    for (int round = 0; round < 20; ++round) {
        asio::io_context context;
        NameLookups lookups(context, [&](const proto::Reply&) { ++answers; });
        for (std::uint32_t i = 0; i < 40; ++i) lookups.ask({i, "localhost"});
    }
    CHECK(answers == 0);
}
