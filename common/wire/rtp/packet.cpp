#include "wire/rtp/packet.hpp"

#include <fmt/format.h>

namespace gbkit::wire::rtp {

namespace {

constexpr std::size_t fixed_bytes = 12;

bool is_version_2(ByteView bytes) noexcept { return !bytes.empty() && bytes[0] >> 6 == 2; }

/// What the header says, with `what` set to the first thing that does not fit.
Packet read(ByteView bytes, const char*& what) noexcept {
    ByteReader reader(bytes);
    const std::uint8_t first = reader.u8();
    const std::uint8_t second = reader.u8();
    Packet packet{.payload_type = static_cast<std::uint8_t>(second & 0x7F), .marker = (second & 0x80) != 0};
    packet.sequence = reader.u16be();
    packet.timestamp = reader.u32be();
    packet.ssrc = reader.u32be();
    packet.csrcs = first & 0x0F;
    if (!reader.ok()) what = "an RTP header of less than 12 bytes";
    reader.skip(packet.csrcs * std::size_t{4});
    if (!reader.ok() && what == nullptr) what = "contributing sources beyond the packet";
    if ((first & 0x10) != 0) {
        packet.extension = reader.u16be();
        const std::size_t extension_bytes = reader.u16be() * std::size_t{4};
        reader.skip(extension_bytes);
        if (reader.ok()) packet.extension_bytes = static_cast<std::uint16_t>(extension_bytes);
        if (!reader.ok() && what == nullptr) what = "a header extension beyond the packet";
    }
    packet.header_bytes = static_cast<std::uint16_t>(reader.offset());
    packet.payload = reader.rest();
    if ((first & 0x20) == 0 || what != nullptr) return packet;
    packet.padding = packet.payload.empty() ? 0 : packet.payload.back();
    if (packet.padding == 0 || packet.padding > packet.payload.size()) {
        what = "padding beyond the packet";
        return packet;
    }
    packet.payload = packet.payload.first(packet.payload.size() - packet.padding);
    return packet;
}

}  // namespace

Result<Packet> parse_packet(ByteView bytes) {
    if (bytes.empty()) return fail(Errc::truncated, "an empty RTP packet");
    if (!is_version_2(bytes)) return fail(Errc::malformed, "an RTP version other than 2");
    const char* what = nullptr;
    const Packet packet = read(bytes, what);
    if (what != nullptr) return fail(Errc::truncated, what, bytes.size());
    return packet;
}

bool looks_like_rtcp(ByteView bytes) noexcept {
    return bytes.size() >= 4 && is_version_2(bytes) && bytes[1] >= 200 && bytes[1] <= 207;
}

bool looks_like_rtp(ByteView bytes) noexcept {
    if (bytes.size() < fixed_bytes || !is_version_2(bytes) || is_rtcp_range(bytes[1])) return false;
    const char* what = nullptr;
    (void)read(bytes, what);
    return what == nullptr;
}

bool is_rtcp_range(std::uint8_t second_byte) noexcept {
    const std::uint8_t type = second_byte & 0x7F;
    return type >= 64 && type <= 95;
}

std::uint32_t clock_of(std::uint8_t payload_type) noexcept {
    switch (payload_type) {
        case 6: return 16'000;    // DVI4
        case 10:
        case 11: return 44'100;   // L16
        case 14: return 90'000;   // MPA
        case 16: return 11'025;   // DVI4
        case 17: return 22'050;
        default: return payload_type <= 18 ? 8'000 : 90'000;   // audio up to 18, G.722 with 8,000 among it; video from 25 on
    }
}

void write_packet(Bytes& out, const Packet& packet) {
    ByteWriter writer(out);
    writer.u8(0x80);
    writer.u8(static_cast<std::uint8_t>((packet.marker ? 0x80 : 0) | (packet.payload_type & 0x7F)));
    writer.u16be(packet.sequence);
    writer.u32be(packet.timestamp);
    writer.u32be(packet.ssrc);
    writer.bytes(packet.payload);
}

SsrcMeaning meaning_of_ssrc(std::uint32_t ssrc) {
    SsrcMeaning meaning;
    meaning.digits = fmt::format("{:010}", ssrc);
    meaning.history = meaning.digits[0] == '1';
    meaning.fits = meaning.digits[0] <= '1';
    meaning.domain = meaning.digits.substr(1, 5);
    meaning.stream = meaning.digits.substr(6);
    return meaning;
}

}  // namespace gbkit::wire::rtp
