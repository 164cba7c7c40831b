// What gbkit-gen writes: option blocks of manuals, completions, and the two manual pages made of tables.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "cli/describe.hpp"

namespace gbkit::gen {

/// All programs of the kit, described.
[[nodiscard]] std::vector<cli::ProgramFacts> programs();

/// mdoc for the manual of a program: a list of options for each verb, then the common ones.
[[nodiscard]] std::string man_options(const cli::ProgramFacts& program);
/// The page with the text between its BEGIN OPTIONS and END OPTIONS comments replaced.
[[nodiscard]] Result<std::string> with_options(std::string_view page, std::string_view block);

[[nodiscard]] std::string bash_completion(const cli::ProgramFacts& program);
[[nodiscard]] std::string zsh_completion(const cli::ProgramFacts& program);
[[nodiscard]] std::string fish_completion(const cli::ProgramFacts& program);

[[nodiscard]] std::string records_page();    // gbkit-records(7)
[[nodiscard]] std::string findings_page();   // gbkit-findings(7)

}  // namespace gbkit::gen
