// Each cause, by the name of the finding it makes: a conversation with exactly that one thing wrong.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "scenarios/conversation.hpp"

namespace gbkit::scenario {

struct Cause {
    FindingId id;
    std::function<std::vector<Recorded>()> make;
    Run run{};
    Certainty certainty = Certainty::certain;
};
[[nodiscard]] const std::vector<Cause>& causes();
[[nodiscard]] std::vector<Cause> nat_causes();      // some of them
[[nodiscard]] std::vector<Cause> dialog_causes();   // some of them
[[nodiscard]] std::vector<Cause> catalog_causes();  // some of them

/// Conversations of devices that work: nothing above info may be said of them.
struct Healthy {
    std::string_view name;
    std::function<std::vector<Recorded>()> make;
    Run run{};
};
[[nodiscard]] const std::vector<Healthy>& healthy();
[[nodiscard]] std::vector<Healthy> healthy_behind_nat();  // some of them
[[nodiscard]] std::vector<Healthy> healthy_dialogs();  // some of them
[[nodiscard]] std::vector<Healthy> healthy_queries();  // some of them

}  // namespace gbkit::scenario
