// What a byte stream is when it is not a program stream: named, so that nobody hunts for a PS that is not there.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/bytes.hpp"

namespace gbkit::wire::codec {

enum class Container : std::uint8_t { unknown, program_stream, transport_stream, bare_h264, bare_h265, adts, hikvision_file, dahua_private };
[[nodiscard]] std::string_view name_of(Container container) noexcept;

/// By content, from the first bytes (a few hundred decide; 64 KiB are looked at, at most). `hikvision_file`: "IMKH" and
/// 40 bytes before a program stream. A fragment of RTP video (FU-A, FU) is not Annex B: see container_of_rtp_payload.
/// A name needs some 24 bits that agree: random bytes have none.
[[nodiscard]] Container container_of(ByteView head);
/// The same for the payload of one RTP packet, which may hold a NAL unit, a fragment or an aggregate (RFC 6184 5.4,
/// RFC 7798 4.4). `unknown` for what continues an earlier packet: ask a later one.
[[nodiscard]] Container container_of_rtp_payload(ByteView payload);

}  // namespace gbkit::wire::codec
