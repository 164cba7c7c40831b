#include "world/pair.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

template class gbkit::proto::Fleet<gbkit::proto::gb::Device>;

namespace world {

void surround(PairOptions& options, std::string_view fault) {
    if (fault == "register-401-to-private-via") options.inside = Endpoint{IpAddress::v4(0xC0A80140), 5060};
    if (fault == "register-version-unanswered") options.kind = [](auto& settings, std::uint32_t) { settings.gb_version = "3.0"; };
    if (fault != "register-redirect-ignored") return;
    const proto::gb::RedirectTarget target{"34020000002000000009", {IpAddress::v4(0x0A000009), 5060}};
    options.platform = [target](auto& settings) { settings.redirect = target; };
}

Pair::Pair(const PairOptions& options) : net(options.seed, options.link) {
    settings.server_id = "34020000002000000001";
    settings.domain = "3402000000";
    settings.once = options.once;
    settings.expires = options.expires;
    std::vector<proto::gb::Device> devices;
    for (std::uint32_t i = 0; i < options.devices; ++i) {
        const std::string id = device_id.substr(0, 14) + std::to_string(100001 + i).substr(0, 6);
        if (options.kind) options.kind(kinds.emplace_back(settings), i);
        devices.emplace_back(proto::gb::DeviceIdentity{i == 0 ? device_id : id, i == 0 ? device_id : id, options.device_password},
                             options.kind ? kinds.back() : settings);
    }
    proto::FleetSettings fleet_settings;
    fleet_settings.server = platform_address;
    fleet_settings.timers.patience = options.patience;
    fleet.emplace(fleet_settings, std::move(devices), Random(options.seed * 2 + 1));
    proto::gb::RegistrarSettings platform_settings;
    platform_settings.tcp = true;
    platform_settings.password = options.platform_password;
    if (options.platform) options.platform(platform_settings);
    registrar.emplace(platform_settings, Random(options.seed * 2 + 2));
    device = &net.add(faulty(proto::machine_of(*fleet), options.device_fault, proto::fault::Role::device, options.device_password),
                      device_address);
    device->inside = options.inside;
    platform = &net.add(faulty(proto::machine_of(*registrar), options.platform_fault, proto::fault::Role::platform, ""),
                        platform_address);
}

Pair::~Pair() = default;

void Pair::start() {
    net.start(*platform);
    net.start(*device);
}

bool Pair::run(Duration limit) {
    const Time end = net.now + limit;
    while (!device->finish && net.now < end) {
        const auto step = std::min(end, net.now + seconds{1});
        net.run(step);
        net.now = step;
    }
    return device->finish.has_value();
}

std::vector<State> Pair::states(const Node& node) const {
    std::vector<State> all;
    for (const auto& report : node.registrations) all.push_back(report.state);
    return all;
}

proto::Machine Pair::faulty(proto::Machine machine, const std::string& fault, proto::fault::Role role, const std::string& password) {
    if (fault.empty()) return machine;
    auto filter = proto::fault::Filter::make(fault, role, {device_id, settings.server_id, settings.domain, password, platform_address});
    if (!filter) throw std::logic_error("no such fault: " + fault);
    return proto::fault::with_fault(std::move(machine), std::move(*filter));
}

}  // namespace world
