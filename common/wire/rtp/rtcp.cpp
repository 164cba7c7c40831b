#include "wire/rtp/rtcp.hpp"

namespace gbkit::wire::rtp {

namespace {

/// SDES: chunks of a source and items, each chunk ended by zeros up to a 32-bit border (RFC 3550 6.5).
bool chunks_fit(ByteView body, unsigned count) {
    ByteReader reader(body);
    for (unsigned chunk = 0; chunk < count; ++chunk) {
        reader.skip(4);
        while (reader.u8() != 0) reader.skip(reader.u8());  // a reader past its end gives 0
        while (reader.ok() && reader.offset() % 4 != 0) reader.skip(1);
    }
    return reader.ok();
}

/// The body (after the 4-byte head) holds what its counts promise.
bool body_fits(const RtcpPart& part, ByteView body) {
    switch (part.type) {
        case rtcp_type::sender_report: return body.size() >= 24 + std::size_t{24} * part.count;
        case rtcp_type::receiver_report: return body.size() >= 4 + std::size_t{24} * part.count;
        case rtcp_type::source_description: return chunks_fit(body, part.count);
        case rtcp_type::bye: return body.size() >= std::size_t{4} * part.count;
        case rtcp_type::application:
        case rtcp_type::transport_feedback:
        case rtcp_type::payload_feedback: return body.size() >= 8;
        default: return true;
    }
}

}  // namespace

std::string_view name_of_rtcp(std::uint8_t type) noexcept {
    constexpr std::string_view names[] = {"SR", "RR", "SDES", "BYE", "APP", "RTPFB", "PSFB", "XR"};
    return type >= 200 && type <= 207 ? names[type - 200] : "RTCP";
}

Rtcp parse_rtcp(ByteView bytes) {
    Rtcp rtcp;
    ByteReader reader(bytes);
    while (reader.remaining() > 0 && !rtcp.defect) {
        RtcpPart part{.offset = reader.offset()};
        const std::uint8_t first = reader.u8();
        part.type = reader.u8();
        part.count = first & 0x1F;
        part.bytes = (reader.u16be() + std::size_t{1}) * 4;
        const ByteView body = reader.take(part.bytes - 4);
        if (reader.ok() && (first >> 6 != 2 || part.type < 192 || part.type > 223))
            rtcp.defect = Error{Errc::malformed, "something that is no RTCP", part.offset};
        else if (!reader.ok())
            rtcp.defect = Error{Errc::truncated, "a length beyond the packet", part.offset};
        else if (!body_fits(part, body))
            rtcp.defect = Error{Errc::malformed, "a length too short for its reports", part.offset};
        if (rtcp.defect) break;
        if (body.size() >= 4) part.ssrc = ByteReader(body).u32be();
        rtcp.parts.push_back(part);
    }
    if (bytes.empty()) rtcp.defect = Error{Errc::truncated, "an empty RTCP packet", 0};
    return rtcp;
}

}  // namespace gbkit::wire::rtp
