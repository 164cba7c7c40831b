#include "wire/pcapng_writer.hpp"

#include <algorithm>

namespace gbkit::wire::pcapng {

namespace {

constexpr std::uint16_t option_end = 0, option_comment = 1, option_application = 4, option_name = 2, option_tsresol = 9;

void pad(Bytes& out, std::size_t written) { out.insert(out.end(), (4 - written % 4) % 4, std::uint8_t{0}); }

void append_option(Bytes& out, std::uint16_t code, ByteView value) {
    ByteWriter writer(out);
    const ByteView bounded = value.first(std::min<std::size_t>(value.size(), 65535));
    writer.u16le(code);
    writer.u16le(static_cast<std::uint16_t>(bounded.size()));
    writer.bytes(bounded);
    pad(out, bounded.size());
}

// Type and a place for the length; end_block() fills both lengths.
std::size_t start_block(Bytes& out, std::uint32_t type) {
    const std::size_t start = out.size();
    ByteWriter writer(out);
    writer.u32le(type);
    writer.u32le(0);
    return start;
}

void end_block(Bytes& out, std::size_t start) {
    const auto length = static_cast<std::uint32_t>(out.size() - start + 4);
    ByteWriter(out).u32le(length);
    for (std::size_t i = 0; i < 4; ++i) out[start + 4 + i] = static_cast<std::uint8_t>(length >> (8 * i));
}

}  // namespace

void append_section(Bytes& out, std::string_view application, std::string_view comment) {
    const std::size_t start = start_block(out, 0x0A0D0D0AU);
    ByteWriter writer(out);
    writer.u32le(0x1A2B3C4DU);
    writer.u16le(1);
    writer.u16le(0);
    writer.u32le(0xFFFFFFFFU);  // section length: not known
    writer.u32le(0xFFFFFFFFU);
    if (!comment.empty()) append_option(out, option_comment, as_bytes(comment));
    append_option(out, option_application, as_bytes(application));
    append_option(out, option_end, {});
    end_block(out, start);
}

void append_interface(Bytes& out, std::uint32_t link_type, std::string_view name) {
    const std::size_t start = start_block(out, 1);
    ByteWriter writer(out);
    writer.u16le(static_cast<std::uint16_t>(link_type));
    writer.u16le(0);
    writer.u32le(0);
    append_option(out, option_name, as_bytes(name));
    const std::uint8_t nanoseconds_exponent = 9;
    append_option(out, option_tsresol, {&nanoseconds_exponent, 1});
    append_option(out, option_end, {});
    end_block(out, start);
}

void append_packet(Bytes& out, std::uint32_t interface, Time time, ByteView bytes, std::size_t wire_length, std::string_view comment) {
    const auto ns = static_cast<std::uint64_t>(std::max<std::int64_t>(time.time_since_epoch().count(), 0));
    const std::size_t start = start_block(out, 6);
    ByteWriter writer(out);
    writer.u32le(interface);
    writer.u32le(static_cast<std::uint32_t>(ns >> 32));
    writer.u32le(static_cast<std::uint32_t>(ns));
    writer.u32le(static_cast<std::uint32_t>(bytes.size()));
    writer.u32le(static_cast<std::uint32_t>(wire_length));
    writer.bytes(bytes);
    pad(out, bytes.size());
    if (!comment.empty()) {
        append_option(out, option_comment, as_bytes(comment));
        append_option(out, option_end, {});
    }
    end_block(out, start);
}

}  // namespace gbkit::wire::pcapng
