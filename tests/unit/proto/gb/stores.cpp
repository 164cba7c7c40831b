#include <doctest/doctest.h>

#include "proto/gb/admission.hpp"
#include "proto/gb/locations.hpp"
#include "proto/gb/lockout.hpp"
#include "proto/gb/nonce_store.hpp"

using namespace gbkit;
using namespace gbkit::proto;
using namespace gbkit::proto::gb;

namespace {
const Time start = from_unix(1'700'000'000);
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

namespace {

const Endpoint home{IpAddress::v4(0x0A000002), 5060};

bool put(Locations& table, std::string_view device, int seconds_left, std::string uri = "sip:a@10.0.0.2") {
    return table.put(start, device, home, {std::move(uri), "call", 1, start + seconds{seconds_left}});
}

}  // namespace

TEST_CASE("locations: renewed, removed, expired in order, bounded") {
    Locations table(3);
    CHECK(put(table, "a", 30));
    CHECK(put(table, "b", 10));
    CHECK(put(table, "a", 20));
    CHECK(table.size() == 2);
    CHECK(put(table, "c", 15));
    CHECK_FALSE(put(table, "d", 15));
    CHECK(put(table, "b", 40));
    CHECK(table.next_end() == start + seconds{15});
    CHECK_FALSE(table.pop_due(start + seconds{14}));
    const auto gone = table.pop_due(start + seconds{16});
    REQUIRE(gone);
    CHECK(gone->kind == Locations::Change::Kind::expired);
    CHECK(gone->location.device == "c");
    CHECK(put(table, "d", 99));
    CHECK(table.remove("a"));
    CHECK_FALSE(table.remove("a"));
    CHECK(table.find("a") == nullptr);
    REQUIRE(table.find("b") != nullptr);
    CHECK(table.find("b")->first_end() == start + seconds{40});
    CHECK(table.size() == 2);
}

TEST_CASE("locations: several contacts, each with its own end; the device goes with the last") {
    Locations table;
    CHECK(put(table, "a", 10, "sip:a@10.0.0.2"));
    CHECK(put(table, "a", 30, "sip:a@10.0.0.3"));
    CHECK(table.size() == 1);
    CHECK_FALSE(table.pop_due(start + seconds{11}));
    REQUIRE(table.find("a") != nullptr);
    CHECK(table.find("a")->find("sip:a@10.0.0.2") == nullptr);
    CHECK(table.find("a")->find("sip:a@10.0.0.3") != nullptr);
    CHECK_FALSE(table.remove("a", "sip:a@10.0.0.2"));
    CHECK(table.remove("a", "sip:a@10.0.0.3"));
    CHECK(table.size() == 0);
    for (std::size_t i = 0; i < Locations::most_contacts; ++i) CHECK(put(table, "b", 10, "sip:b@" + std::to_string(i)));
    CHECK_FALSE(put(table, "b", 10, "sip:b@one-too-many"));
}

TEST_CASE("locations: silence is three heartbeats of the learned interval; one lost beat teaches nothing") {
    Locations table;
    put(table, "a", 3600);
    for (const int at : {5, 65, 125, 245, 305}) {  // the beat at 185 s was lost
        CHECK_FALSE(table.beat(start + seconds{at}, "a", home));
        CHECK_FALSE(table.pop_due(start + seconds{at}));
        if (at > 100) CHECK(table.next_end() == start + seconds{at + 190});
    }
    CHECK_FALSE(table.pop_due(start + seconds{305 + 189}));
    const auto silent = table.pop_due(start + seconds{305 + 190});
    REQUIRE(silent);
    CHECK(silent->kind == Locations::Change::Kind::silent);
    CHECK(silent->interval == seconds{60});
    CHECK(table.find("a")->offline);
    CHECK(table.beat(start + seconds{600}, "a", home));
    CHECK_FALSE(table.find("a")->offline);
    CHECK(table.next_end() == start + seconds{600 + 190});  // the silence is no gap between beats
    CHECK(table.pop_due(start + seconds{800}));
    CHECK(table.beat(start + seconds{1200}, "a", home));
    CHECK(table.next_end() == start + seconds{1200 + 190});
}

TEST_CASE("locations: without a beat nothing is learned, with a given interval it counts from the registration") {
    Locations learning;
    put(learning, "a", 3600);
    CHECK(learning.next_end() == start + seconds{3600});
    Locations told(10, {.interval = seconds{30}, .missed_limit = 3});
    put(told, "a", 3600);
    CHECK(told.next_end() == start + seconds{100});
}

TEST_CASE("lock-out: per device and source, forgotten after its time and by the right password") {
    const IpAddress camera = IpAddress::v4(1), stranger = IpAddress::v4(2);
    Lockout lockout({.wrong = 3, .duration = minutes{10}});
    for (int i = 0; i < 3; ++i) {
        CHECK_FALSE(lockout.locked(start, "a", stranger));
        lockout.wrong(start, "a", stranger);
    }
    CHECK(lockout.locked(start, "a", stranger));
    CHECK_FALSE(lockout.locked(start, "a", camera));
    CHECK_FALSE(lockout.locked(start, "b", stranger));
    CHECK(lockout.locked(start + minutes{9}, "a", stranger));
    CHECK_FALSE(lockout.locked(start + minutes{10}, "a", stranger));
    for (int i = 0; i < 2; ++i) lockout.wrong(start, "a", camera);
    lockout.right("a", camera);
    lockout.wrong(start, "a", camera);
    CHECK_FALSE(lockout.locked(start, "a", camera));
    Lockout off({});
    for (int i = 0; i < 100; ++i) off.wrong(start, "a", camera);
    CHECK_FALSE(off.locked(start, "a", camera));
}

TEST_CASE("who may register: IDs and prefixes; a password of its own, the common one only on purpose") {
    const auto list = AllowList::parse("# site\r\n34020000\r\n\n34010000001320000001\n");
    REQUIRE(list);
    CHECK(list->size() == 2);
    CHECK(list->holds("34020000001320000009"));
    CHECK(list->holds("34010000001320000001"));
    CHECK_FALSE(list->holds("34010000001320000002"));
    CHECK_FALSE(list->holds("3402"));
    CHECK_FALSE(AllowList::parse("34020000 34010000"));

    auto table = observe::PasswordTable::parse("a one\nb two other\n");
    REQUIRE(table);
    AdmissionSettings settings{.password = "common", .passwords = std::make_shared<observe::PasswordTable>(std::move(*table))};
    CHECK(admission_of("a", settings).password == "one");
    CHECK(admission_of("b", settings).username == "other");
    CHECK(admission_of("c", settings).kind == Admission::Kind::unknown);
    settings.fallback = true;
    CHECK(admission_of("c", settings).password == "common");
    settings.allowed = std::make_shared<AllowList>(std::move(*AllowList::parse("a")));
    CHECK(admission_of("c", settings).kind == Admission::Kind::not_allowed);
    CHECK(admission_of("x", {}).kind == Admission::Kind::open);
}
