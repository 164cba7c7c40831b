// gb-register as a program: its verbs and options.
#pragma once

#include "cli/run.hpp"

namespace gbkit::register_tool {

[[nodiscard]] cli::Program program();

}  // namespace gbkit::register_tool
