// Each fault has the effect on the conversation that its name promises.
#include <doctest/doctest.h>

#include <map>

#include "world/pair.hpp"

using namespace world;
using proto::Outcome;

namespace {

struct Expected {
    Outcome outcome;
    int last_status;
};

// How a registration ends when this side has this fault and the other side has none.
const std::map<std::string, Expected> device_ends{
    {"digest-password-differs", {Outcome::refused, 403}},
    {"digest-password-form", {Outcome::refused, 403}},
    {"digest-formula-differs", {Outcome::refused, 403}},
    {"digest-realm-not-challenged", {Outcome::refused, 403}},
    {"digest-uri-hashed-differs", {Outcome::refused, 403}},
    {"digest-uri-differs", {Outcome::yes, 200}},
    {"digest-qop-null", {Outcome::refused, 403}},
    {"digest-qop-ignored", {Outcome::yes, 200}},
    {"digest-nc-case", {Outcome::refused, 403}},
    {"digest-response-upper-case", {Outcome::refused, 403}},
    {"digest-space-trimmed", {Outcome::refused, 403}},
    {"digest-algorithm-differs", {Outcome::refused, 403}},
    {"digest-stale-nonce", {Outcome::refused, 401}},
    {"digest-constant-cnonce", {Outcome::yes, 200}},
    {"digest-username-not-device-id", {Outcome::yes, 200}},
    {"digest-header-malformed", {Outcome::refused, 400}},
    {"register-challenge-ignored", {Outcome::refused, 401}},
    {"register-server-id-differs", {Outcome::yes, 200}},
    {"register-id-not-20-digits", {Outcome::yes, 200}},
    {"register-id-is-server-id", {Outcome::yes, 200}},
    {"register-400-no-expires", {Outcome::refused, 400}},
    {"register-bad-request", {Outcome::refused, 400}},
    {"register-expires-below-keepalive", {Outcome::yes, 200}},
    {"register-logging-out", {Outcome::refused, 200}},
    {"register-seen-as", {Outcome::yes, 200}},
    {"register-route", {Outcome::yes, 200}},
    {"register-device-forgot", {Outcome::yes, 200}},
    {"register-redirect-ignored", {Outcome::refused, 302}},
    {"keepalive-status", {Outcome::yes, 200}},
    {"sip-malformed", {Outcome::refused, 400}},
    {"sip-datagram-cut", {Outcome::refused, 400}},
};
const std::map<std::string, Expected> platform_ends{
    {"digest-right-still-refused", {Outcome::refused, 403}},
    {"digest-algorithm-unknown", {Outcome::protocol_error, 401}},
    {"register-refused", {Outcome::refused, 403}},
    {"register-refused-outright", {Outcome::refused, 403}},
    {"register-server-failure", {Outcome::refused, 500}},
    {"register-challenge-missing", {Outcome::protocol_error, 401}},
    {"register-answer-misdirected", {Outcome::timeout, 0}},
    {"register-401-to-private-via", {Outcome::timeout, 0}},
    {"register-version-unanswered", {Outcome::yes, 200}},
    {"register-date-shifted", {Outcome::yes, 200}},
    {"register-date-differs", {Outcome::yes, 200}},
    {"register-date-form", {Outcome::yes, 200}},
    {"register-lifetime-cut", {Outcome::yes, 200}},
    {"register-lifetime-short", {Outcome::yes, 200}},
    {"register-redirected", {Outcome::refused, 302}},
    {"register-no-answer", {Outcome::timeout, 0}},
    {"keepalive-unanswered", {Outcome::yes, 200}},
    {"keepalive-refused", {Outcome::yes, 200}},
};

}  // namespace

TEST_CASE("every fault ends as its table says, and every fault is in the table") {
    for (const proto::fault::Fault& fault : proto::fault::all_faults()) {
        const std::string slug(fault.id.slug);
        const bool device = fault.role == proto::fault::Role::device;
        CAPTURE(slug);
        const auto& table = device ? device_ends : platform_ends;
        const auto expected = table.find(slug);
        REQUIRE(expected != table.end());
        PairOptions options;
        (device ? options.device_fault : options.platform_fault) = slug;
        surround(options, slug);
        Pair pair(options);
        pair.start();
        REQUIRE(pair.run());
        CHECK(static_cast<int>(pair.device->finish->outcome) == static_cast<int>(expected->second.outcome));
        CHECK(pair.device->registrations.back().status == expected->second.last_status);
        CHECK(find_finding(slug) != nullptr);
        CHECK_FALSE(fault.what.english.empty());
        CHECK_FALSE(fault.what.chinese.empty());
    }
    CHECK(proto::fault::all_faults().size() == device_ends.size() + platform_ends.size());
}

TEST_CASE("a fault nobody knows, or of the other role, is not found") {
    CHECK_FALSE(proto::fault::Filter::make("no-such-fault", proto::fault::Role::device, {}));
    CHECK_FALSE(proto::fault::Filter::make("register-no-answer", proto::fault::Role::device, {}));
}
