// Files, pipes and captures into a Judging: detected by content, captures together as one timeline, the rest one by one.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "io/media_input.hpp"
#include "judging.hpp"

namespace gbkit::psdump_tool {

class Reading {
public:
    Reading(cli::Output& output, const InspectOptions& options);

    /// True when there will be more than one part.
    [[nodiscard]] bool several() const noexcept;
    /// Something is read that may still be written: what is found should be told at once.
    [[nodiscard]] bool live() const noexcept;
    void run(Judging& judging);

private:
    struct File {
        std::string name;
        std::unique_ptr<io::MediaInput> input;
        Detected what;
    };
    void captures(Judging& judging);
    void program_stream(Judging& judging, File& file);
    void packets(Judging& judging, File& file);
    void rtpdump(Judging& judging, File& file);
    void read_all(File& file, const std::function<void(ByteView)>& take);
    void progress(std::uint64_t done, std::uint64_t total);

    cli::Output& output_;
    const InspectOptions& options_;
    std::vector<File> files_;
};

/// --flow A[-B]: both ends of a conversation, each an address with or without a port. Throws Failure (usage).
[[nodiscard]] std::function<bool(const Endpoint&, const Endpoint&)> flow_of(const std::string& text);

}  // namespace gbkit::psdump_tool
