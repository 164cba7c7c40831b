#include "device.hpp"

#include <algorithm>
#include <deque>
#include <utility>

#include <fmt/format.h>

#include "io/limits.hpp"
#include "io/resolver.hpp"
#include "options.hpp"
#include "population.hpp"
#include "proto/fleet.hpp"
#include "proto/gb/device.hpp"
#include "session.hpp"
#include "tls.hpp"

namespace gbkit::register_tool {

namespace {

using proto::Outcome;

cli::ExitCode exit_code_of(Outcome outcome) noexcept {
    switch (outcome) {
        case Outcome::yes: return cli::ExitCode::yes;
        case Outcome::refused: return cli::ExitCode::no;
        case Outcome::unreachable: return cli::ExitCode::unreachable;
        case Outcome::timeout: return cli::ExitCode::timeout;
        case Outcome::protocol_error: return cli::ExitCode::protocol_error;
        case Outcome::interrupted: break;
    }
    return cli::ExitCode::interrupted;
}

// Of the server's addresses the first of the family --bind asks for.
Endpoint server_address(const DeviceOptions& options, const Endpoint& bind) {
    const auto found = io::resolve(options.server);
    if (!found) throw cli::Failure{cli::ExitCode::unreachable, fmt::format("cannot find {}: {}", options.server.host, found.error().what)};
    for (const Endpoint& server : *found)
        if (bind.address.is_unspecified() || server.address.is_v6() == bind.address.is_v6()) return server;
    throw cli::Failure{cli::ExitCode::usage, fmt::format("{} has no address of the family of --bind", options.server.host)};
}

// Why the devices are not registered, as a sentence; empty when they were.
std::string failure_of(const cli::Output& output, const DeviceOptions& options, std::size_t devices, const proto::Finish& finish) {
    if (finish.outcome == Outcome::yes) return {};
    const Language language = output.language();
    if (devices == 1) {
        const Bilingual text{"{} did not get registered: {}", "{} 没有注册成功:{}"};
        return fmt::format(fmt::runtime(text.in(language)), options.device_id, finish.why);
    }
    const Bilingual text{"not every device did what it was asked to: {}", "并非所有设备都完成了注册与注销:{}"};
    return fmt::format(fmt::runtime(text.in(language)), finish.why);
}

std::string who(const cli::Output& output, const std::vector<Person>& devices) {
    if (devices.size() == 1) return devices.front().who.id;
    const Bilingual text{"{} devices ({} to {})", "{} 台设备({} 至 {})"};
    return fmt::format(fmt::runtime(text.in(output.language())), devices.size(), devices.front().who.id, devices.back().who.id);
}

// What a burst of answers meets: told, because a kernel that grants little loses datagrams without a word.
void tell_buffer(cli::Output& output, std::size_t devices, int bytes) {
    constexpr int bytes_of_one = 2304;  // what the kernel charges for a datagram of some 700 bytes
    if (devices > 1) output.talk(fmt::format("receive buffer {} KiB: about {} answers waiting", bytes / 1024, bytes / bytes_of_one));
}

/// What the devices of a run have in common, one of a kind for each profile and transport among them.
class Kinds {
public:
    explicit Kinds(proto::gb::DeviceSettings common) : common_(std::move(common)) {}

    const proto::gb::DeviceSettings& of(const Person& person) {
        for (const proto::gb::DeviceSettings& kind : kinds_)
            if (kind.habits.name == person.habits->name && kind.transport == person.transport) return kind;
        kinds_.push_back(common_);
        kinds_.back().habits = *person.habits;
        kinds_.back().transport = person.transport;
        return kinds_.back();
    }

private:
    proto::gb::DeviceSettings common_;
    std::deque<proto::gb::DeviceSettings> kinds_;  // stay where they are
};

std::size_t connections_of(const std::vector<Person>& devices) {
    return static_cast<std::size_t>(
        std::count_if(devices.begin(), devices.end(), [](const Person& person) { return person.transport != proto::Transport::udp; }));
}

// Each address is a socket; more than the system lets one process open is better said now than later.
void check_descriptors(cli::Output& output, std::size_t sockets) {
    constexpr std::size_t others = 32;  // files, pipes, the loop's own
    const io::DescriptorLimit limit = io::raise_descriptor_limit(sockets + others);
    if (limit.soft < sockets + others)
        throw cli::Failure{cli::ExitCode::system, fmt::format("{} sockets need {} descriptors and this process may open {} (ulimit -Hn)", sockets,
                                                              sockets + others, limit.soft)};
    if (sockets > 1) output.talk(fmt::format("{} sockets; this process may open {} descriptors", sockets, limit.soft));
}

}  // namespace

cli::ExitCode device(cli::Output& output, const Options& all) {
    output.decouple();
    const DeviceOptions& options = all.device;
    const std::optional<std::string> password = cli::password_of(options.password);
    const std::vector<Endpoint> binds = own_addresses(options.bind);
    const Endpoint server = server_address(options, binds.front());
    std::vector<Person> devices = population(options, password);
    const std::size_t count = devices.size();
    const std::string names = who(output, devices);
    const std::size_t connections = connections_of(devices);
    const std::size_t talkers = devices.size() - connections;  // over UDP
    check_descriptors(output, connections + (options.socket_per_device ? talkers : std::min(talkers, binds.size())));
    const std::shared_ptr<const io::TlsContext> tls = client_tls(output, options);

    proto::gb::DeviceSettings settings;
    settings.server_id = options.server_id;
    settings.domain = domain_of(options);
    settings.expires = options.expires;
    settings.keepalive = options.keepalive;
    settings.persistent = options.retry.has_value();
    if (options.retry) settings.retry = *options.retry;
    settings.once = options.once;
    settings.user_agent = "gbkit/" GBKIT_VERSION;
    settings.gb_version = options.gb_version;
    proto::FleetSettings fleet_settings{.server = server, .bind = binds.front()};
    fleet_settings.timers.patience = options.timeout;
    fleet_settings.more_binds.assign(binds.begin() + 1, binds.end());
    fleet_settings.socket_per_member = options.socket_per_device;
    fleet_settings.rate = options.rate;
    fleet_settings.outstanding = options.outstanding;
    fleet_settings.phases = phases_of(options.phases);
    std::vector<std::string> phases;
    for (const proto::FleetPhase& phase : fleet_settings.phases) phases.emplace_back(name_of(phase.kind));
    if (options.once && !phases.empty()) throw cli::Failure{cli::ExitCode::usage, "--once and --phases contradict each other"};
    std::vector<proto::gb::Device> members;
    members.reserve(devices.size());
    Kinds kinds(settings);
    for (Person& person : devices) {
        const proto::gb::DeviceSettings& kind = kinds.of(person);
        members.emplace_back(std::move(person.who), kind);
    }
    devices = {};  // the members are these now; twice a hundred thousand is much
    proto::Fleet<proto::gb::Device> fleet(fleet_settings, std::move(members), options.seed ? Random(*options.seed) : Random());

    // Our own answer is right for our own password: only the platform's could tell more. A fault is judged with it.
    const std::optional<std::string> judge = options.fault.empty() || !options.devices.empty() ? std::nullopt : password;
    SessionFacts facts{SeenFrom::device, settings.server_id, settings.domain, judge, false, count, phases, options.timeout, tls};
    fleet.share(facts.parsed);
    Session session(output, options, std::move(facts));
    bool told = false, told_buffer = false;
    const auto opened = [&](Time, const io::OpenedFlow& flow) {
        if (flow.transport == proto::Transport::udp && !std::exchange(told_buffer, true)) tell_buffer(output, count, flow.receive_buffer);
        if (std::exchange(told, true)) return;  // a connection is opened for each device, and again after it has ended
        output.line(fmt::format(fmt::runtime(Bilingual{"{} at {} registers with {} at {}", "{}({})向 {}({})注册"}.in(output.language())),
                                names, flow.local.text(), settings.server_id, server.text()));
    };
    const proto::Machine machine =
        with_fault(proto::machine_of(fleet), options, proto::fault::Role::device,
                   {options.device_id, settings.server_id, settings.domain, password.value_or(""), server});
    const io::LoopEnd end = session.run(machine, opened);
    const std::string failure = failure_of(output, options, count, end.finish);
    const bool met = session.close(fleet.counters(), failure);
    if (!failure.empty()) output.talk(failure);
    if (end.signal != 0) return end.signal == 15 ? cli::ExitCode::terminated : cli::ExitCode::interrupted;
    if (end.finish.outcome != Outcome::yes) return exit_code_of(end.finish.outcome);
    return met ? output.verdict() : cli::ExitCode::no;
}

}  // namespace gbkit::register_tool
