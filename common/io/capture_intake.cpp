#include "io/capture_intake.hpp"

#include <algorithm>

namespace gbkit::io {

CaptureIntake::CaptureIntake(const CaptureOptions& options, const CaptureSink& sink, CaptureFacts& facts, CaptureFilter* filter)
    : sink_(sink), facts_(facts), filter_(filter), window_(options.since, options.until), assembly_(options, sink, facts) {}

void CaptureIntake::note_time(Time time, std::uint32_t file) {
    if (facts_.frames++ == 0) facts_.first = facts_.last = time;
    facts_.first = std::min(facts_.first, time);
    facts_.last = std::max(facts_.last, time);
    if (file >= before_.size()) before_.resize(file + std::size_t{1});
    if (time < before_[file]) ++facts_.backwards;
    before_[file] = time;
}

void CaptureIntake::take(const wire::CapturedFrame& frame, std::uint64_t number, std::uint32_t file) {
    if (!window_.holds(frame.time)) {
        ++facts_.outside_window;
        return;
    }
    if (filter_ != nullptr && !filter_->passes(frame)) {
        ++facts_.filtered;
        return;
    }
    note_time(frame.time, file);
    if (sink_.frame) sink_.frame(frame, number);
    assembly_.frame(frame, number, file);
}

}  // namespace gbkit::io
