// pcapng (draft-ietf-opsawg-pcapng): sections, interfaces, packets.
//
//   block      | type 4 | total length 4 | body, padded to 4 | total length 4 |
//   section    0A0D0D0A | byte order 1A2B3C4D 4 | major 2 | minor 2 | section length 8 | options
//   interface  1        | link type 2 | 0 2 | snap length 4 | options: 9 if_tsresol, 14 if_tsoffset
//   enhanced   6        | interface 4 | time high 4 | time low 4 | captured 4 | on the wire 4 | bytes | options
//   simple     3        | on the wire 4 | bytes        interface 0; no time: that of the packet before it
//   obsolete   2        | interface 2 | drops 2 | time high 4 | time low 4 | captured 4 | on the wire 4 | bytes
//
// A file holds several sections (cat a b > c), each with its own byte order and interfaces, each interface with
// its own link type and clock. Other blocks are passed over and counted.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "wire/pcap.hpp"

namespace gbkit::wire {

class PcapngParser {
public:
    [[nodiscard]] static bool recognises(ByteView head) noexcept;

    /// The next frame; nothing when more bytes are needed or the file is broken (defect()).
    [[nodiscard]] std::optional<CapturedFrame> next(PcapBuffer& buffer);
    [[nodiscard]] const std::optional<Error>& defect() const noexcept { return defect_; }
    [[nodiscard]] std::uint64_t skipped_blocks() const noexcept { return skipped_; }

private:
    struct Interface {
        std::uint32_t link_type = 0;
        std::uint32_t snap_length = 0;
        std::uint8_t resolution = 6;  // option if_tsresol: 10^-n, or 2^-n with the top bit set
        std::int64_t offset_seconds = 0;
    };
    struct Block {
        std::uint32_t type = 0;
        ByteView body;
        std::uint64_t offset = 0;  // of the block in the file
    };

    [[nodiscard]] std::uint16_t u16(ByteView bytes, std::size_t at) const noexcept;
    [[nodiscard]] std::uint32_t u32(ByteView bytes, std::size_t at) const noexcept;
    [[nodiscard]] std::optional<Block> next_block(PcapBuffer& buffer);
    [[nodiscard]] std::optional<std::uint32_t> check_length(ByteView bytes, std::uint64_t offset);
    void start_section(const Block& block);
    void add_interface(const Block& block);
    [[nodiscard]] bool read_option(Interface& interface, std::uint16_t code, ByteView value) const noexcept;
    [[nodiscard]] std::optional<CapturedFrame> packet(const Block& block);
    [[nodiscard]] std::optional<CapturedFrame> simple_packet(const Block& block);
    [[nodiscard]] static Time time_of(const Interface& interface, std::uint64_t ticks) noexcept;
    void broken(Errc code, std::string what, std::uint64_t offset);

    bool in_section_ = false;
    bool big_endian_ = false;
    std::vector<Interface> interfaces_;
    Time last_time_{};
    std::uint64_t skipped_ = 0;
    std::optional<Error> defect_;
};

}  // namespace gbkit::wire
