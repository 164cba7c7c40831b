// One RTP packet (RFC 3550 section 5.1), read in place.
//
//   |V=2|P|X| CC |M| PT     | sequence 16 | timestamp 32 | SSRC 32 | CSRC 32 * CC | extension | payload | padding |
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace gbkit::wire::rtp {

struct Packet {
    std::uint8_t payload_type = 0;
    bool marker = false;
    std::uint16_t sequence = 0;
    std::uint32_t timestamp = 0;
    std::uint32_t ssrc = 0;
    std::uint8_t csrcs = 0;
    std::optional<std::uint16_t> extension{};  // its profile field, when the X bit is set
    std::uint16_t extension_bytes = 0;       // without its 4-byte head
    std::uint8_t padding = 0;                // bytes
    std::uint16_t header_bytes = 0;
    ByteView payload{};
};

/// Malformed: version is not 2; truncated: CSRCs, extension or padding do not fit.
[[nodiscard]] Result<Packet> parse_packet(ByteView bytes);

/// Payload types 72..79 with the marker bit are RTCP 200..207 (RFC 5761 section 4; RFC 4585, RFC 3611).
[[nodiscard]] bool looks_like_rtcp(ByteView bytes) noexcept;
/// Version 2, a payload type that is not RTCP's, and everything the header promises fits.
[[nodiscard]] bool looks_like_rtp(ByteView bytes) noexcept;
/// RTP payload types 64..95 are not used where RTCP may come along (RFC 5761 section 4): nobody sends media with them.
[[nodiscard]] bool is_rtcp_range(std::uint8_t second_byte) noexcept;

/// Ticks a second of a payload type's timestamps (RFC 3551 6, tables 4 and 5). Of the dynamic ones an SDP decides; without
/// it 90,000, the clock of PS and of every video.
[[nodiscard]] std::uint32_t clock_of(std::uint8_t payload_type) noexcept;
/// From 96 on (RFC 3551 6): no table says what such a payload is.
[[nodiscard]] constexpr bool is_dynamic(std::uint8_t payload_type) noexcept { return payload_type >= 96; }

/// Appends a packet (no CSRC, extension or padding).
void write_packet(Bytes& out, const Packet& packet);

/// The `y=` line of GB/T 28181 Annex G: the SSRC as ten decimal digits.
struct SsrcMeaning {
    std::string digits;      // "0100003190"
    bool history = false;    // first digit: 0 live, 1 playback
    std::string domain;      // digits 2-6: digits 4-8 of the domain ID
    std::string stream;      // digits 7-10
    bool fits = true;        // first digit 0 or 1
};
[[nodiscard]] SsrcMeaning meaning_of_ssrc(std::uint32_t ssrc);

}  // namespace gbkit::wire::rtp
