// RTMP by its handshake, and the `connect` that follows it (Adobe RTMP 1.0, 5.2 to 5.4 and 7.2.1.1; AMF0 2.2 to 2.5).
//
//   client   | C0 03 | C1: time 4, zero or version 4, random 1528 | C2 1536 | chunks: ... connect(1, {app, tcUrl, ...})
//   server   | S0 03 | S1                                         | S2 1536 | chunks
//
// Recognition only: is this RTMP, and which application is asked for. A message before the connect may set the chunk
// size; anything else in its place, and a connect that is not whole within 4 KiB, leaves the application unknown.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/bytes.hpp"

namespace gbkit::wire {

enum class RtmpStart : std::uint8_t {
    no,
    more,
    maybe,  // the version 3 and a version of Flash's handshake: believed when both directions begin so
    yes,    // the version 3, a time, and four zeros
};
/// Nine bytes of a direction. TPKT (RFC 1006), which also begins with 3, has its length and type there.
[[nodiscard]] RtmpStart rtmp_start(ByteView head) noexcept;

struct RtmpConnect {
    std::string app;       // "live", with its query as sent
    std::string tc_url;    // "rtmp://10.1.0.5/live"
};

/// The client's direction of a connection from its first byte on, until its connect is there.
class RtmpOpening {
public:
    /// The next bytes of the stream.
    void push(ByteView bytes);
    /// Bytes of the stream were never captured: what is not known by now stays unknown.
    void gap() noexcept { over_ = true; }
    /// Nothing more is wanted: the connect is there, or it will not be found.
    [[nodiscard]] bool over() const noexcept { return over_; }
    [[nodiscard]] const std::optional<RtmpConnect>& connect() const noexcept { return connect_; }

    static constexpr std::size_t handshake_bytes = 1 + 2 * 1536;
    static constexpr std::size_t most_held = 4096;

private:
    std::size_t to_skip_ = handshake_bytes;
    Bytes chunks_;
    std::optional<RtmpConnect> connect_;
    bool over_ = false;
};

}  // namespace gbkit::wire
