// Who the devices of a run are: counted IDs or a table, every N-th of them, and from which addresses.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "options.hpp"
#include "proto/fleet.hpp"
#include "proto/gb/device_messages.hpp"

namespace gbkit::register_tool {

/// One device of the run.
struct Person {
    proto::gb::DeviceIdentity who;
    const proto::gb::Habits* habits;
    proto::Transport transport;
};

/// By --device-id and --count, or --devices; then --shard. `password`, --profile and --transport are for those whose
/// table row says nothing. Throws cli::Failure; a broken table is bad_input and names the line.
[[nodiscard]] std::vector<Person> population(const DeviceOptions& options, const std::optional<std::string>& password);
/// --bind: one address, or each of a range.
[[nodiscard]] std::vector<Endpoint> own_addresses(const std::string& bind);
/// --phases: "ramp,hold=30s,storm".
[[nodiscard]] std::vector<proto::FleetPhase> phases_of(const std::string& text);
[[nodiscard]] std::string_view name_of(proto::FleetPhase::Kind kind) noexcept;

}  // namespace gbkit::register_tool
