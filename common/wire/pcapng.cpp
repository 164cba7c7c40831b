#include "wire/pcapng.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "wire/load.hpp"

namespace gbkit::wire {

namespace {

constexpr std::uint32_t section_block = 0x0A0D0D0AU, interface_block = 1, obsolete_packet = 2, simple_packet_block = 3,
                        enhanced_packet = 6, byte_order_magic = 0x1A2B3C4DU;
constexpr std::uint16_t option_end = 0, option_tsresol = 9, option_tsoffset = 14;
constexpr std::size_t max_interfaces = 65536;

std::uint64_t power_of_ten(unsigned exponent) noexcept {
    std::uint64_t value = 1;
    while (exponent-- > 0) value *= 10;
    return value;
}

struct SecondsAndNs {
    std::uint64_t seconds;
    std::uint64_t ns;
};

SecondsAndNs split_decimal(std::uint64_t ticks, unsigned digits) noexcept {
    if (digits > 19) return {0, 0};  // 2^64 ticks of 10^-20 s are less than a second
    const std::uint64_t unit = power_of_ten(digits);
    const std::uint64_t fraction = ticks % unit;
    return {ticks / unit, digits <= 9 ? fraction * power_of_ten(9 - digits) : fraction / power_of_ten(digits - 9)};
}

SecondsAndNs split_binary(std::uint64_t ticks, unsigned bits) noexcept {
    if (bits == 0) return {ticks, 0};
    const std::uint64_t whole = bits < 64 ? ticks >> bits : 0;
    const std::uint64_t fraction = bits < 64 ? ticks & ((std::uint64_t{1} << bits) - 1) : ticks;
    const unsigned drop = bits > 32 ? bits - 32 : 0;  // 32 bits of fraction are finer than a nanosecond
    const std::uint64_t high = drop < 64 ? fraction >> drop : 0;
    return {whole, high * 1'000'000'000U >> (bits - drop)};
}

}  // namespace

bool PcapngParser::recognises(ByteView head) noexcept { return head.size() >= 4 && load32be(head, 0) == section_block; }

std::uint16_t PcapngParser::u16(ByteView bytes, std::size_t at) const noexcept {
    return big_endian_ ? load16be(bytes, at) : load16le(bytes, at);
}

std::uint32_t PcapngParser::u32(ByteView bytes, std::size_t at) const noexcept {
    return big_endian_ ? load32be(bytes, at) : load32le(bytes, at);
}

void PcapngParser::broken(Errc code, std::string what, std::uint64_t offset) {
    defect_ = Error{code, std::move(what), static_cast<std::size_t>(offset)};
}

// A moment outside 1970 to 2199 becomes the nearer end of it: Time reaches to 2262, and whoever adds hours or days to the
// time of a packet stays inside.
Time PcapngParser::time_of(const Interface& interface, std::uint64_t ticks) noexcept {
    const unsigned exponent = interface.resolution & 0x7FU;
    const bool binary = (interface.resolution & 0x80U) != 0;
    const SecondsAndNs parts = binary ? split_binary(ticks, exponent) : split_decimal(ticks, exponent);
    constexpr std::int64_t last = 7'258'118'399;   // 2199-12-31T23:59:59Z
    const std::int64_t whole = parts.seconds > static_cast<std::uint64_t>(last) ? last : static_cast<std::int64_t>(parts.seconds);
    const std::int64_t offset = std::clamp<std::int64_t>(interface.offset_seconds, -last, last);
    return Time{seconds{std::clamp<std::int64_t>(whole + offset, 0, last)} + Duration{parts.ns}};
}

std::optional<std::uint32_t> PcapngParser::check_length(ByteView bytes, std::uint64_t offset) {
    const std::uint32_t length = u32(bytes, 4);
    if (length < 12 || length % 4 != 0) {
        broken(Errc::malformed, fmt::format("a block of {} bytes", length), offset);
        return std::nullopt;
    }
    if (length > max_capture_block) {
        broken(Errc::too_large, fmt::format("a block of {} bytes", length), offset);
        return std::nullopt;
    }
    if (bytes.size() < length) return std::nullopt;
    if (u32(bytes, length - 4) != length) {
        broken(Errc::conflict, "a block whose two lengths differ", offset);
        return std::nullopt;
    }
    return length;
}

std::optional<PcapngParser::Block> PcapngParser::next_block(PcapBuffer& buffer) {
    const ByteView bytes = buffer.view();
    if (bytes.size() < 12) return std::nullopt;
    const bool section = load32be(bytes, 0) == section_block;
    if (section) {
        big_endian_ = load32be(bytes, 8) == byte_order_magic;
        if (!big_endian_ && load32le(bytes, 8) != byte_order_magic) {
            broken(Errc::malformed, "a section without a byte order", buffer.offset());
            return std::nullopt;
        }
    }
    const auto length = check_length(bytes, buffer.offset());
    if (!length) return std::nullopt;
    const Block block{section ? section_block : u32(bytes, 0), bytes.subspan(8, *length - 12), buffer.offset()};
    buffer.consume(*length);
    return block;
}

void PcapngParser::start_section(const Block& block) {
    if (block.body.size() < 16) return broken(Errc::malformed, "a section header too short", block.offset);
    if (u16(block.body, 4) != 1)
        return broken(Errc::unsupported, fmt::format("pcapng version {}.{}", u16(block.body, 4), u16(block.body, 6)), block.offset);
    interfaces_.clear();
    in_section_ = true;
}

bool PcapngParser::read_option(Interface& interface, std::uint16_t code, ByteView value) const noexcept {
    if (code == option_tsresol) {
        if (value.size() != 1) return false;
        interface.resolution = value[0];
    } else if (code == option_tsoffset) {
        if (value.size() != 8) return false;
        const std::uint64_t low = u32(value, big_endian_ ? 4 : 0);
        const std::uint64_t high = u32(value, big_endian_ ? 0 : 4);
        interface.offset_seconds = static_cast<std::int64_t>(high << 32 | low);
    }
    return true;
}

void PcapngParser::add_interface(const Block& block) {
    if (block.body.size() < 8) return broken(Errc::malformed, "an interface block too short", block.offset);
    if (interfaces_.size() == max_interfaces) return broken(Errc::too_large, "more than 65536 interfaces", block.offset);
    Interface interface;
    interface.link_type = u16(block.body, 0);
    interface.snap_length = u32(block.body, 4);
    for (ByteView options = block.body.subspan(8); options.size() >= 4;) {
        const std::uint16_t code = u16(options, 0);
        const std::size_t length = u16(options, 2);
        if (code == option_end) break;
        const std::size_t padded = 4 + (length + 3) / 4 * 4;
        if (padded > options.size() || !read_option(interface, code, options.subspan(4, length)))
            return broken(Errc::malformed, "a broken interface option", block.offset);
        options = options.subspan(padded);
    }
    interfaces_.push_back(interface);
}

std::optional<CapturedFrame> PcapngParser::packet(const Block& block) {
    const ByteView body = block.body;
    const std::uint32_t number = body.size() < 20 ? 0 : block.type == obsolete_packet ? u16(body, 0) : u32(body, 0);
    if (body.size() < 20 || u32(body, 12) > body.size() - 20) {
        broken(Errc::malformed, "a packet longer than its block", block.offset);
        return std::nullopt;
    }
    if (number >= interfaces_.size()) {
        broken(Errc::not_found, fmt::format("a packet of interface {}, which no block describes", number), block.offset);
        return std::nullopt;
    }
    const std::size_t captured = u32(body, 12);
    CapturedFrame frame;
    frame.time = time_of(interfaces_[number], std::uint64_t{u32(body, 4)} << 32 | u32(body, 8));
    frame.interface = number;
    frame.link_type = interfaces_[number].link_type;
    frame.wire_length = std::max<std::size_t>(u32(body, 16), captured);
    frame.bytes = body.subspan(20, captured);
    frame.offset = block.offset;
    last_time_ = frame.time;
    return frame;
}

std::optional<CapturedFrame> PcapngParser::simple_packet(const Block& block) {
    if (block.body.size() < 4 || interfaces_.empty()) {
        broken(Errc::malformed, "a simple packet without its length or interface", block.offset);
        return std::nullopt;
    }
    const Interface& interface = interfaces_[0];
    const std::size_t wire_length = u32(block.body, 0);
    const std::size_t limit = interface.snap_length == 0 ? wire_length : std::min<std::size_t>(wire_length, interface.snap_length);
    if (limit > block.body.size() - 4) {
        broken(Errc::malformed, "a packet longer than its block", block.offset);
        return std::nullopt;
    }
    return CapturedFrame{last_time_, 0, interface.link_type, wire_length, block.body.subspan(4, limit), block.offset};
}

std::optional<CapturedFrame> PcapngParser::next(PcapBuffer& buffer) {
    while (!defect_) {
        const auto block = next_block(buffer);
        if (!block) return std::nullopt;
        if (!in_section_ && block->type != section_block) {
            broken(Errc::malformed, "a block before the section header", block->offset);
            return std::nullopt;
        }
        switch (block->type) {
            case section_block: start_section(*block); break;
            case interface_block: add_interface(*block); break;
            case enhanced_packet:
            case obsolete_packet: return packet(*block);
            case simple_packet_block: return simple_packet(*block);
            default: ++skipped_;
        }
    }
    return std::nullopt;
}

}  // namespace gbkit::wire
