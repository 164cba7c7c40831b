// The verbs of ps-dump, a file each.
#pragma once

#include "cli/output.hpp"
#include "options.hpp"

namespace gbkit::psdump_tool {

/// Reads inputs and judges the streams in them. bad_input when there is none.
[[nodiscard]] cli::ExitCode inspect(cli::Output& output, const InspectOptions& options);
/// The same for what comes in live, until a signal, --duration or --until.
[[nodiscard]] cli::ExitCode listen(cli::Output& output, const ListenOptions& options);
/// Writes one elementary stream or the program stream itself.
[[nodiscard]] cli::ExitCode extract(cli::Output& output, const ExtractOptions& options);
/// Makes a program stream of elementary ones, with a mistake when one is asked for.
[[nodiscard]] cli::ExitCode mux(cli::Output& output, const MuxOptions& options);

}  // namespace gbkit::psdump_tool
