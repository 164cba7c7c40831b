// What every frame passes on its way in, from a file or from an interface: the window (--since, --until), the filter,
// the counts, whoever wants the frame as it is, and the assembly.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "io/capture_assembly.hpp"
#include "io/capture_filter.hpp"
#include "io/capture_window.hpp"

namespace gbkit::io {

class CaptureIntake {
public:
    /// All three live longer. `filter`: applied here; may be empty.
    CaptureIntake(const CaptureOptions& options, const CaptureSink& sink, CaptureFacts& facts, CaptureFilter* filter);

    void take(const wire::CapturedFrame& frame, std::uint64_t number, std::uint32_t file);
    /// Nothing that comes at `time` or later lies in the window.
    [[nodiscard]] bool over(Time time) noexcept { return window_.over(time); }
    void finish() { assembly_.finish(); }

private:
    void note_time(Time time, std::uint32_t file);

    const CaptureSink& sink_;
    CaptureFacts& facts_;
    CaptureFilter* filter_;
    CaptureWindow window_;
    CaptureAssembly assembly_;
    std::vector<Time> before_;  // the last frame of each file
};

}  // namespace gbkit::io
