// The page of inspect, in this order: what the capture is and can show; who is in it, by ladders or as a table; queries,
// plays; what is wrong, most likely first; what to do next.
#pragma once

#include <string>
#include <vector>

#include "cli/output.hpp"
#include "queries.hpp"
#include "records.hpp"

namespace gbkit::replay_tool {

struct PageChoice {
    bool ladders = false;       // --ladder, --device: every device's
    bool everything = false;    // --all: each flow, device, query, call and root cause
    bool habits = false;        // --habits, --all: what is harmless in full
    std::string device{};       // --device
    std::string play{};         // --play
    std::vector<std::string> files{};   // to name in commands; empty: the packets cannot be read again
};

/// All that the page tells of.
struct PageFacts {
    const Totals& totals;
    const QueryStories& queries;
    const NoticeStories& notices;
};

/// The whole page but its end.
void write_page(cli::Output& output, const PageFacts& facts, const PageChoice& choice);
/// Its end: the root causes, most likely first, or that nothing is wrong and what was judged; then what to do next.
void write_verdict(cli::Output& output, const PageFacts& facts, const PageChoice& choice);

/// What the capture is and can show, what is in it besides the devices.
void write_capture(cli::Output& output, const PageFacts& facts, const PageChoice& choice);

/// About the capture as a whole: told with what it is, not among the causes of what is wrong in it.
[[nodiscard]] bool is_about_capture(const Finding& finding);

/// Rows of one device's ladder, two blanks in front.
void write_ladder(cli::Output& output, const proto::observe::DeviceStory& story);

}  // namespace gbkit::replay_tool
