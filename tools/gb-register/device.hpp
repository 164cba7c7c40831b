// gb-register device: register with a platform.
#pragma once

#include "cli/exit_code.hpp"

namespace gbkit::cli {
class Output;
}

namespace gbkit::register_tool {

struct Options;
[[nodiscard]] cli::ExitCode device(cli::Output& output, const Options& options);

}  // namespace gbkit::register_tool
