// The page of inspect: what the capture is and can show, who is in it, each device's ladder, what was not judged.
// The root causes come after it (cli::Output::root_causes).
#pragma once

#include "cli/output.hpp"
#include "records.hpp"

namespace gbkit::replay_tool {

struct PageChoice {
    bool all_ladders = false;   // --ladder, --device
    bool everything = false;    // --all: each flow that was not looked into
};

void write_page(cli::Output& output, const Totals& totals, const PageChoice& choice);

/// Rows of one device's ladder, two blanks in front.
void write_ladder(cli::Output& output, const proto::observe::DeviceStory& story);

}  // namespace gbkit::replay_tool
