#include <doctest/doctest.h>

#include "captured.hpp"
#include "cli/condition.hpp"

using namespace gbkit;
using namespace gbkit::cli;

namespace {

const std::vector<std::string_view> counters{"registered", "rtt_ms"};

std::string refusal(const std::string& text) {
    try {
        (void)parse_conditions("--expect", text, counters);
    } catch (const Failure& failure) {
        CHECK(failure.code == ExitCode::usage);
        return failure.message;
    }
    return {};
}

}  // namespace

TEST_CASE("conditions are read, with spaces and with fractions") {
    const auto conditions = parse_conditions("--expect", "registered>=100, rtt_ms < 2.5", counters);
    REQUIRE(conditions.size() == 2);
    CHECK(conditions[0].counter == "registered");
    CHECK(conditions[0].relation == ">=");
    CHECK(conditions[1].bound == 2.5);
    CHECK(parse_conditions("--expect", "", counters).empty());
}

TEST_CASE("what cannot be read is told with the names there are") {
    for (const std::string text : {"registered", "registered>=", "registered>=x", "registered>=1x", "unknown=1", "registered=1,", "registered==1",
                                   "registered=nan", "registered=inf"}) {
        CAPTURE(text);
        CHECK(refusal(text).find("counters are registered, rtt_ms") != std::string::npos);
    }
    CHECK(refusal("registered=1").empty());
}

TEST_CASE("relations at their borders; a goal is reached when it is passed") {
    struct Case {
        const char* relation;
        bool below, at, above;
    };
    for (const Case& each : {Case{">=", false, true, true}, Case{"<=", true, true, false}, Case{">", false, false, true},
                             Case{"<", true, false, false}, Case{"=", false, true, false}}) {
        CAPTURE(each.relation);
        const Condition condition{"registered", each.relation, 10};
        CHECK(holds(condition, 9) == each.below);
        CHECK(holds(condition, 10) == each.at);
        CHECK(holds(condition, 11) == each.above);
    }
    CHECK(reached({"registered", "=", 10}, 11));
    CHECK_FALSE(reached({"registered", "=", 10}, 9));
    CHECK(reached({"registered", "<", 10}, 9));
}
