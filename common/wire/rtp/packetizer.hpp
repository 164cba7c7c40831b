// Media into RTP packets (RFC 3550; GB/T 28181-2022 4.3.6), and packets into a TCP stream (RFC 4571, Annex D).
//
// All packets of a frame carry one timestamp; the marker bit is set on the last one, as cameras do.
#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.hpp"
#include "wire/rtp/framer.hpp"

namespace gbkit::wire::rtp {

class Packetizer {
public:
    struct Options {
        std::uint32_t ssrc = 0;
        std::uint8_t payload_type = 96;
        std::uint16_t first_sequence = 0;
        std::size_t payload_bytes = 1400;   // at most, in a packet
    };
    explicit Packetizer(Options options) noexcept : options_(options), sequence_(options.first_sequence) {}

    /// Appends the packets of one frame (one pack).
    void frame(ByteView bytes, std::uint32_t timestamp, std::vector<Bytes>& packets);

private:
    Options options_;
    std::uint16_t sequence_;
};

/// Appends a packet as that framing writes it on a stream. A packet over 65,535 bytes has no place there and is left out.
void write_framed(Bytes& out, ByteView packet, Framing framing, std::uint8_t channel = 0);

}  // namespace gbkit::wire::rtp
