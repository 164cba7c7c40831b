// --evidence DIR: the packets around each finding, DIR/register-401-to-private-via-1.pcapng.
//
// The last frames wait in memory (by age and by bytes). A finding writes them out and what comes in the seconds after
// it. The frame it names gets the id as its comment. Bounded: bytes of a file, files of an id, files of a run.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/finding.hpp"
#include "io/frame_file.hpp"
#include "io/output_folder.hpp"

namespace gbkit::io {

struct EvidenceLimits {
    Duration before = seconds{60};          // a registration is judged when 32 s have passed without an answer
    std::uint64_t before_bytes = 32 << 20;
    Duration after = seconds{5};
    std::uint64_t file_bytes = 64 << 20;
    std::size_t files_of_an_id = 20;
    std::size_t files = 500;
    std::uint64_t bytes = 1 << 30;          // of all files
    std::size_t open_files = 16;
};

class CaptureEvidence {
public:
    /// The folder lives longer.
    explicit CaptureEvidence(const OutputFolder& folder, EvidenceLimits limits = {});

    /// Each frame, before what is in it is judged. Throws CaptureError when the disk is full.
    void see(const wire::CapturedFrame& frame, std::uint64_t number);
    /// Writes what led to it; the name of the file, nothing when there are enough. A finding whose file is still
    /// growing under the same id shares it.
    std::optional<std::string> keep(const Finding& finding);
    /// Time passes, also without frames: files whose time is up are closed, what was written goes to the disk.
    void advance(Time now);
    [[nodiscard]] std::size_t files() const noexcept { return made_; }

private:
    struct Kept {
        wire::CapturedFrame frame;
        std::uint64_t number = 0;
        Bytes bytes;
    };
    struct Open {
        std::string id;
        std::string name;
        Time until{};
        std::unique_ptr<FrameFile> file;
    };
    void forget_old();
    void pass_time(Time now);
    void write(FrameFile& file, const wire::CapturedFrame& frame, std::string_view comment = {});
    Open* open_for(const Finding& finding);
    void write_before(FrameFile& file, const Finding& finding);

    const OutputFolder& folder_;
    EvidenceLimits limits_;
    std::deque<Kept> before_;
    std::uint64_t before_bytes_ = 0;
    Time now_{};
    std::vector<Open> open_;
    std::map<std::string, std::size_t> by_id_;
    std::size_t made_ = 0;
    std::uint64_t written_ = 0;
};

}  // namespace gbkit::io
