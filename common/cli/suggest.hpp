// "did you mean": the nearest of the names there are.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gbkit::cli {

/// Insertions, deletions, replacements and swaps of neighbours between two words.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);
/// The candidate at the least distance, or one the word is the start of; nothing when none is near (a third of the word).
[[nodiscard]] std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& candidates);
/// "; did you mean X?" or nothing.
[[nodiscard]] std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates);
/// "no finding is called X; did you mean Y?"; empty when there is one.
[[nodiscard]] std::string unknown_finding(const std::string& id);

}  // namespace gbkit::cli
