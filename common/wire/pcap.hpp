// The classic capture file (draft-ietf-opsawg-pcap): micro- and nanoseconds, either byte order.
//
//   file    | magic 4 | major 2 | minor 2 | zone 4 | accuracy 4 | snap length 4 | FCS bits, link type 4 |
//   record  | seconds 4 | micro- or nanoseconds 4 | captured length 4 | length on the wire 4 | bytes
//   magic   a1b2c3d4 micro, a1b23c4d nano, a1b2cd34 "modified": 8 more bytes in each record (interface, protocol)
//
// We read it ourselves, not through libpcap: one push parser serves files, stdin and .gz, and says where a
// broken file breaks.
#pragma once

#include <cstdint>
#include <optional>

#include "base/time.hpp"
#include "wire/pcap_buffer.hpp"

namespace gbkit::wire {

/// One frame as captured; the bytes live until the buffer's next prepare().
struct CapturedFrame {
    Time time{};
    std::uint32_t interface = 0;     // pcapng: number within its section
    std::uint32_t link_type = 0;
    std::size_t wire_length = 0;     // at least bytes.size()
    ByteView bytes;
    std::uint64_t offset = 0;        // of its record in the file
};

/// A record or block longer than this is taken for damage.
inline constexpr std::size_t max_capture_block = 16 << 20;

class PcapParser {
public:
    /// Four bytes that start such a file.
    [[nodiscard]] static bool recognises(ByteView head) noexcept;

    /// The next frame; nothing when more bytes are needed or the file is broken (defect()).
    [[nodiscard]] std::optional<CapturedFrame> next(PcapBuffer& buffer);
    [[nodiscard]] const std::optional<Error>& defect() const noexcept { return defect_; }

private:
    [[nodiscard]] std::uint16_t u16(ByteView bytes, std::size_t at) const noexcept;
    [[nodiscard]] std::uint32_t u32(ByteView bytes, std::size_t at) const noexcept;
    [[nodiscard]] bool read_file_header(PcapBuffer& buffer);

    bool started_ = false;
    bool big_endian_ = false;
    std::size_t record_header_ = 16;
    std::uint32_t tick_ns_ = 1000;
    std::uint32_t link_type_ = 0;
    std::optional<Error> defect_;
};

}  // namespace gbkit::wire
