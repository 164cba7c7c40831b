#include "io/capture_ring.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "io/capture.hpp"

namespace gbkit::io {

namespace {

constexpr std::string_view prefix = "ring-", suffix = ".pcapng";

// 20261121T060211Z
std::string stamp(Time time) {
    std::string text = to_rfc3339(time).substr(0, 19) + "Z";
    std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
    return text;
}

}  // namespace

CaptureRing::CaptureRing(const OutputFolder& folder, std::uint64_t bytes) : folder_(folder), limit_(std::max(bytes, least_bytes)) {
    for (OutputFolder::Entry& entry : folder_.files(prefix, suffix)) {
        old_bytes_ += entry.bytes;
        old_.push_back(std::move(entry));
    }
    make_room(0);
}

void CaptureRing::make_room(std::uint64_t wanted) {
    while (!old_.empty() && bytes() + wanted > limit_) {
        folder_.remove(old_.front().name);
        old_bytes_ -= old_.front().bytes;
        old_.pop_front();
    }
}

void CaptureRing::start_file(Time time) {
    if (file_) {
        file_->flush();
        old_bytes_ += file_->bytes();
        old_.push_back({file_name_, file_->bytes()});
        file_.reset();
    }
    int fd = -1;
    while (fd < 0) {
        file_name_ = fmt::format("{}{}-{:06}{}", prefix, stamp(time), ++number_, suffix);
        fd = folder_.create(file_name_);
    }
    file_ = std::make_unique<FrameFile>(fd, folder_.path_of(file_name_), "the last traffic (--ring)");
}

void CaptureRing::write(const wire::CapturedFrame& frame) {
    const std::uint64_t size = FrameFile::bytes_of(frame);
    if (!file_ || file_->bytes() + size > limit_ / 8) start_file(frame.time);
    make_room(size);
    file_->write(frame);
}

void CaptureRing::flush() {
    if (file_) file_->flush();
}

}  // namespace gbkit::io
