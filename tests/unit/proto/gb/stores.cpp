#include <doctest/doctest.h>

#include "proto/gb/locations.hpp"
#include "proto/gb/nonce_store.hpp"

using namespace gbkit;
using namespace gbkit::proto::gb;

namespace {
const Time start = from_unix(1'700'000'000);
Location location(std::string device, int lifetime) { return {std::move(device), {}, "<sip:x>", "c", 1, start + seconds{lifetime}}; }
}  // namespace

TEST_CASE("a nonce is fresh for its lifetime, unknown before and after") {
    Random random(1);
    NonceStore store(minutes{5}, 10);
    const std::string nonce = store.issue(start, random);
    CHECK(nonce.size() == 32);
    CHECK(store.is_fresh(start, nonce));
    CHECK(store.is_fresh(start + minutes{5} - seconds{1}, nonce));
    CHECK_FALSE(store.is_fresh(start + minutes{5}, nonce));
    CHECK_FALSE(store.is_fresh(start, "other"));
}

TEST_CASE("each nc once, and only upwards; without qop there is no count") {
    Random random(1);
    NonceStore store;
    const std::string nonce = store.issue(start, random);
    CHECK(store.use(nonce, 1));
    CHECK_FALSE(store.use(nonce, 1));
    CHECK(store.use(nonce, 5));
    CHECK_FALSE(store.use(nonce, 4));
    CHECK(store.use(nonce, 0));
    CHECK_FALSE(store.use("other", 1));
}

TEST_CASE("the nonce store holds its limit, the oldest goes first") {
    Random random(1);
    NonceStore store(minutes{5}, 100);
    const std::string first = store.issue(start, random);
    std::string last;
    for (int i = 0; i < 1000; ++i) last = store.issue(start, random);
    CHECK(store.size() == 100);
    CHECK_FALSE(store.is_fresh(start, first));
    CHECK(store.is_fresh(start, last));
    (void)store.issue(start + hours{1}, random);
    CHECK(store.size() == 1);
}

TEST_CASE("locations: one a device, replaced, removed, expired in order, bounded") {
    Locations table(3);
    CHECK(table.put(location("a", 30)));
    CHECK(table.put(location("b", 10)));
    CHECK(table.put(location("a", 20)));
    CHECK(table.size() == 2);
    CHECK(table.put(location("c", 15)));
    CHECK_FALSE(table.put(location("d", 15)));
    CHECK(table.put(location("b", 40)));
    CHECK(table.next_end() == start + seconds{15});
    CHECK_FALSE(table.pop_expired(start + seconds{14}));
    CHECK(table.pop_expired(start + seconds{16})->device == "c");
    CHECK(table.put(location("d", 99)));
    CHECK(table.remove("a"));
    CHECK_FALSE(table.remove("a"));
    CHECK(table.find("a") == nullptr);
    REQUIRE(table.find("b") != nullptr);
    CHECK(table.find("b")->until == start + seconds{40});
    CHECK(table.size() == 2);
}
