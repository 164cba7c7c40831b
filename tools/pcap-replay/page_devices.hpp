// Who is in the capture: a few devices with their ladders, more of them as a table with a line for each in trouble.
#pragma once

#include "devices.hpp"

namespace gbkit::replay_tool {

void write_devices(cli::Output& output, const PageFacts& facts, const Devices& devices, const PageChoice& choice);

/// "registered", "refused" ...
[[nodiscard]] Bilingual name_of(proto::observe::DeviceStory::State state);

}  // namespace gbkit::replay_tool
