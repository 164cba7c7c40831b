// inspect: read captures, follow every device, say what is wrong.
#pragma once

#include "cli/output.hpp"
#include "options.hpp"

namespace gbkit::replay_tool {

/// Exit code by --fail-on; throws Failure (bad_input) when the captures hold nothing to judge.
[[nodiscard]] cli::ExitCode inspect(cli::Output& output, const Options& options);

}  // namespace gbkit::replay_tool
