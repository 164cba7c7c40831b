// What an input is, by its first bytes; --format decides otherwise.
#pragma once

#include <optional>
#include <string>

#include "io/media_input.hpp"
#include "wire/codec/container.hpp"
#include "wire/rtp/framer.hpp"

namespace gbkit::psdump_tool {

enum class Form {
    capture,          // pcap, pcapng, .gz
    program_stream,
    packets,          // RTP packets in a row, with or without lengths
    rtpdump,
    other,            // something that is named by its container, or unknown
};

struct Detected {
    Form form = Form::other;
    wire::rtp::Framing framing = wire::rtp::Framing::undecided;
    wire::codec::Container container = wire::codec::Container::unknown;
};

/// Looks no further than it needs to: a pipe is not waited for. `format` is a choice of --format.
[[nodiscard]] Detected detect(io::MediaInput& input, const std::string& format);

}  // namespace gbkit::psdump_tool
