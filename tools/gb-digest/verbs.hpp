// The verbs of gb-digest, one file each.
#pragma once

#include "cli/output.hpp"
#include "options.hpp"

namespace gbkit::digest_tool {

/// yes: all match; no: one does not; bad_input: nothing to check, or no password to check it against.
cli::ExitCode verify(cli::Output& output, const Options& options);
cli::ExitCode compute(cli::Output& output, const Options& options);

}  // namespace gbkit::digest_tool
