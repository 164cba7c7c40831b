// What to do next: the commands that help with what was found, ready to be pasted.
#pragma once

#include <vector>

#include "cli/causes.hpp"
#include "devices.hpp"

namespace gbkit::replay_tool {

/// `causes`: the worst first. Nothing when the packets cannot be read again (a pipe, an interface).
void write_next_steps(cli::Output& output, const PageFacts& facts, const Devices& devices, const std::vector<cli::Cause>& causes, const PageChoice& choice);

}  // namespace gbkit::replay_tool
