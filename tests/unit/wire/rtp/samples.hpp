// RTP packets and streams for tests.
#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.hpp"
#include "unit/wire/codec/samples.hpp"
#include "wire/rtp/packet.hpp"
#include "wire/rtp/packetizer.hpp"

namespace gbkit::test::rtp {

constexpr std::uint32_t ssrc = 100003190;  // y=0100003190

struct Fields {
    std::uint16_t sequence = 0;
    std::uint32_t timestamp = 0;
    std::uint32_t ssrc = test::rtp::ssrc;
    std::uint8_t payload_type = 96;
    bool marker = false;
};

inline Bytes packet(const Fields& fields, const Bytes& payload) {
    Bytes bytes;
    wire::rtp::Packet packet{.payload_type = fields.payload_type, .marker = fields.marker, .sequence = fields.sequence,
                             .timestamp = fields.timestamp, .ssrc = fields.ssrc};
    packet.payload = payload;
    wire::rtp::write_packet(bytes, packet);
    return bytes;
}

/// `count` packets of different sizes, numbered from `first` on.
inline std::vector<Bytes> packets(std::size_t count, std::uint16_t first = 65530, std::uint32_t source = ssrc) {
    std::vector<Bytes> all;
    for (std::size_t i = 0; i < count; ++i)
        all.push_back(packet({.sequence = static_cast<std::uint16_t>(first + i), .timestamp = static_cast<std::uint32_t>(3600 * (i / 3)), .ssrc = source,
                              .marker = i % 3 == 2},
                             codec::filler(i % 3 == 2 ? 40 + i * 7 % 200 : 300, static_cast<std::uint32_t>(i + 1))));
    return all;
}

inline Bytes framed(const std::vector<Bytes>& packets, wire::rtp::Framing framing) {
    Bytes stream;
    for (const Bytes& packet : packets) wire::rtp::write_framed(stream, packet, framing);
    return stream;
}

/// SR with an SDES of one CNAME.
inline Bytes sender_report(std::uint32_t source = ssrc) {
    Bytes bytes;
    ByteWriter writer(bytes);
    writer.u32be(0x80C8'0006);
    writer.u32be(source);
    writer.zeros(20);
    writer.u32be(0x81CA'0002);
    writer.u32be(source);
    writer.u32be(0x0101'6100);  // CNAME "a", end
    return bytes;
}

}  // namespace gbkit::test::rtp
