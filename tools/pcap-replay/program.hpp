// pcap-replay as a program: its verbs and options.
#pragma once

#include "cli/run.hpp"

namespace gbkit::replay_tool {

[[nodiscard]] cli::Program program();

}  // namespace gbkit::replay_tool
