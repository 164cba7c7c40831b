// What may be said besides a finding: itself and all that follows from it.
#pragma once

#include <set>
#include <vector>

#include "base/finding.hpp"

namespace gbkit::scenario {

inline std::set<FindingId> allowed_by(FindingId id) {
    std::set<FindingId> all{id};
    std::vector<FindingId> open{id};
    while (!open.empty()) {
        const FindingId next = open.back();
        open.pop_back();
        for (const FindingId implied : info_of(next).implies)
            if (all.insert(implied).second) open.push_back(implied);
    }
    return all;
}

}  // namespace gbkit::scenario
