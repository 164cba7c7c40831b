// One line of the ladder for a message, as the page shows it while things happen.
#pragma once

#include <string>

#include "base/text.hpp"
#include "cli/output.hpp"
#include "proto/observe/observer.hpp"

namespace gbkit::register_tool {

/// "14:02:11.004  --> REGISTER  CSeq 1, no credentials, for 3600 s". An arrow to the right comes from the device.
[[nodiscard]] std::string ladder_line(const proto::observe::SipSeen& seen, const cli::Output& output, bool from_device,
                                      bool name_device);
[[nodiscard]] std::string ladder_line(const proto::Unreachable& unreachable, const cli::Output& output);

}  // namespace gbkit::register_tool
