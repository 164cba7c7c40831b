// One direction of a TCP connection, or a dump, as RTP packets with their places: the framer, and which frame of the
// capture carried which bytes. Part of MediaFeed.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>

#include "proto/observe/media/rtp_receiver.hpp"
#include "proto/observe/packet.hpp"
#include "wire/rtp/framer.hpp"

namespace gbkit::proto::observe {

class RtpTrack;

class RtpStream {
public:
    struct Sink {
        std::function<void(RtpStream&, const wire::rtp::FramedPacket&, const RtpPlace&)> packet;
        std::function<void(RtpStream&, const wire::rtp::FramingBreak&, const RtpPlace&)> broken;
    };
    RtpStream(const Sink& sink, wire::rtp::Framing given, wire::rtp::Framer::Limits limits, Endpoint source, Endpoint destination);
    RtpStream(const RtpStream&) = delete;
    RtpStream& operator=(const RtpStream&) = delete;

    ~RtpStream();

    void push(const Packet& piece);
    /// The source of its last packet; nullptr: of none that is still known.
    void set_last(RtpTrack* track);
    [[nodiscard]] RtpTrack* last() const noexcept { return last_; }
    void finish() { framer_.finish(); }

    [[nodiscard]] const wire::rtp::Framer& framer() const noexcept { return framer_; }
    [[nodiscard]] std::size_t buffered() const noexcept { return framer_.buffered() + places_.size() * sizeof(Piece); }

    Endpoint source, destination;
    bool live = false;                 // seen by a tap
    bool rtsp = false;                 // RTSP was spoken here: interleaved packets are then right
    bool told = false;                 // what there is to say of its framing has been said
    std::uint64_t pushed = 0;          // bytes, gaps included
    std::uint64_t first_offset = 0;    // stream offset of the first piece
    std::uint64_t gaps = 0;

private:
    struct Piece {
        std::uint64_t offset = 0;      // in what was pushed
        std::uint64_t number = 0;
        Time time{};
    };
    RtpPlace place_of(std::uint64_t offset);

    const Sink& sink_;
    RtpTrack* last_ = nullptr;
    std::deque<Piece> places_;
    wire::rtp::Framer framer_;
};

}  // namespace gbkit::proto::observe
