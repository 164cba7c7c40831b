// ps-dump as a program: its verbs and options.
#pragma once

#include "cli/run.hpp"

namespace gbkit::psdump_tool {

[[nodiscard]] cli::Program program();

}  // namespace gbkit::psdump_tool
