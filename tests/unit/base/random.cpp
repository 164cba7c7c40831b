// base/random: repeatable with a seed, within its bounds, and different without one.
#include <set>
#include <type_traits>
#include <utility>

#include <doctest/doctest.h>

#include "base/random.hpp"
#include "base/text.hpp"

using namespace gbkit;

TEST_CASE("a seed repeats, another does not") {
    Random a(7), b(7), c(8);
    CHECK(a.next() == b.next());
    CHECK(a.hex(32) == b.hex(32));
    CHECK(a.next() != c.next());
}

TEST_CASE("below and unit stay in their bounds and reach every value") {
    Random random(1);
    std::set<std::uint64_t> seen;
    for (int i = 0; i < 1000; ++i) {
        const std::uint64_t value = random.below(10);
        REQUIRE(value < 10);
        seen.insert(value);
        const double unit = random.unit();
        REQUIRE(unit >= 0);
        REQUIRE(unit < 1);
    }
    CHECK(seen.size() == 10);
    CHECK(random.below(0) == 0);
    CHECK(random.below(1) == 0);
}

TEST_CASE("hex has the digits asked for, lower case") {
    Random random;
    for (const std::size_t digits : {0U, 1U, 15U, 16U, 17U, 40U}) {
        const std::string text = random.hex(digits);
        CHECK(text.size() == digits);
        for (const char c : text) {
            CHECK(hex_value(c) >= 0);
            CHECK(c == ascii_lower(c));
        }
    }
}

TEST_CASE("without a seed two generators differ") {
    Random a, b;
    CHECK(a.hex(32) != b.hex(32));
}

TEST_CASE("without a seed no number comes twice, over many draws and after a move") {
    Random random;
    std::set<std::uint64_t> seen;
    for (int i = 0; i < 1000; ++i) seen.insert(random.next());
    Random moved(std::move(random));
    for (int i = 0; i < 1000; ++i) seen.insert(moved.next());
    CHECK(seen.size() == 2000);
    CHECK_FALSE(seen.contains(0));
    static_assert(!std::is_copy_constructible_v<Random>);  // two copies would give the same nonces
}
