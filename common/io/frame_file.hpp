// Captured frames as they are, into a pcapng file: what --ring and --evidence keep.
//
// Only whole blocks are written, so a killed program leaves a readable file; a torn one is cut off again. Each link
// type gets an interface of its own when it first appears.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "wire/pcap.hpp"

namespace gbkit::io {

class FrameFile {
public:
    /// Takes the descriptor; `name` is for messages, `comment` says in the file what it is. Throws CaptureError.
    FrameFile(int fd, std::string name, std::string_view comment);
    ~FrameFile();
    FrameFile(const FrameFile&) = delete;
    FrameFile& operator=(const FrameFile&) = delete;

    /// `comment`: on this frame, as Wireshark shows it; may be empty. Throws CaptureError when the disk is full; the
    /// file then ends with its last whole block and takes no more.
    void write(const wire::CapturedFrame& frame, std::string_view comment = {});
    void flush();
    /// Written and about to be.
    [[nodiscard]] std::uint64_t bytes() const noexcept { return written_ + buffer_.size(); }
    [[nodiscard]] const std::string& name() const noexcept { return name_; }
    /// How much a frame takes, at most.
    [[nodiscard]] static std::uint64_t bytes_of(const wire::CapturedFrame& frame) noexcept { return frame.bytes.size() + 128; }

private:
    std::uint32_t interface_of(std::uint32_t link_type);

    int fd_;
    std::string name_;
    Bytes buffer_;
    std::uint64_t written_ = 0;
    bool failed_ = false;
    std::vector<std::uint32_t> link_types_;  // by interface number
};

}  // namespace gbkit::io
