// Every fault of one party, played by our own device and platform in virtual time and recorded on their link.
#pragma once

#include <vector>

#include "proto/fault/fault.hpp"
#include "scenarios/conversation.hpp"
#include "world/pair.hpp"

namespace gbkit::scenario {

/// What passed on the link of a pair, and how to look at it.
struct PairRecord {
    std::vector<Recorded> packets;
    Run run{};                       // to 40 s after the end, with the platform's ID and the device's password
};
PairRecord record_pair(const world::PairOptions& options, Duration limit);

struct RecordedFault {
    FindingId fault;
    FindingId seen_as;               // of a fault that this platform puts up with: the habit
    PairRecord record{};
};
/// Those that show on a link where nothing else is wrong, over that transport.
const std::vector<RecordedFault>& recorded_faults(proto::Transport transport);

}  // namespace gbkit::scenario
