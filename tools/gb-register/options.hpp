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

/// PEM files.
struct TlsOptions {
    std::string ca{};                 // whom to trust
    std::string certificate{};        // our own
    std::string key{};                // its key; empty: in the same file
};

/// What both verbs have.
struct SharedOptions {
    TlsOptions tls{};
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
    std::string observe = "on";       // off: nobody looks at the messages
};

struct DeviceOptions : SharedOptions {
    HostPort server{"", 5060};
    std::string device_id = "34020000001320000001";
    std::string username{};           // empty: the device ID
    std::uint32_t count = 1;
    std::string devices{};            // table of devices
    std::string shard{};              // I/N
    double rate = 0;                  // registrations begun in a second
    std::uint32_t outstanding = 1000;
    std::string phases{};             // ramp,hold=30s,storm
    std::string bind{};               // ADDRESS[:PORT] or FIRST-LAST
    std::string transport = "udp";
    std::string verify = "on";        // off: any certificate will do
    bool socket_per_device = false;   // UDP
    std::string profile = "standard"; // whose habits
    std::uint32_t expires = 86400;
    Duration keepalive = seconds{60};
    std::optional<Duration> retry{};
    std::optional<Duration> timeout{};
    bool once = false;
};

struct ServeOptions : SharedOptions {
    HostPort listen{"0.0.0.0", 5060};
    std::string transport = "both";
    bool no_auth = false;
    bool strict = false;
    int reject = 403;
    std::string passwords{};          // table: ID password [username]
    bool fallback = false;
    std::string allow{};              // IDs or prefixes
    std::string lockout{};            // N/DURATION
    std::uint32_t min_expires = 0;
    std::optional<Duration> keepalive{};
    std::string date = "beijing";
    std::string redirect{};           // ID@HOST:PORT
    std::string store{};              // file of the locations
};

struct MergeOptions {
    std::vector<std::string> files{};
    std::string expect{};
};

struct Options {
    cli::CommonOptions common;
    DeviceOptions device;
    ServeOptions serve;
    MergeOptions merge;
};

void define(CLI::App& app, Options& options);

}  // namespace gbkit::register_tool
