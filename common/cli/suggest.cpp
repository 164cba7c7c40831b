#include "cli/suggest.hpp"

#include <algorithm>

#include "base/charset.hpp"
#include "base/finding.hpp"

namespace gbkit::cli {

// Optimal string alignment; three rows are enough.
std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, replaced});
            const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
        }
        before.swap(last);
        last.swap(row);
    }
    return last[b.size()];
}

std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& candidates) {
    constexpr std::size_t longest = 64;  // nobody mistypes a longer word, and the distance is quadratic
    if (word.size() > longest) return std::nullopt;
    std::optional<std::string> best;
    std::size_t least = std::max<std::size_t>(word.size() / 3, 1) + 1;
    for (const std::string& candidate : candidates) {
        const std::size_t distance = edit_distance(word, candidate);
        if (distance >= least) continue;
        least = distance;
        best = candidate;
    }
    if (best || word.size() < 3) return best;
    for (const std::string& candidate : candidates)
        if (candidate.starts_with(word)) return candidate;
    return std::nullopt;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates) {
    const auto best = nearest(word, candidates);
    return best ? "; did you mean " + *best + "?" : std::string{};
}

std::string unknown_finding(const std::string& id) {
    if (find_finding(id) != nullptr) return {};
    std::vector<std::string> known;
    for (const FindingInfo& info : finding_catalogue()) known.emplace_back(info.id.slug);
    return "no finding is called " + printable(id) + did_you_mean(id, known);
}

}  // namespace gbkit::cli
