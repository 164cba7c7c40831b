// The options of ps-dump.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "cli/run.hpp"

namespace CLI {
class App;
}

namespace gbkit::psdump_tool {

/// What inspect, listen and extract share: which of the streams, and what is told of them.
struct ViewOptions {
    std::optional<std::uint32_t> ssrc{};
    std::optional<std::uint32_t> expected_ssrc{};
    std::string seen_from = "unknown";
    bool frames = false;
    bool packets = false;
    bool hex = false;
};

struct InspectOptions : ViewOptions {
    std::vector<std::string> files{};
    std::string format = "auto";
    std::string flow{};              // A[-B]
    std::string dedup = "on";
};

struct ListenOptions : ViewOptions {
    std::string address{};           // udp://HOST:PORT, tcp://HOST:PORT
    bool connect = false;
    std::optional<Duration> duration{};
    std::optional<Duration> timeout{};
    std::string until{};
    std::string expect{};
    std::string pcap{};
};

struct ExtractOptions : InspectOptions {
    std::string stream = "video";
    bool drop_damaged = false;
};

struct MuxOptions {
    std::string video{};
    std::string audio{};
    std::string audio_codec = "auto";
    double fps = 25;
    bool rtp = false;
    std::string framing{};           // bare, rfc4571, interleaved
    std::uint32_t ssrc = 100003190;
    unsigned payload_type = 96;
    std::string fault{};
    std::string pcap{};
};

struct Options {
    cli::CommonOptions common;
    InspectOptions inspect{};
    ListenOptions listen{};
    ExtractOptions extract{};
    MuxOptions mux{};
};

void define(CLI::App& app, Options& options);

}  // namespace gbkit::psdump_tool
