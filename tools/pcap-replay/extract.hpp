// extract: what a capture carries, out of it: SIP as text, XML bodies, a smaller capture, media.
#pragma once

#include "cli/output.hpp"
#include "io/capture.hpp"
#include "options.hpp"

namespace gbkit::replay_tool {

/// Throws Failure (bad_input) when there is nothing of what was asked for.
[[nodiscard]] cli::ExitCode extract(cli::Output& output, const Options& options);

// Its kinds, one file each.
[[nodiscard]] cli::ExitCode extract_text(cli::Output& output, const Options& options);
[[nodiscard]] cli::ExitCode extract_packets(cli::Output& output, const Options& options);
[[nodiscard]] cli::ExitCode extract_media(cli::Output& output, const Options& options);

/// Reads the captures that the options name; with progress, and stdin to its end after an interrupt.
io::CaptureFacts read_for(cli::Output& output, const Options& options, io::CaptureSink sink);

}  // namespace gbkit::replay_tool
