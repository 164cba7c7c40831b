// Every fault of one party, on a link that is fine: the observers of the wire name it, and blame nothing else.
#include <doctest/doctest.h>

#include <algorithm>

#include "base/findings/register.hpp"
#include "scenarios/implied.hpp"
#include "scenarios/recorded_faults.hpp"

using namespace gbkit;
using namespace gbkit::scenario;

TEST_CASE("each fault is seen on the wire by its name, and nothing else is") {
    for (const RecordedFault& recorded : recorded_faults(proto::Transport::udp)) {
        CAPTURE(recorded.fault.slug);
        const Told told = observe(recorded.record.packets, recorded.record.run);
        CAPTURE(told.ids());
        CHECK(told.find(recorded.seen_as) != nullptr);
        std::set<FindingId> allowed = allowed_by(recorded.seen_as);
        // The device follows the 302 to an address where nobody is.
        if (recorded.fault == findings::register_redirected) allowed.insert(findings::register_no_answer);
        for (const FindingInfo& info : finding_catalogue())  // one act can have a more exact name besides
            if (std::find(info.implies.begin(), info.implies.end(), recorded.seen_as) != info.implies.end()) allowed.insert(info.id);
        for (const Finding& finding : told.serious()) {
            CAPTURE(finding.id.slug);
            CHECK(allowed.contains(finding.id));
        }
    }
}

TEST_CASE("without a fault the wire is clean, through a link that loses, repeats and delays") {
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        world::PairOptions options;
        options.seed = seed;
        options.once = seed % 2 == 0;
        options.link = {.loss = 0.1, .repeat = 0.1, .shortest = milliseconds(1), .longest = milliseconds(120)};
        const PairRecord record = record_pair(options, minutes(20));
        const Told told = observe(record.packets, record.run);
        CAPTURE(seed);
        CAPTURE(told.ids());
        CHECK(told.serious().empty());
    }
}
