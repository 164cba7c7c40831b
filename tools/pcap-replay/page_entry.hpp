// A fact of the page: its heading in the first ten columns, the text wrapped beside it.
//
//   holds     20 UDP datagrams, 0 TCP segments, 0 ICMP; 20 SIP messages
#pragma once

#include <string_view>

#include "cli/output.hpp"

namespace gbkit::replay_tool {

/// An empty heading continues the entry above.
void write_entry(cli::Output& output, Bilingual heading, std::string_view text);

}  // namespace gbkit::replay_tool
