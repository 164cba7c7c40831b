// compare: the same conversation in two captures, step by step: what differs, most telling first.
#pragma once

#include "cli/output.hpp"
#include "options.hpp"

namespace gbkit::replay_tool {

/// no when a status, a value or a stream differs; throws Failure (bad_input) when there is nothing to compare.
[[nodiscard]] cli::ExitCode compare(cli::Output& output, const Options& options);

}  // namespace gbkit::replay_tool
