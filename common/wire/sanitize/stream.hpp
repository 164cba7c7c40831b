// One direction of a TCP connection without what must not be shared: SIP message by message, RTP packet by packet.
//
//   bytes -> SIP framer -> message -> wire/sanitize/message -> span
//         -> RTP framer -> packet  -> wire/sanitize/media   -> span (length, packet)
//
// Until one of the two framers has found something both look; when neither does, zeros of the same length go out. Spans
// cover the stream from its first byte to its last: what lies between messages keeps its length and its line ends, bytes
// that were never captured stay missing. A reader finds what it would have found.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "wire/rtp/framer.hpp"
#include "wire/sanitize/message.hpp"
#include "wire/sip/framer.hpp"

namespace gbkit::wire::sanitize {

class Stream {
public:
    /// The next `old_bytes` of the stream become `bytes`; of what was never captured nothing is known.
    struct Span {
        std::uint64_t old_bytes = 0;
        Bytes bytes{};
        bool missing = false;
    };
    using Sink = std::function<void(Span)>;
    Stream(Messages& messages, const Aliases& aliases, bool keep_media, Sink sink);
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;

    /// The next bytes of the stream, `missing` of it before them.
    void push(ByteView bytes, std::uint64_t missing);
    /// Nothing comes any more.
    void finish();

    /// What it holds until more comes, about.
    [[nodiscard]] std::size_t held_bytes() const noexcept { return 3 * waiting().size(); }
    [[nodiscard]] std::uint64_t messages_seen() const noexcept { return messages_seen_; }
    [[nodiscard]] std::uint64_t packets_seen() const noexcept { return packets_seen_; }

private:
    enum class Kind : std::uint8_t { undecided, sip, rtp, other };
    void push_sip(ByteView bytes);
    void packet(const rtp::FramedPacket& framed);
    void gap(std::uint64_t missing);
    void fill_to(std::uint64_t offset);
    void tail();
    [[nodiscard]] bool partial_packet() const;
    [[nodiscard]] ByteView waiting() const noexcept { return ByteView(held_).subspan(given_); }   // from done_ on
    void give(std::size_t old_bytes, Bytes bytes);
    [[nodiscard]] Bytes filler(ByteView old) const;

    Messages& messages_;
    const Aliases& aliases_;
    bool keep_media_;
    Sink sink_;
    Kind kind_ = Kind::undecided;
    sip::Framer sip_;
    std::unique_ptr<rtp::Framer> rtp_;
    Bytes held_;
    std::size_t given_ = 0;          // of them have a span
    std::uint64_t done_ = 0;         // offset of the first byte without a span
    std::uint64_t undecided_bytes_ = 0;
    std::uint64_t messages_seen_ = 0, packets_seen_ = 0;
};

}  // namespace gbkit::wire::sanitize
