#include "page.hpp"

#include "catalog_tree.hpp"
#include "page_devices.hpp"

namespace gbkit::replay_tool {

void write_page(cli::Output& output, const PageFacts& facts, const PageChoice& choice) {
    if (output.json()) return;
    write_capture(output, facts, choice);
    const Devices devices(facts, output.findings());
    write_devices(output, facts, devices, choice);
    write_queries(output, facts.queries, facts.notices, choice.everything);
    if (choice.everything || !choice.device.empty()) write_catalogs(output, facts.queries);
    write_plays(output, facts.totals.plays, choice.play, choice.everything);
}

}  // namespace gbkit::replay_tool
