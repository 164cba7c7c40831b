#include "wire/pcap.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "wire/load.hpp"

namespace gbkit::wire {

namespace {
constexpr std::uint32_t magic_micro = 0xA1B2C3D4U, magic_nano = 0xA1B23C4DU, magic_modified = 0xA1B2CD34U;

bool is_magic(std::uint32_t value) noexcept {
    return value == magic_micro || value == magic_nano || value == magic_modified;
}
}  // namespace

bool PcapParser::recognises(ByteView head) noexcept {
    return head.size() >= 4 && (is_magic(load32be(head, 0)) || is_magic(load32le(head, 0)));
}

std::uint16_t PcapParser::u16(ByteView bytes, std::size_t at) const noexcept {
    return big_endian_ ? load16be(bytes, at) : load16le(bytes, at);
}

std::uint32_t PcapParser::u32(ByteView bytes, std::size_t at) const noexcept {
    return big_endian_ ? load32be(bytes, at) : load32le(bytes, at);
}

bool PcapParser::read_file_header(PcapBuffer& buffer) {
    const ByteView head = buffer.view();
    if (head.size() < 24) return false;
    big_endian_ = is_magic(load32be(head, 0));
    const std::uint32_t magic = u32(head, 0);
    if (u16(head, 4) != 2) {
        defect_ = Error{Errc::unsupported, fmt::format("pcap version {}.{}", u16(head, 4), u16(head, 6)), 4};
        return false;
    }
    if (magic == magic_nano) tick_ns_ = 1;
    if (magic == magic_modified) record_header_ = 24;
    link_type_ = u32(head, 20) & 0xFFFFU;  // above: length of the frame check sequence
    buffer.consume(24);
    started_ = true;
    return true;
}

std::optional<CapturedFrame> PcapParser::next(PcapBuffer& buffer) {
    if (defect_ || (!started_ && !read_file_header(buffer))) return std::nullopt;
    const ByteView bytes = buffer.view();
    if (bytes.size() < record_header_) return std::nullopt;
    const std::size_t captured = u32(bytes, 8);
    if (captured > max_capture_block) {
        defect_ = Error{Errc::malformed, fmt::format("a record of {} bytes", captured), static_cast<std::size_t>(buffer.offset())};
        return std::nullopt;
    }
    if (bytes.size() - record_header_ < captured) return std::nullopt;
    CapturedFrame frame;
    frame.time = Time{seconds{u32(bytes, 0)} + Duration{std::uint64_t{u32(bytes, 4)} * tick_ns_}};
    frame.link_type = link_type_;
    frame.wire_length = std::max<std::size_t>(u32(bytes, 12), captured);
    frame.bytes = bytes.subspan(record_header_, captured);
    frame.offset = buffer.offset();
    buffer.consume(record_header_ + captured);
    return frame;
}

}  // namespace gbkit::wire
