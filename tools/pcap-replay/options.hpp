// The options of pcap-replay.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/run.hpp"
#include "cli/secrets.hpp"
#include "io/capture_window.hpp"

namespace CLI {
class App;
}

namespace gbkit::replay_tool {

/// Where the packets come from, and what is kept of them.
struct IntakeOptions {
    std::string interface{};
    std::optional<Duration> duration{};
    bool follow = false;
    std::string filter{};
    std::optional<io::Moment> since{}, until{};
    std::string ring_folder{};
    std::uint64_t ring_bytes = 0;
    std::string evidence{};
};

struct Options {
    cli::CommonOptions common;
    IntakeOptions intake{};
    std::vector<std::string> files;
    std::string device{};
    std::string play{};
    std::string dedup = "on";
    bool ladder = false;
    bool list = false;
    std::string sort = "time";
    bool habits = false;
    std::string seen_from = "unknown";
    std::string server_id{};
    std::string domain{};
    std::string platform{};
    cli::PasswordOptions password{};
    std::string passwords{};
    std::string call{};              // extract
    std::string stream{};            // extract: ps, video, audio, wav
    bool xml = false;
    bool pcap = false;
    bool keep_media = false;         // sanitize
    std::string good{}, bad{};       // compare
    std::string good_device{}, bad_device{};
};

void define(CLI::App& app, Options& options);

}  // namespace gbkit::replay_tool
