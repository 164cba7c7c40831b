// pcap-replay inspect --list: the conversations of a capture, one line each; nothing is judged.
#pragma once

#include "cli/output.hpp"
#include "options.hpp"

namespace gbkit::replay_tool {

[[nodiscard]] cli::ExitCode list(cli::Output& output, const Options& options);

}  // namespace gbkit::replay_tool
