// A device and a platform on one link, ready to start.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "machine/world.hpp"
#include "proto/fault/fault.hpp"
#include "proto/fleet.hpp"
#include "proto/gb/device.hpp"
#include "proto/gb/registrar.hpp"

namespace world {

using DeviceFleet = proto::Fleet<proto::gb::Device>;
using State = proto::RegistrationReport::State;

inline const std::string device_id = "34020000001320000001";
inline const Endpoint device_address{IpAddress::v4(0x0A000002), 5060};
inline const Endpoint platform_address{IpAddress::v4(0x0A000001), 5060};

struct PairOptions {
    std::string device_password = "12345678";
    std::optional<std::string> platform_password = "12345678";
    bool once = true;
    std::uint32_t expires = 3600;
    std::string device_fault{}, platform_fault{};
    std::uint32_t devices = 1;
    std::optional<Duration> patience{};
    LinkProfile link{};
    std::uint64_t seed = 1;
    std::function<void(proto::gb::RegistrarSettings&)> platform{};
    std::function<void(proto::gb::DeviceSettings&, std::uint32_t)> kind{};  // for devices that are not all alike
    std::optional<Endpoint> inside{};   // the device's address behind its NAT
};

/// What a fault needs around it to be a mistake at all: a NAT, a device that names its edition, a platform that redirects.
inline void surround(PairOptions& options, std::string_view fault) {
    if (fault == "register-401-to-private-via") options.inside = Endpoint{IpAddress::v4(0xC0A80140), 5060};
    if (fault == "register-version-unanswered") options.kind = [](auto& settings, std::uint32_t) { settings.gb_version = "3.0"; };
    if (fault != "register-redirect-ignored") return;
    const proto::gb::RedirectTarget target{"34020000002000000009", {IpAddress::v4(0x0A000009), 5060}};
    options.platform = [target](auto& settings) { settings.redirect = target; };
}

class Pair {
public:
    explicit Pair(const PairOptions& options) : net(options.seed, options.link) {
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

    void start() {
        net.start(*platform);
        net.start(*device);
    }
    /// Until the device has ended; the platform is left running.
    bool run(Duration limit = hours{1}) {
        const Time end = net.now + limit;
        while (!device->finish && net.now < end) {
            const auto step = std::min(end, net.now + seconds{1});
            net.run(step);
            net.now = step;
        }
        return device->finish.has_value();
    }
    [[nodiscard]] std::vector<State> states(const Node& node) const {
        std::vector<State> all;
        for (const auto& report : node.registrations) all.push_back(report.state);
        return all;
    }

    World net;
    proto::gb::DeviceSettings settings;
    std::deque<proto::gb::DeviceSettings> kinds;
    std::optional<DeviceFleet> fleet;
    std::optional<proto::gb::Registrar> registrar;
    Node* device = nullptr;
    Node* platform = nullptr;

private:
    proto::Machine faulty(proto::Machine machine, const std::string& fault, proto::fault::Role role, const std::string& password) {
        if (fault.empty()) return machine;
        auto filter = proto::fault::Filter::make(fault, role, {device_id, settings.server_id, settings.domain, password, platform_address});
        if (!filter) throw std::logic_error("no such fault: " + fault);
        return proto::fault::with_fault(std::move(machine), std::move(*filter));
    }
};

}  // namespace world
