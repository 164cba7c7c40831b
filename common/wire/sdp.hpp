// SDP as GB/T 28181 uses it (RFC 4566; GB/T 28181-2022 Annex G, F.2, C.2).
//
//   v=0
//   o=34020000001310000001 0 0 IN IP4 192.168.1.64     user: the ID of who owns this description
//   s=Play                                             Play, Playback, Download; 2016 also Talk
//   u=34020000001310000001:0                           what is played back
//   c=IN IP4 192.168.1.64
//   t=1700000000 1700003600                            Unix seconds here, not NTP seconds
//   m=video 30000 TCP/RTP/AVP 96 98
//   a=setup:passive
//   a=rtpmap:96 PS/90000
//   y=0100003190                                       SSRC, ten decimal digits
//   f=v/2/5/25/1/4096a/1/8/1                           what is asked for: codec, resolution, rate
//
// Every line is kept as sent with its offset; fields are read where they can be. Lines may end in LF, letters of
// names may have any case. Nothing is repaired: whether a value is right is for the observer to judge.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/endpoint.hpp"
#include "base/result.hpp"

namespace gbkit::wire {

struct SdpLine {
    char type = 0;              // before the '='
    std::string_view value;
    std::size_t offset = 0;     // of the line in the body
};

struct SdpMapping {             // a=rtpmap:96 PS/90000
    std::uint8_t payload_type = 0;
    std::string encoding;       // "PS", "H264", "HIKVISION"
    std::uint32_t clock = 0;    // Hz
};

struct SdpMedia {
    std::string kind;                          // "video", "audio"
    std::uint32_t port = 0;                    // as sent, also over 65535
    std::string protocol;                      // "RTP/AVP", "TCP/RTP/AVP"
    std::vector<std::string> formats;          // payload types as sent
    std::optional<std::string> address;        // of its own c= line, else of the session's
    std::vector<SdpMapping> mappings;          // in their order
    std::string setup;                         // "active", "passive", "actpass"; lower case, empty: no such line
    std::string connection;                    // "new", "existing"
    std::string direction;                     // "recvonly", "sendonly", "sendrecv", "inactive"
    std::vector<SdpLine> attributes;           // all of them
    [[nodiscard]] bool tcp() const noexcept;   // the protocol begins with TCP
    [[nodiscard]] const SdpMapping* mapping(std::uint8_t payload_type) const noexcept;
};

struct Sdp {
    std::string owner;                         // user of o=
    std::string owner_address;                 // of o=
    std::string session;                       // s=
    std::optional<std::string> uri;            // u=
    std::optional<std::string> address;        // c= of the session
    std::optional<std::uint64_t> start, stop;  // t=
    std::vector<SdpMedia> media;
    std::optional<std::string> y;              // as sent
    std::optional<std::string> f;              // as sent
    std::vector<SdpLine> lines;                // all, views into the body
    std::size_t malformed = 0;                 // lines that are not `letter=value`
    /// The SSRC of y=; nothing when it is absent or not ten digits that fit 32 bits.
    [[nodiscard]] std::optional<std::uint32_t> ssrc() const noexcept;
    [[nodiscard]] const SdpMedia* first(std::string_view kind) const noexcept;
};

/// At most 64 KiB and 1,000 lines (too_large); a body without a v= or m= line is malformed. Views live as the body does.
[[nodiscard]] Result<Sdp> parse_sdp(std::string_view body);

/// What an f= line asks for (Annex G); empty fields stay empty.
struct SdpFormat {
    std::string video_codec, resolution, frames_per_second, rate_control, kbit_per_second;
    std::string audio_codec, audio_rate, sampling;
    bool whole = false;                        // all slashes are there
};
[[nodiscard]] SdpFormat parse_sdp_format(std::string_view f);

}  // namespace gbkit::wire
