#include "wire/sanitize/media.hpp"

#include <algorithm>

#include "wire/load.hpp"
#include "wire/rtp/packet.hpp"
#include "wire/rtp/rtcp.hpp"

namespace gbkit::wire::sanitize {

namespace {

constexpr std::size_t ssrc_at = 8, fixed_header = 12, report_block = 24;

void copy(ByteView from, Bytes& to, std::size_t at, std::size_t count) {
    if (at >= from.size()) return;
    const std::size_t bounded = std::min(count, from.size() - at);
    std::copy_n(from.begin() + static_cast<std::ptrdiff_t>(at), bounded, to.begin() + static_cast<std::ptrdiff_t>(at));
}

void alias_ssrc(Bytes& bytes, std::size_t at, const Aliases& aliases) {
    if (bytes.size() < 4 || at > bytes.size() - 4) return;
    const std::uint32_t ssrc = aliases.ssrc(load32be(bytes, at));
    for (std::size_t i = 0; i < 4; ++i) bytes[at + i] = static_cast<std::uint8_t>(ssrc >> (24 - 8 * i));
}

void rtp(ByteView packet, bool keep_payload, const Aliases& aliases, Bytes& out) {
    const std::size_t csrcs = packet[0] & 0x0F;
    const std::size_t head = fixed_header + 4 * csrcs + ((packet[0] & 0x10) != 0 ? 4 : 0);   // and the head of the extension
    copy(packet, out, 0, keep_payload ? packet.size() : head);
    if ((packet[0] & 0x20) != 0) out.back() = packet.back();                                  // how much is padding
    alias_ssrc(out, ssrc_at, aliases);
}

void rtcp(ByteView packet, const Aliases& aliases, Bytes& out) {
    for (const rtp::RtcpPart& part : rtp::parse_rtcp(packet).parts) {
        const bool sender = part.type == rtp::rtcp_type::sender_report, receiver = part.type == rtp::rtcp_type::receiver_report;
        const std::size_t before_blocks = sender ? 28 : 8;
        const std::size_t kept = sender || receiver ? before_blocks + report_block * part.count : part.type == rtp::rtcp_type::bye ? 4 + 4U * part.count : 8;
        copy(packet, out, part.offset, std::min(kept, part.bytes));
        if (part.bytes >= 8) alias_ssrc(out, part.offset + 4, aliases);
        for (std::size_t block = 0; (sender || receiver) && block < part.count; ++block)
            if (before_blocks + report_block * block + 4 <= part.bytes) alias_ssrc(out, part.offset + before_blocks + report_block * block, aliases);
    }
}

}  // namespace

Bytes scrub_media(ByteView packet, bool keep_payload, const Aliases& aliases) {
    Bytes out(packet.size(), 0);
    if (rtp::looks_like_rtcp(packet)) rtcp(packet, aliases, out);
    else if (rtp::looks_like_rtp(packet)) rtp(packet, keep_payload, aliases, out);
    else if (std::all_of(packet.begin(), packet.end(), [](std::uint8_t byte) { return byte == '\r' || byte == '\n' || byte == 0; })) copy(packet, out, 0, packet.size());
    return out;
}

}  // namespace gbkit::wire::sanitize
