// Which connections that do not come about are told, as what, about whom.
#include "proto/observe/connection_observer.hpp"

#include <doctest/doctest.h>

#include "base/findings/connection.hpp"

using namespace gbkit;
using namespace gbkit::proto;
using namespace gbkit::proto::observe;
using Kind = ConnectionChange::Kind;

namespace {

const Endpoint device{*IpAddress::parse("192.0.2.10"), 40312}, platform{*IpAddress::parse("192.0.2.1"), 5061};

ConnectionChange change_of(Kind kind, bool accepted = false) {
    ConnectionChange change{};
    change.kind = kind;
    change.number = 7;
    change.time = from_unix(1'700'000'000);
    change.transport = Transport::tls;
    change.local = accepted ? platform : device;
    change.peer = accepted ? device : platform;
    change.accepted = accepted;
    change.why = "its certificate expired";
    return change;
}

std::vector<Finding> seen(const std::vector<ConnectionChange>& changes) {
    std::vector<Finding> found;
    ConnectionObserver observer({.server_id = {}, .domain = {}, .seen_from = SeenFrom::device}, [&](Finding finding) { found.push_back(std::move(finding)); });
    for (const ConnectionChange& change : changes) observer.see(change);
    observer.finish();
    return found;
}

}  // namespace

TEST_CASE("what did not come about is told of the platform; what had come about is not") {
    const std::vector<std::pair<Kind, FindingId>> told{{Kind::refused, findings::connection_refused},
                                                       {Kind::silent, findings::connection_no_answer},
                                                       {Kind::insecure, findings::connection_no_tls},
                                                       {Kind::untrusted, findings::connection_untrusted}};
    for (const auto& [kind, id] : told) {
        const std::vector<Finding> found = seen({change_of(kind)});
        REQUIRE(found.size() == 1);
        CHECK(found[0].id == id);
        CHECK(found[0].certainty == Certainty::certain);
        CHECK(found[0].subject == "192.0.2.1:5061");
        CHECK(found[0].where.frame == std::uint64_t{7});
        CHECK(found[0].seen_from == SeenFrom::device);
        CHECK(message_of(found[0], Language::english).find('{') == std::string::npos);
        CHECK(message_of(found[0], Language::chinese).find('{') == std::string::npos);
    }
    for (const Kind kind : {Kind::opened, Kind::closed_by_us, Kind::closed_by_peer, Kind::broken}) CHECK(seen({change_of(kind)}).empty());
    CHECK(message_of(seen({change_of(Kind::untrusted)})[0], Language::english) == "The certificate of 192.0.2.1:5061 is not trusted: its certificate expired.");
}

TEST_CASE("a refusal that passes within seconds is none: a platform restarts; one that stays is told once") {
    CHECK(seen({change_of(Kind::refused), change_of(Kind::refused), change_of(Kind::opened)}).empty());
    CHECK(seen({change_of(Kind::opened), change_of(Kind::refused)}).size() == 1);
    std::vector<Finding> found;
    ConnectionObserver observer({}, [&](Finding finding) { found.push_back(std::move(finding)); });
    observer.see(change_of(Kind::refused));
    observer.advance(change_of(Kind::refused).time + ConnectionObserver::patience - milliseconds{1});
    CHECK(found.empty());
    ConnectionChange other = change_of(Kind::opened);
    other.peer.port = 1;
    observer.see(other);
    observer.advance(change_of(Kind::refused).time + ConnectionObserver::patience);
    CHECK(found.size() == 1);
    observer.finish();
    CHECK(found.size() == 1);
}

TEST_CASE("a caller is told by its address, which may be anybody's; strangers without end are not kept") {
    std::vector<ConnectionChange> changes;
    for (std::uint32_t i = 0; i < 5000; ++i) {
        changes.push_back(change_of(Kind::insecure, true));
        changes.back().peer = {IpAddress::v4(0x0A000000 + i), static_cast<std::uint16_t>(i)};
    }
    changes.push_back(changes.front());
    const std::vector<Finding> found = seen(changes);
    REQUIRE(found.size() == 1001);   // the first thousand, and one of them again
    CHECK(found[0].certainty == Certainty::likely);
    CHECK(found[0].subject == "10.0.0.0");
    CHECK(found.back().subject == "10.0.0.0");
}
