#include "io/frame_file.hpp"

#include <algorithm>
#include <cerrno>
#include <system_error>

#include <fmt/format.h>
#include <unistd.h>

#include "base/text.hpp"
#include "io/capture.hpp"
#include "wire/frame.hpp"
#include "wire/pcapng_writer.hpp"

namespace gbkit::io {

namespace {

constexpr std::size_t flush_bytes = 64 * 1024;

}  // namespace

FrameFile::FrameFile(int fd, std::string name, std::string_view comment) : fd_(fd), name_(std::move(name)) {
    wire::pcapng::append_section(buffer_, "gbkit " GBKIT_VERSION, comment);
}

FrameFile::~FrameFile() {
    try {
        flush();
    } catch (const CaptureError&) {
        // Nobody is left to tell.
    }
    ::close(fd_);
}

std::uint32_t FrameFile::interface_of(std::uint32_t link_type) {
    const auto known = std::find(link_types_.begin(), link_types_.end(), link_type);
    if (known != link_types_.end()) return static_cast<std::uint32_t>(known - link_types_.begin());
    // libpcap numbers raw IP as its own system does; in a file it is 101.
    const bool raw = link_type == wire::link_type::raw_bsd || link_type == wire::link_type::raw_openbsd;
    wire::pcapng::append_interface(buffer_, raw ? wire::link_type::raw : link_type, wire::name_of_link_type(link_type));
    link_types_.push_back(link_type);
    return static_cast<std::uint32_t>(link_types_.size() - 1);
}

void FrameFile::write(const wire::CapturedFrame& frame, std::string_view comment) {
    if (failed_) return;
    const std::uint32_t interface = interface_of(frame.link_type);
    wire::pcapng::append_packet(buffer_, interface, frame.time, frame.bytes, frame.wire_length, comment);
    if (buffer_.size() >= flush_bytes) flush();
}

void FrameFile::flush() {
    std::size_t done = 0;
    while (!failed_ && done < buffer_.size()) {
        const ssize_t count = ::write(fd_, buffer_.data() + done, buffer_.size() - done);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) {
            std::string why = std::generic_category().message(errno);
            if (!why.empty()) why[0] = ascii_lower(why[0]);
            failed_ = true;
            buffer_.clear();
            [[maybe_unused]] const int cut = ::ftruncate(fd_, static_cast<off_t>(written_));
            throw CaptureError(fmt::format("cannot write {}: {}", name_, why), true);
        }
        done += static_cast<std::size_t>(count);
    }
    written_ += done;
    buffer_.clear();
}

}  // namespace gbkit::io
