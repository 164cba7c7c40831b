// The bytes of one capture: a file, stdin or memory, gunzipped on the way when they start with 1F 8B.
//
// Bytes are read straight into the place that needs them, in chunks; nothing is ever loaded whole. Several gzip
// members after each other are one stream (RFC 1952 section 2.2).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace gbkit::io {

class CaptureInput {
public:
    /// Opens the file, or takes stdin for "-"; throws CaptureError. `ahead`: bytes of stdin that somebody has read
    /// already to look at them; they live longer than this object.
    explicit CaptureInput(const std::string& name, ByteView ahead = {});
    /// Bytes that live longer than this object.
    explicit CaptureInput(ByteView memory);
    ~CaptureInput();
    CaptureInput(const CaptureInput&) = delete;
    CaptureInput& operator=(const CaptureInput&) = delete;

    /// Fills some of `room` (not empty) with uncompressed bytes; 0 at the end of the input. Throws CaptureError.
    std::size_t read(std::span<std::uint8_t> room);
    [[nodiscard]] bool compressed() const noexcept { return inflater_ != nullptr; }
    /// Why the compressed stream ended before it should.
    [[nodiscard]] const std::optional<Error>& defect() const noexcept { return defect_; }
    /// As they lie on the disk: read so far, and in all (0: not known, a pipe).
    [[nodiscard]] std::uint64_t bytes_read() const noexcept { return bytes_read_; }
    [[nodiscard]] std::uint64_t bytes_total() const noexcept { return bytes_total_; }

private:
    struct Inflater;
    std::size_t read_raw(std::span<std::uint8_t> room);
    void read_start();
    std::size_t inflate(std::span<std::uint8_t> room);

    std::string name_;
    int fd_ = -1;
    ByteView memory_;                    // all there is, or what was read ahead
    std::uint8_t head_[2] = {};          // looked at to recognise gzip, then given out
    std::size_t head_size_ = 0, head_given_ = 0;
    bool sniffed_ = false;
    std::uint64_t bytes_read_ = 0, bytes_total_ = 0;
    std::unique_ptr<Inflater> inflater_;
    std::optional<Error> defect_;
};

}  // namespace gbkit::io
