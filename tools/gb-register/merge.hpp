// gb-register merge: add up the summaries of several runs (shards of one load, nights of a week).
#pragma once

#include "cli/exit_code.hpp"

namespace gbkit::cli {
class Output;
}

namespace gbkit::register_tool {

struct Options;
[[nodiscard]] cli::ExitCode merge(cli::Output& output, const Options& options);

}  // namespace gbkit::register_tool
