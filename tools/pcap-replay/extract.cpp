#include "extract.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "cli/interrupt.hpp"

namespace gbkit::replay_tool {

io::CaptureFacts read_for(cli::Output& output, const Options& options, io::CaptureSink sink) {
    if (std::find(options.files.begin(), options.files.end(), "-") != options.files.end()) cli::outlive_first_interrupt();
    sink.progress = [&output](std::uint64_t done, std::uint64_t total) {
        if (output.shows_progress()) output.progress(total == 0 ? fmt::format("{} MB", done >> 20) : fmt::format("{} of {} MB", done >> 20, total >> 20));
    };
    io::CaptureOptions reading;
    reading.dedup = options.dedup == "on";
    return io::read_captures(options.files, reading, sink);
}

cli::ExitCode extract(cli::Output& output, const Options& options) {
    if (options.pcap) return extract_packets(output, options);
    if (!options.stream.empty()) return extract_media(output, options);
    return extract_text(output, options);
}

}  // namespace gbkit::replay_tool
