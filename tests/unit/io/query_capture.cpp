// The shipped catalog capture through the whole of it: nine parts of a device that worked, told and not blamed.
#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "base/findings/catalog.hpp"
#include "io/capture.hpp"
#include "proto/observe/query_observer.hpp"
#include "proto/observe/sip_feed.hpp"

using namespace gbkit;
using namespace gbkit::proto;

TEST_CASE("the shipped catalog: nine of nine, and nothing above info to say") {
    const char* shared = std::getenv("GBKIT_SHARED");
    const std::string file = std::string(shared ? shared : "") + "/captures/gb28181_catalog_query.pcapng";
    if (!std::filesystem::exists(file)) {
        MESSAGE("skipped: no captures in GBKIT_SHARED");
        return;
    }
    std::vector<Finding> findings;
    std::size_t over = 0;
    const auto keep = [&](Finding finding) { findings.push_back(std::move(finding)); };
    observe::QueryObserver queries({}, {keep, [&](const observe::QueryStory&) { ++over; }});
    observe::SipFeed feed([&](const observe::SipSeen& seen) { queries.see(seen); }, keep);
    const io::CaptureFacts facts = io::read_captures({file}, {}, {.packet = [&](const Packet& packet) { feed.see(packet); }, .unreachable = {}, .progress = {}});
    queries.finish(facts.last);
    for (const Finding& finding : findings) {
        CAPTURE(finding.id.slug);
        CHECK(info_of(finding.id).severity == Severity::info);
    }
    REQUIRE(queries.queries().size() == 1);
    CHECK(over == 1);
    const observe::QueryStory& story = *queries.queries().front();
    CHECK(story.state == observe::QueryStory::State::complete);
    CHECK(story.command == "Catalog");
    CHECK(story.sn == "471");
    CHECK(story.device == "130909113319427420");
    CHECK(story.platform == "130909115229300920");
    CHECK(story.device_agent == "Hikvision");
    CHECK(story.query.frame == 1);
    CHECK(story.status == 200);
    CHECK(story.parts == 9);
    CHECK(story.items == 9);
    CHECK(story.unique == 9);
    CHECK(story.sum_num == 9);
    CHECK(story.overlaps == 0);
    CHECK(story.first_part.frame == 3);
    CHECK(story.last_part.frame == 19);
    CHECK(story.first_answer() == microseconds(10271));
    CHECK(to_milliseconds(story.total().value()) == doctest::Approx(92.437));
    CHECK(story.listed.front().name == "浙江省");
    CHECK(story.listed.back().parent_id == "330106020009913890");
}
