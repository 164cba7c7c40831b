// The page: what the input is, each RTP source and program stream with its elementary streams, and a line of its life.
// The root causes come after it (cli::Output::root_causes).
#pragma once

#include "judging.hpp"

namespace gbkit::psdump_tool {

/// The page of all parts; nothing with --json.
void write_page(cli::Output& output, const Judging& judging);

}  // namespace gbkit::psdump_tool
