// Whole files into memory, with a limit.
#pragma once

#include <cstddef>
#include <string>

namespace gbkit::digest_tool {

/// "-" is stdin. Throws cli::Failure: system when it cannot be read, bad_input over the limit.
[[nodiscard]] std::string read_file(const std::string& name, std::size_t limit);
/// The first bytes of a file that is not stdin.
[[nodiscard]] std::string read_head(const std::string& name, std::size_t bytes);

}  // namespace gbkit::digest_tool
