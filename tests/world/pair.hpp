// A device and a platform on one link, ready to start.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "proto/fault/fault.hpp"
#include "proto/fleet.hpp"
#include "proto/gb/device.hpp"
#include "proto/gb/registrar.hpp"
#include "world/world.hpp"

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
void surround(PairOptions& options, std::string_view fault);

class Pair {
public:
    explicit Pair(const PairOptions& options);
    ~Pair();

    void start();
    /// Until the device has ended; the platform is left running.
    bool run(Duration limit = hours{1});
    [[nodiscard]] std::vector<State> states(const Node& node) const;

    World net;
    proto::gb::DeviceSettings settings;
    std::deque<proto::gb::DeviceSettings> kinds;
    std::optional<DeviceFleet> fleet;
    std::optional<proto::gb::Registrar> registrar;
    Node* device = nullptr;
    Node* platform = nullptr;

private:
    proto::Machine faulty(proto::Machine machine, const std::string& fault, proto::fault::Role role, const std::string& password);
};

}  // namespace world

extern template class gbkit::proto::Fleet<gbkit::proto::gb::Device>;   // one is enough for all tests
