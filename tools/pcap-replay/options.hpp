// The options of pcap-replay.
#pragma once

#include <string>
#include <vector>

#include "cli/run.hpp"
#include "cli/secrets.hpp"

namespace CLI {
class App;
}

namespace gbkit::replay_tool {

struct Options {
    cli::CommonOptions common;
    std::vector<std::string> files;
    std::string device{};
    std::string dedup = "on";
    bool ladder = false;
    std::string seen_from = "unknown";
    std::string server_id{};
    std::string domain{};
    cli::PasswordOptions password{};
    std::string passwords{};
};

void define(CLI::App& app, Options& options);

}  // namespace gbkit::replay_tool
