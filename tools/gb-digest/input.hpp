// What gb-digest reads: message text, records of the kit, captures. Told apart by their content.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "proto/observe/digest_observer.hpp"

namespace gbkit::digest_tool {

struct InputCounts {
    std::uint64_t files = 0;
    std::uint64_t messages = 0;  // SIP, HTTP, RTSP messages found
    std::uint64_t frames = 0;    // of captures
    bool page = false;           // an input without messages is the page another program of the kit writes
};

using AuthSink = std::function<void(const proto::observe::AuthSeen&)>;

/// Reads all inputs in order (captures together, as one timeline) and gives every message to the sink.
/// A file that cannot be read throws cli::Failure.
InputCounts read_inputs(const std::vector<std::string>& names, const AuthSink& sink);

}  // namespace gbkit::digest_tool
