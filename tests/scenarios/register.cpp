// Every cause makes its finding and nothing else serious; whatever of it a capture misses, no lie comes out.
#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <set>

#include "base/findings/register.hpp"
#include "scenarios/causes.hpp"
#include "scenarios/implied.hpp"

using namespace gbkit;
using namespace gbkit::scenario;

namespace {

bool only(const Told& told, const std::set<FindingId>& allowed) {
    const std::vector<Finding> serious = told.serious();
    return std::all_of(serious.begin(), serious.end(), [&](const Finding& finding) { return allowed.contains(finding.id); });
}

}  // namespace

TEST_CASE("each cause is named, certain enough, and is the only root cause above info") {
    for (const Cause& cause : causes()) {
        CAPTURE(cause.id.slug);
        const Told told = observe(cause.make(), cause.run);
        CAPTURE(told.ids());
        const Finding* finding = told.find(cause.id);
        REQUIRE(finding != nullptr);
        CHECK(finding->certainty == cause.certainty);
        CHECK(finding->where.frame.has_value());
        CHECK(only(told, allowed_by(cause.id)));
        const std::vector<Finding> roots = root_causes(told.findings);
        REQUIRE(!roots.empty());
        CHECK(roots.front().id == cause.id);
        for (const Finding& each : told.findings)
            for (const Language language : {Language::english, Language::chinese}) {
                CHECK(message_of(each, language).find('?') == std::string::npos);
                CHECK(advice_of(each, language).find('{') == std::string::npos);
            }
    }
}

TEST_CASE("a finding stands on evidence inside the capture: every prefix of a cause says nothing else") {
    for (const Cause& cause : causes()) {
        CAPTURE(cause.id.slug);
        const std::vector<Recorded> all = cause.make();
        const std::set<FindingId> allowed = allowed_by(cause.id);
        for (std::size_t length = 0; length <= all.size(); ++length) {
            Run run = cause.run;
            run.after = Duration{};
            const Told told = observe({all.begin(), all.begin() + static_cast<std::ptrdiff_t>(length)}, run);
            CAPTURE(length);
            CAPTURE(told.ids());
            CHECK(only(told, allowed));
        }
    }
}

TEST_CASE("mirrored packets change no verdict") {
    for (const Cause& cause : causes()) {
        CAPTURE(cause.id.slug);
        const std::vector<Recorded> all = cause.make();
        if (all.front().transport == proto::Transport::tcp) continue;  // io/capture has the copies of TCP out
        const Told told = observe(mirrored(all), cause.run);
        CAPTURE(told.ids());
        CHECK(told.find(cause.id) != nullptr);
        CHECK(only(told, allowed_by(cause.id)));
    }
    for (const Healthy& conversation : healthy()) {
        CAPTURE(conversation.name);
        CHECK(observe(mirrored(conversation.make()), conversation.run).serious().empty());
    }
}

TEST_CASE("a healthy conversation is healthy: whole, every prefix, and long after") {
    for (const Healthy& conversation : healthy()) {
        CAPTURE(conversation.name);
        const std::vector<Recorded> all = conversation.make();
        for (std::size_t length = 0; length <= all.size(); ++length) {
            const Told told = observe({all.begin(), all.begin() + static_cast<std::ptrdiff_t>(length)}, conversation.run);
            CAPTURE(length);
            CAPTURE(told.ids());
            CHECK(told.serious().empty());
        }
        const Told whole = observe(all, conversation.run);
        for (const Finding& finding : whole.findings) CHECK(info_of(finding.id).severity == Severity::info);
        Run long_after = conversation.run;
        long_after.after = hours(1);
        const Told told = observe(all, long_after);
        CAPTURE(told.ids());
        CHECK(told.serious().empty());
    }
}

TEST_CASE("one direction of a healthy conversation is no silence and no refusal") {
    const Endpoint platform = Conversation{}.platform;
    for (const Healthy& conversation : healthy()) {
        CAPTURE(conversation.name);
        const std::vector<Recorded> all = conversation.make();
        Run run = conversation.run;
        run.after = minutes(2);
        const Told answers = observe(only_from(all, platform), run);
        CAPTURE(answers.ids());
        CHECK(answers.serious().empty());
        const Told requests = observe(without_from(all, platform), run);
        CAPTURE(requests.ids());
        // A lone REGISTER without authentication looks like one nobody answers: possible, and no more.
        for (const Finding& finding : requests.serious()) {
            CHECK(finding.id == findings::register_no_answer);
            CHECK(finding.certainty == Certainty::possible);
        }
    }
}

TEST_CASE("one direction of a failure claims nothing with certainty that it does not show") {
    for (const Cause& cause : causes()) {
        CAPTURE(cause.id.slug);
        const std::vector<Recorded> all = cause.make();
        std::set<FindingId> allowed = allowed_by(cause.id);
        allowed.insert(findings::register_no_answer);   // possible or likely only
        allowed.insert(findings::register_refused);     // likely: whether a password was used is not in the capture
        allowed.insert(findings::register_bad_request); // 400: whether Expires was there neither
        for (const std::vector<Recorded>& half : {only_from(all, Conversation{}.platform), without_from(all, Conversation{}.platform)}) {
            Run run = cause.run;
            run.after = minutes(2);
            const Told told = observe(half, run);
            CAPTURE(told.ids());
            CHECK(only(told, allowed));
            for (const Finding& finding : told.serious())
                if (finding.id != cause.id) CHECK(finding.certainty != Certainty::certain);
        }
    }
}

TEST_CASE("a capture that lost a fifth of a healthy conversation blames nobody with certainty") {
    std::mt19937_64 random(2);
    for (const Healthy& conversation : healthy()) {
        const std::vector<Recorded> all = conversation.make();
        for (int round = 0; round < 200; ++round) {
            std::vector<Recorded> kept;
            for (const Recorded& packet : all)
                if (random() % 5 != 0) kept.push_back(packet);
            const Told told = observe(kept, conversation.run);
            CAPTURE(conversation.name);
            CAPTURE(round);
            CAPTURE(told.ids());
            for (const Finding& finding : told.serious()) CHECK(finding.certainty != Certainty::certain);
        }
    }
}
