#include "proto/deadlines.hpp"

#include <doctest/doctest.h>

#include <map>

#include "base/random.hpp"

using namespace gbkit;
using proto::Deadlines;

namespace {
Time at(int second) { return from_unix(1000 + second); }
}  // namespace

TEST_CASE("deadlines come in order of time, can be moved and cleared") {
    Deadlines deadlines;
    CHECK_FALSE(deadlines.next());
    deadlines.set(3, at(30));
    deadlines.set(1, at(10));
    deadlines.set(2, at(20));
    CHECK(deadlines.next() == at(10));
    CHECK(deadlines.first() == 1U);
    deadlines.set(1, at(40));
    deadlines.set(2, std::nullopt);
    CHECK_FALSE(deadlines.pop_due(at(29)));
    CHECK(deadlines.pop_due(at(30)) == 3U);
    CHECK(deadlines.pop_due(at(50)) == 1U);
    CHECK_FALSE(deadlines.pop_due(at(99)));
    CHECK(deadlines.size() == 0);
}

TEST_CASE("deadlines do as a sorted map does, whatever is set and cleared") {
    Random random(7);
    Deadlines deadlines;
    std::map<std::uint32_t, Time> model;
    for (int round = 0; round < 20000; ++round) {
        const auto slot = static_cast<std::uint32_t>(random.below(200));
        if (random.below(4) == 0) {
            deadlines.set(slot, std::nullopt);
            model.erase(slot);
        } else {
            const Time when = at(static_cast<int>(random.below(1000)));
            deadlines.set(slot, when);
            model[slot] = when;
        }
        std::optional<Time> first;
        for (const auto& [key, when] : model)
            if (!first || when < *first) first = when;
        REQUIRE(deadlines.next() == first);
        REQUIRE(deadlines.size() == model.size());
        if (random.below(10) != 0) continue;
        if (const auto popped = deadlines.pop_due(at(500))) {
            REQUIRE(model.at(*popped) == *first);
            model.erase(*popped);
        } else {
            REQUIRE((!first || *first > at(500)));
        }
    }
}
