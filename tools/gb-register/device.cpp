#include "device.hpp"

#include <fmt/format.h>

#include "io/resolver.hpp"
#include "options.hpp"
#include "proto/fleet.hpp"
#include "proto/gb/device.hpp"
#include "session.hpp"

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

Endpoint bind_address(const HostPort& bind) {
    if (bind.host.empty()) return {{}, bind.port};
    const auto address = IpAddress::parse(bind.host);
    if (!address) throw cli::Failure{cli::ExitCode::usage, "--bind wants an IP address, not " + bind.host};
    return {*address, bind.port};
}

// Of the server's addresses the first of the family --bind asks for.
Endpoint server_address(const DeviceOptions& options, const Endpoint& bind) {
    const auto found = io::resolve(options.server);
    if (!found) throw cli::Failure{cli::ExitCode::unreachable, fmt::format("cannot find {}: {}", options.server.host, found.error().what)};
    for (const Endpoint& server : *found)
        if (options.bind.host.empty() || server.address.is_v6() == bind.address.is_v6()) return server;
    throw cli::Failure{cli::ExitCode::usage, fmt::format("{} has no address of the family of --bind", options.server.host)};
}

// Why the device is not registered, as a sentence; empty when it was.
std::string failure_of(const cli::Output& output, const DeviceOptions& options, const proto::Finish& finish) {
    if (finish.outcome == Outcome::yes) return {};
    const Bilingual text{"{} did not get registered: {}", "{} 没有注册成功:{}"};
    return fmt::format(fmt::runtime(text.in(output.language())), options.device_id, finish.why);
}

}  // namespace

cli::ExitCode device(cli::Output& output, const Options& all) {
    output.decouple();
    const DeviceOptions& options = all.device;
    const std::optional<std::string> password = cli::password_of(options.password);
    const Endpoint bind = bind_address(options.bind);
    const Endpoint server = server_address(options, bind);

    proto::gb::DeviceSettings settings;
    settings.server_id = options.server_id;
    settings.domain = domain_of(options);
    settings.expires = options.expires;
    settings.keepalive = options.keepalive;
    settings.once = options.once;
    settings.user_agent = "gbkit/" GBKIT_VERSION;
    settings.gb_version = options.gb_version;
    proto::FleetSettings fleet_settings{.server = server, .bind = bind};
    fleet_settings.timers.patience = options.timeout;
    const std::string username = options.username.empty() ? options.device_id : options.username;
    std::vector<proto::gb::Device> members;
    members.emplace_back(proto::gb::DeviceIdentity{options.device_id, username, password}, settings);
    proto::Fleet<proto::gb::Device> fleet(fleet_settings, std::move(members), options.seed ? Random(*options.seed) : Random());

    // Our own answer is right for our own password: only the platform's could tell more. A fault is judged with it.
    const std::optional<std::string> judge = options.fault.empty() ? std::nullopt : password;
    Session session(output, options, {SeenFrom::device, settings.server_id, settings.domain, judge, false});
    const auto opened = [&](Time, const Endpoint& local, int) {
        output.line(fmt::format(fmt::runtime(Bilingual{"{} at {} registers with {} at {}", "{}({})向 {}({})注册"}.in(output.language())),
                                options.device_id, local.text(), settings.server_id, server.text()));
    };
    const proto::Machine machine =
        with_fault(proto::machine_of(fleet), options, proto::fault::Role::device,
                   {options.device_id, settings.server_id, settings.domain, password.value_or("")});
    const io::LoopEnd end = session.run(machine, opened);
    const std::string failure = failure_of(output, options, end.finish);
    const bool met = session.close(fleet.counters(), failure);
    if (!failure.empty()) output.talk(failure);
    if (end.signal != 0) return end.signal == 15 ? cli::ExitCode::terminated : cli::ExitCode::interrupted;
    if (end.finish.outcome != Outcome::yes) return exit_code_of(end.finish.outcome);
    return met ? output.verdict() : cli::ExitCode::no;
}

}  // namespace gbkit::register_tool
