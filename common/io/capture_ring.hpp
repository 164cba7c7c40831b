// --ring DIR,SIZE: the last SIZE bytes of traffic, as pcapng files in a folder.
//
// An eighth of the size a file; before a frame is written that would not fit, the oldest file goes. Files of an earlier
// run in the same folder are the oldest. So never more than SIZE lies there, and hardly less than seven eighths of it.
//
//   ring-20261121T060211Z-000007.pcapng    the time of its first frame, and its number in the run
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>

#include "io/frame_file.hpp"
#include "io/output_folder.hpp"

namespace gbkit::io {

class CaptureRing {
public:
    static constexpr std::uint64_t least_bytes = 1'000'000;

    /// The folder lives longer; `bytes` is at least least_bytes.
    CaptureRing(const OutputFolder& folder, std::uint64_t bytes);

    /// Throws CaptureError when the disk is full.
    void write(const wire::CapturedFrame& frame);
    /// What was written is on its way to the disk.
    void flush();
    /// What lies in the folder.
    [[nodiscard]] std::uint64_t bytes() const noexcept { return old_bytes_ + (file_ ? file_->bytes() : 0); }

private:
    void start_file(Time time);
    void make_room(std::uint64_t wanted);

    const OutputFolder& folder_;
    std::uint64_t limit_;
    std::deque<OutputFolder::Entry> old_;  // the oldest first
    std::uint64_t old_bytes_ = 0;
    std::unique_ptr<FrameFile> file_;
    std::string file_name_;
    std::uint64_t number_ = 0;
};

}  // namespace gbkit::io
