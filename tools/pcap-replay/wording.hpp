// Numbers and phrases as the page writes them: the kit's own.
#pragma once

#include "cli/wording.hpp"

namespace gbkit::replay_tool {

using cli::grouped;
using cli::size_text;
using cli::span_text;
using cli::Words;

}  // namespace gbkit::replay_tool
