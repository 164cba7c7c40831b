// gb-register serve: be the platform.
#pragma once

#include "cli/exit_code.hpp"

namespace gbkit::cli {
class Output;
}

namespace gbkit::register_tool {

struct Options;
[[nodiscard]] cli::ExitCode serve(cli::Output& output, const Options& options);

}  // namespace gbkit::register_tool
