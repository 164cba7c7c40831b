// The options of gb-register.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/endpoint.hpp"
#include "base/time.hpp"
#include "cli/run.hpp"
#include "cli/secrets.hpp"

namespace CLI {
class App;
}

namespace gbkit::register_tool {

/// What both verbs have.
struct SharedOptions {
    std::string server_id = "34020000002000000001";
    std::string domain{};             // empty: the first 10 digits of the server ID
    cli::PasswordOptions password{};
    std::string gb_version{};         // X-GB-Ver
    std::string pcap{};
    std::optional<std::uint64_t> seed{};
    std::string fault{};
    std::optional<Duration> duration{};
    std::string until{};              // COUNTER=N
    std::string expect{};             // COUNTER>=N,...
};

struct DeviceOptions : SharedOptions {
    HostPort server{"", 5060};
    std::string device_id = "34020000001320000001";
    std::string username{};           // empty: the device ID
    HostPort bind{"", 0};
    std::uint32_t expires = 86400;
    Duration keepalive = seconds{60};
    std::optional<Duration> timeout{};
    bool once = false;
};

struct ServeOptions : SharedOptions {
    HostPort listen{"0.0.0.0", 5060};
    bool no_auth = false;
    bool strict = false;
    int reject = 403;
};

struct Options {
    cli::CommonOptions common;
    DeviceOptions device;
    ServeOptions serve;
};

void define(CLI::App& app, Options& options);

}  // namespace gbkit::register_tool
