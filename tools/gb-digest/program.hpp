// gb-digest as a program: its verbs and options.
#pragma once

#include "cli/run.hpp"

namespace gbkit::digest_tool {

[[nodiscard]] cli::Program program();

}  // namespace gbkit::digest_tool
