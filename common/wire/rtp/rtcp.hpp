// RTCP (RFC 3550 section 6): a compound of reports, walked by their lengths.
//
//   |V=2|P| count 5 | type 8 | length 16 (32-bit words less one) | SSRC 32 | ... |  next part ...
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace gbkit::wire::rtp {

namespace rtcp_type {
inline constexpr std::uint8_t sender_report = 200, receiver_report = 201, source_description = 202, bye = 203, application = 204,
                              transport_feedback = 205, payload_feedback = 206, extended_report = 207;
}
[[nodiscard]] std::string_view name_of_rtcp(std::uint8_t type) noexcept;  // "SR", "RR" ...

struct RtcpPart {
    std::uint8_t type = 0;
    std::uint8_t count = 0;                 // report blocks, chunks or sources
    std::size_t offset = 0;                 // in the packet
    std::size_t bytes = 0;                  // by its length field
    std::optional<std::uint32_t> ssrc{};    // of who sends it (BYE, SDES: the first source), when there is one
};

struct Rtcp {
    std::vector<RtcpPart> parts;            // those that fit
    std::optional<Error> defect;            // the first part whose length lies: beyond the packet, or too short for its counts
};

/// Walks the whole packet. It is linear and keeps at most one part per 4 bytes.
[[nodiscard]] Rtcp parse_rtcp(ByteView bytes);

}  // namespace gbkit::wire::rtp
