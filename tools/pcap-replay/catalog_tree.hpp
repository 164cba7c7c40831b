// Catalogs as trees: each item under its ParentID (GB/T 28181-2022 annexes A and J), a virtual organisation without one
// under its BusinessGroupID, a region under the region whose code its own begins with.
//
//   catalog of 34020000001180000007  12 items
//     34020000002150000001   东区
//       34020000001310000001 大门                     ON
#pragma once

#include <string>
#include <vector>

#include "cli/output.hpp"
#include "queries.hpp"
#include "wire/manscdp.hpp"

namespace gbkit::replay_tool {

struct CatalogRow {
    const wire::ManscdpItem* item = nullptr;
    std::size_t depth = 0;
};

/// Every item once, parents before their children, in their own order. Whose parent is not listed, or is below
/// itself, stands at the root.
[[nodiscard]] std::vector<CatalogRow> tree_of(const std::vector<wire::ManscdpItem>& items);

/// The last whole catalog of each device, else the last that came; 200 lines at most.
void write_catalogs(cli::Output& output, const QueryStories& queries);

}  // namespace gbkit::replay_tool
