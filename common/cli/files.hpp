// Input files read whole, with a limit, and the exit codes of what can go wrong with them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "cli/run.hpp"

namespace gbkit::cli {

/// "cannot open x: no such file or directory". A name that leads nowhere is bad_input: the user's; a refusal is system's.
[[nodiscard]] Failure file_failure(std::string_view verb, const std::string& name, int error_number);

/// The whole file; "-" is stdin. Throws Failure; over the limit it is bad_input.
[[nodiscard]] std::string read_file(const std::string& name, std::size_t limit);
/// The first bytes of a file that is not stdin.
[[nodiscard]] std::string read_head(const std::string& name, std::size_t bytes);

}  // namespace gbkit::cli
