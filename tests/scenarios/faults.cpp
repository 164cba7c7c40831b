// Every fault of one party, on a link that is fine: the observers of the wire name it, and blame nothing else.
#include <doctest/doctest.h>

#include <map>
#include <set>

#include "base/findings/digest.hpp"
#include "base/findings/register.hpp"
#include "machine/pair.hpp"
#include "proto/observe/digest_observer.hpp"
#include "proto/observe/registration_observer.hpp"
#include "proto/observe/sip_feed.hpp"

using namespace gbkit;
using proto::fault::Fault;
using proto::fault::Role;

namespace {

/// Where this kit's own platform lets the device in all the same, the fault shows as a habit: another id.
const std::map<std::string_view, FindingId> accepted_here{
    {"register-server-id-differs", findings::register_server_id_accepted},
    {"register-id-not-20-digits", findings::register_id_unusual},
    {"digest-qop-ignored", findings::digest_deviation_accepted},
};

/// Faults of which this link shows nothing wrong, each with its reason; a scenario of the name shows the failure.
const std::set<std::string_view> harmless_here{
    "register-id-is-server-id",          // this platform lets it in
    "register-expires-below-keepalive",  // this device registers again in time
    "digest-algorithm-unknown",          // this device gives up without an answer that could be judged
};

struct Watched {
    std::vector<Finding> findings;
    [[nodiscard]] bool has(FindingId id) const {
        return std::any_of(findings.begin(), findings.end(), [&](const Finding& finding) { return finding.id == id; });
    }
    [[nodiscard]] std::string ids() const {
        std::string out;
        for (const Finding& finding : findings) out += std::string(finding.id.slug) + " ";
        return out;
    }
};

Watched watch(const world::PairOptions& options, Duration limit) {
    Watched watched;
    world::Pair pair(options);
    const auto keep = [&](Finding finding) { watched.findings.push_back(std::move(finding)); };
    const proto::observe::Context context{.server_id = pair.settings.server_id, .domain = pair.settings.domain};
    proto::observe::RegistrationObserver registrations(context, {keep, {}});
    proto::observe::DigestObserver digests(
        context, [](std::string_view, std::string_view) { return proto::observe::Secret{"12345678"}; }, keep);
    proto::observe::SipFeed feed(
        [&](const proto::observe::SipSeen& seen) {
            registrations.see(seen);
            digests.see(seen);
        },
        keep);
    pair.net.tap = [&](const proto::Packet& packet) { feed.see(packet); };
    pair.start();
    pair.run(std::min<Duration>(limit, seconds{5}));
    if (options.device_fault == findings::register_device_forgot.slug)  // somebody has to ask it
        pair.net.inject(*pair.platform, {1, world::device_address,
                                         "MESSAGE sip:" + world::device_id + "@3402000000 SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.1:5060;rport;"
                                         "branch=z9hG4bKcall\r\nFrom: <sip:34020000002000000001@3402000000>;tag=c\r\nTo: <sip:" + world::device_id +
                                             "@3402000000>\r\nCall-ID: call\r\nCSeq: 1 MESSAGE\r\nContent-Length: 0\r\n\r\n"});
    pair.run(limit);
    registrations.finish(pair.net.now + seconds(40));
    digests.finish();
    return watched;
}

world::PairOptions with_fault(const Fault& fault) {
    world::PairOptions options;
    (fault.role == Role::device ? options.device_fault : options.platform_fault) = std::string(fault.id.slug);
    world::surround(options, fault.id.slug);
    // Heartbeats and what follows from them need a device that stays.
    options.once = !fault.id.slug.starts_with("keepalive") && fault.id != findings::register_expires_below_keepalive &&
                   fault.id != findings::register_challenge_ignored && fault.id != findings::register_device_forgot;
    return options;
}

std::set<FindingId> follow(FindingId id) {
    std::set<FindingId> all{id};
    for (const FindingId implied : info_of(id).implies) {
        const std::set<FindingId> more = follow(implied);
        all.insert(more.begin(), more.end());
    }
    return all;
}

}  // namespace

TEST_CASE("each fault is seen on the wire by its name, and nothing else is") {
    for (const Fault& fault : proto::fault::all_faults()) {
        CAPTURE(fault.id.slug);
        if (harmless_here.contains(fault.id.slug)) continue;
        const Watched watched = watch(with_fault(fault), minutes(15));
        CAPTURE(watched.ids());
        const auto habit = accepted_here.find(fault.id.slug);
        const FindingId expected = habit == accepted_here.end() ? fault.id : habit->second;
        CHECK(watched.has(expected));
        std::set<FindingId> allowed = follow(expected);
        // The device follows the 302 to an address where nobody is.
        if (fault.id == findings::register_redirected) allowed.insert(findings::register_no_answer);
        for (const FindingInfo& info : finding_catalogue())  // one act can have a more exact name besides
            if (std::find(info.implies.begin(), info.implies.end(), expected) != info.implies.end()) allowed.insert(info.id);
        for (const Finding& finding : watched.findings) {
            CAPTURE(finding.id.slug);
            if (info_of(finding.id).severity <= Severity::violation) CHECK(allowed.contains(finding.id));
        }
    }
}

TEST_CASE("without a fault the wire is clean, through a link that loses, repeats and delays") {
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        world::PairOptions options;
        options.seed = seed;
        options.once = seed % 2 == 0;
        options.link = {.loss = 0.1, .repeat = 0.1, .shortest = milliseconds(1), .longest = milliseconds(120)};
        const Watched watched = watch(options, minutes(20));
        CAPTURE(seed);
        CAPTURE(watched.ids());
        for (const Finding& finding : watched.findings) CHECK(info_of(finding.id).severity > Severity::violation);
    }
}
