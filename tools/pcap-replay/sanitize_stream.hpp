// One direction of a TCP connection without what must not be shared: SIP message by message, RTP packet by packet.
//
//   piece -> SIP framer -> message -> wire/sanitize/message -> bytes
//         -> RTP framer -> packet  -> wire/sanitize/media   -> length, bytes
//
// Until one of the two framers has found something both look; when neither does, zeros of the same length go out. Bytes
// between messages that belong to nothing become as many bytes of nothing, gaps stay gaps: a reader finds what it found.
#pragma once

#include <functional>
#include <memory>

#include "proto/observe/packet.hpp"
#include "wire/rtp/framer.hpp"
#include "wire/sanitize/message.hpp"
#include "wire/sip/framer.hpp"

namespace gbkit::replay_tool {

class SanitizedStream {
public:
    struct Output {
        Bytes bytes;
        std::uint64_t gap = 0;   // missing before them
    };
    SanitizedStream(wire::sanitize::Messages& messages, const wire::sanitize::Aliases& aliases, bool keep_media);
    SanitizedStream(const SanitizedStream&) = delete;
    SanitizedStream& operator=(const SanitizedStream&) = delete;

    /// What can be written after this piece; may be empty, and more later.
    [[nodiscard]] Output push(const proto::Packet& piece);
    /// The rest of it.
    [[nodiscard]] Output finish();
    /// How many messages and packets were in it.
    [[nodiscard]] std::uint64_t messages_seen() const noexcept { return messages_seen_; }
    [[nodiscard]] std::uint64_t packets_seen() const noexcept { return packets_seen_; }

private:
    enum class Kind : std::uint8_t { undecided, sip, rtp, other };
    void push_sip(ByteView bytes, std::uint64_t gap);
    void push_rtp(ByteView bytes, std::uint64_t gap);
    void packet(const wire::rtp::FramedPacket& packet);
    [[nodiscard]] Output take(Bytes& bytes);

    wire::sanitize::Messages& messages_;
    const wire::sanitize::Aliases& aliases_;
    bool keep_media_;
    Kind kind_ = Kind::undecided;
    wire::sip::Framer sip_;
    std::unique_ptr<wire::rtp::Framer> rtp_;
    Bytes from_sip_, from_rtp_;      // made, and not yet asked for
    std::uint64_t undecided_bytes_ = 0;
    std::uint64_t skipped_ = 0, keepalives_ = 0, gap_ = 0;
    std::uint64_t messages_seen_ = 0, packets_seen_ = 0;
};

}  // namespace gbkit::replay_tool
