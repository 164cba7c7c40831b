#include "cli/causes.hpp"

#include <algorithm>

namespace gbkit::cli {

std::vector<Cause> causes_of(std::span<const Finding> findings) {
    std::vector<Cause> causes;
    for (Finding& root : root_causes(findings)) {
        const auto same = std::find_if(causes.begin(), causes.end(), [&](const Cause& cause) {
            return cause.finding.id == root.id && cause.finding.certainty == root.certainty;
        });
        if (same == causes.end()) causes.push_back({std::move(root)});
        else same->others.push_back(std::move(root.subject));
    }
    std::stable_sort(causes.begin(), causes.end(), [](const Cause& a, const Cause& b) {
        const Severity left = info_of(a.finding.id).severity, right = info_of(b.finding.id).severity;
        if (left != right) return left < right;
        if (a.finding.certainty != b.finding.certainty) return a.finding.certainty < b.finding.certainty;
        return a.others.size() > b.others.size();
    });
    return causes;
}

bool is_trouble(const Finding& finding) { return info_of(finding.id).severity <= Severity::violation; }

}  // namespace gbkit::cli
