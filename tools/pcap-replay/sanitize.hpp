// sanitize: a capture that can be shared, and that inspects with the same findings.
#pragma once

#include "cli/output.hpp"
#include "options.hpp"

namespace gbkit::replay_tool {

/// The password that sanitized digests are right for.
inline constexpr std::string_view sanitized_password = "sanitized";

/// Throws Failure (bad_input) when nothing could be written.
[[nodiscard]] cli::ExitCode sanitize(cli::Output& output, const Options& options);

}  // namespace gbkit::replay_tool
