// Whose password is what: --password, --password-file and --passwords as one table.
#pragma once

#include "options.hpp"
#include "proto/observe/digest_observer.hpp"

namespace gbkit::replay_tool {

/// Throws Failure when a file cannot be read or has a line without a password.
[[nodiscard]] proto::observe::Passwords passwords_of(const Options& options);

}  // namespace gbkit::replay_tool
