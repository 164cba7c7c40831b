#include "population.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"
#include "cli/files.hpp"
#include "wire/device_table.hpp"
#include "wire/gb_id.hpp"

namespace gbkit::register_tool {

namespace {

using proto::FleetPhase;

constexpr std::size_t table_limit = std::size_t{64} << 20;
constexpr std::size_t most_addresses = 254;
constexpr Duration usual_hold = seconds{60};

[[noreturn]] void usage(const std::string& what) { throw cli::Failure{cli::ExitCode::usage, what}; }

struct Shard {
    std::uint64_t index = 0;
    std::uint64_t count = 1;
    [[nodiscard]] bool holds(std::uint64_t number) const noexcept { return number % count == index; }
};

Shard shard_of(const std::string& text) {
    if (text.empty()) return {};
    const std::size_t slash = text.find('/');
    const auto index = to_number(std::string_view(text).substr(0, slash), 1'000'000);
    const auto count = slash == std::string::npos ? std::nullopt : to_number(std::string_view(text).substr(slash + 1), 1'000'000);
    if (!index || !count || *count == 0) usage("--shard wants I/N, as 0/4");
    if (*index >= *count) usage(fmt::format("--shard {}: the first of {} is 0, the last {}", text, *count, *count - 1));
    return {*index, *count};
}

proto::Transport transport_of(std::string_view name) noexcept {
    if (name == "tls") return proto::Transport::tls;
    return name == "tcp" ? proto::Transport::tcp : proto::Transport::udp;
}

std::vector<Person> counted(const DeviceOptions& options, const Shard& shard, const std::optional<std::string>& password) {
    if (options.count > 1 && !options.username.empty()) usage("--username is for one device; a table (--devices) has a user name for each");
    const proto::gb::Habits* habits = proto::gb::find_habits(options.profile);
    const proto::Transport transport = transport_of(options.transport);
    std::vector<Person> devices;
    for (std::uint64_t i = 0; i < options.count; ++i) {
        if (!shard.holds(i)) continue;
        if (options.count == 1) {
            devices.push_back({{options.device_id, options.username, password}, habits, transport});
            break;
        }
        const auto id = wire::counted_id(options.device_id, i);
        if (!id) usage(fmt::format("{} devices counting up from {}: {}", options.count, options.device_id, id.error().what));
        devices.push_back({{*id, {}, password}, habits, transport});
    }
    return devices;
}

std::vector<Person> listed(const DeviceOptions& options, const Shard& shard, const std::optional<std::string>& password) {
    const auto table = wire::parse_device_table(cli::read_file(options.devices, table_limit));
    const std::string name = options.devices == "-" ? "standard input" : options.devices;
    if (!table) throw cli::Failure{cli::ExitCode::bad_input, name + ", " + table.error().what};
    if (!table->unused.empty())
        throw cli::Failure{cli::ExitCode::bad_input, name + ", line 1: columns nobody reads: " + join(table->unused, ", ") + "; leave them out"};
    std::vector<Person> devices;
    std::uint64_t number = 0;
    for (const wire::DeviceRow& row : table->rows) {
        const proto::gb::Habits* habits = proto::gb::find_habits(row.profile.empty() ? options.profile : row.profile);
        if (!habits)
            throw cli::Failure{cli::ExitCode::bad_input, fmt::format("{}, line {}: the profile is standard, hikvision, dahua or uniview", name, row.line)};
        if (!shard.holds(number++)) continue;
        devices.push_back({{row.id, row.username,
                            row.password.empty() ? password : std::optional<std::string>(row.password)},
                           habits, transport_of(row.transport.empty() ? options.transport : row.transport)});
    }
    if (table->rows.empty()) throw cli::Failure{cli::ExitCode::bad_input, name + ": no device in it"};
    return devices;
}

IpAddress address_of(std::string_view text) {
    const auto address = IpAddress::parse(text);
    if (!address) usage("--bind wants an IP address, not " + std::string(text));
    return *address;
}

std::uint32_t number_of(const IpAddress& address) {
    std::uint32_t number = 0;
    for (std::size_t i = 0; i < 4; ++i) number = number << 8 | address.bytes()[i];
    return number;
}

FleetPhase phase_of(std::string_view text) {
    const std::size_t equals = text.find('=');
    const std::string_view name = trim(text.substr(0, equals));
    if (name == "hold") {
        if (equals == std::string_view::npos) return {FleetPhase::Kind::hold, usual_hold};
        const auto length = parse_duration(trim(text.substr(equals + 1)));
        if (!length) usage(fmt::format("--phases: {}: {}", text, length.error().what));
        return {FleetPhase::Kind::hold, *length};
    }
    if (equals == std::string_view::npos && name == "ramp") return {FleetPhase::Kind::ramp, {}};
    if (equals == std::string_view::npos && name == "storm") return {FleetPhase::Kind::storm, {}};
    usage(fmt::format("--phases: phases are ramp, hold, hold=TIME, storm; not \"{}\"", text));
}

}  // namespace

std::vector<Person> population(const DeviceOptions& options, const std::optional<std::string>& password) {
    const Shard shard = shard_of(options.shard);
    std::vector<Person> devices = options.devices.empty() ? counted(options, shard, password) : listed(options, shard, password);
    if (devices.empty()) usage("--shard " + options.shard + ": there are fewer devices than that");
    return devices;
}

std::vector<Endpoint> own_addresses(const std::string& bind) {
    if (bind.empty()) return {Endpoint{}};
    const std::size_t dash = bind.find('-');
    if (dash == std::string::npos) {
        if (const auto bare = IpAddress::parse(bind)) return {{*bare, 0}};
        const auto parsed = parse_host_port(bind);
        if (!parsed) usage("--bind: " + parsed.error().what);
        return {{parsed->host.empty() ? IpAddress{} : address_of(parsed->host), parsed->port}};
    }
    const IpAddress first = address_of(std::string_view(bind).substr(0, dash));
    const IpAddress last = address_of(std::string_view(bind).substr(dash + 1));
    if (first.is_v6() || last.is_v6()) usage("--bind: a range is one of IPv4 addresses");
    const std::uint32_t from = number_of(first), to = number_of(last);
    if (to < from || to - from >= most_addresses) usage(fmt::format("--bind {}: from the lower to the higher address, {} at most", bind, most_addresses));
    std::vector<Endpoint> all;
    for (std::uint32_t number = from; number <= to; ++number) all.push_back({IpAddress::v4(number), 0});
    return all;
}

std::vector<FleetPhase> phases_of(const std::string& text) {
    std::vector<FleetPhase> phases;
    if (text.empty()) return phases;
    for (const std::string_view piece : split(text, ',')) phases.push_back(phase_of(trim(piece)));
    if (phases.front().kind != FleetPhase::Kind::ramp) usage("--phases: the first is ramp; nobody is registered before it");
    if (std::count_if(phases.begin(), phases.end(), [](const FleetPhase& phase) { return phase.kind == FleetPhase::Kind::ramp; }) > 1)
        usage("--phases: one ramp; a storm registers everybody again");
    return phases;
}

std::string_view name_of(FleetPhase::Kind kind) noexcept {
    if (kind == FleetPhase::Kind::hold) return "hold";
    return kind == FleetPhase::Kind::storm ? "storm" : "ramp";
}

}  // namespace gbkit::register_tool
