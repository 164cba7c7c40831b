// rtpdump files (rtptools, "rtpplay1.0"): RTP and RTCP packets with their borders and times.
//
//   "#!rtpplay1.0 192.0.2.1/5004\n"
//   | start seconds 32 | microseconds 32 | source 32 | port 16 | 0 16 |
//   | length 16 (with these 8) | packet length 16 (0: RTCP) | milliseconds since the start 32 | packet ... |   many
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

namespace gbkit::wire::rtp {

/// Sixteen bytes decide.
[[nodiscard]] bool looks_like_rtpdump(std::string_view head) noexcept;

struct DumpedPacket {
    std::uint64_t number = 0;     // from 1
    std::uint64_t offset = 0;     // of its first byte in the file
    Time time{};
    ByteView bytes;               // RTP or RTCP; live during the call
    bool rtcp = false;
    std::uint32_t cut = 0;        // bytes of the packet that the file did not keep (a dump of headers)
};

/// Bytes in, in any cuts; packets out. Holds at most one record.
class RtpdumpReader {
public:
    using Sink = std::function<void(const DumpedPacket&)>;
    explicit RtpdumpReader(Sink sink) : sink_(std::move(sink)) {}

    void push(ByteView bytes);
    /// The reason why reading stopped: no rtpdump, a record shorter than its head, or (after finish) cut inside a record.
    [[nodiscard]] const std::optional<Error>& defect() const noexcept { return defect_; }
    void finish();

private:
    bool read_head();
    bool read_record();
    void consume(std::size_t count);

    Sink sink_;
    Bytes buffer_;
    std::size_t at_ = 0;          // first byte of the buffer not read yet
    std::uint64_t offset_ = 0;    // of that byte in the file
    std::uint64_t number_ = 0;
    Time start_{};
    bool in_records_ = false;
    std::optional<Error> defect_;
};

}  // namespace gbkit::wire::rtp
