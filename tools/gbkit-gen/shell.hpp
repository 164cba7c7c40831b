// What the three completion writers share: names for shell functions, quoting, and what a value can be.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/describe.hpp"

namespace gbkit::gen {

/// gb-digest as part of a function name: gb_digest.
[[nodiscard]] std::string identifier(std::string_view program);
/// In single quotes for bash and zsh.
[[nodiscard]] std::string quoted(std::string_view text);

enum class ValueKind { none, file, directory, host, choice, other };
[[nodiscard]] ValueKind kind_of(const cli::OptionFacts& option);
/// What to offer for a value: the choices, the ids of findings, a few durations; empty when nobody can guess.
[[nodiscard]] std::vector<std::string> candidates(const cli::OptionFacts& option);
/// Does the verb take file names?
[[nodiscard]] bool takes_files(const cli::VerbFacts& verb);
[[nodiscard]] std::vector<std::string> names_of(const cli::OptionFacts& option);

}  // namespace gbkit::gen
