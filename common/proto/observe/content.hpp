// What a conversation speaks, by the first bytes of either direction and not by its ports.
//
// The head of a direction grows until it is decided, so the answer is the same wherever the stream was cut; what is
// undecided at its limit is `other`. Recognition only: SIP and media are followed by their own feeds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/text.hpp"

namespace gbkit::proto::observe {

enum class Content : std::uint8_t {
    undecided,
    sip,
    rtp,
    rtcp,
    rtsp,
    rtmp,
    http,
    onvif,      // HTTP with ONVIF's services, and its discovery over UDP
    tls,
    ssh,
    smb,
    ssdp,
    stun,
    dns,
    other,
};
inline constexpr std::size_t content_kinds = static_cast<std::size_t>(Content::other) + 1;
/// As records have it: "rtmp".
[[nodiscard]] std::string_view slug_of(Content content) noexcept;
/// As pages have it: "RTMP".
[[nodiscard]] Bilingual title_of(Content content) noexcept;

/// SIP and media: what the other observers follow.
[[nodiscard]] constexpr bool is_followed(Content content) noexcept { return content == Content::sip || content == Content::rtp || content == Content::rtcp; }

/// What the head of one direction says.
struct ContentGuess {
    Content content = Content::undecided;
    bool certain = true;          // false: believed when the other direction agrees, or at the end
    bool asks = false;            // this direction is the client's
    std::string name{};           // SNI, Host, the URL of an RTSP request with its secrets masked; may be empty
};

/// A direction's head is not kept beyond this.
inline constexpr std::size_t content_head = 2048;

/// A stream (TCP). `last`: nothing more will come, or the limit is reached: undecided is not an answer then.
[[nodiscard]] ContentGuess content_of_stream(ByteView head, bool last);
/// A datagram that is neither SIP nor RTP.
[[nodiscard]] ContentGuess content_of_datagram(ByteView datagram);

}  // namespace gbkit::proto::observe
