#include "wire/rtp/packetizer.hpp"

#include <algorithm>

#include "wire/rtp/packet.hpp"

namespace gbkit::wire::rtp {

void Packetizer::frame(ByteView bytes, std::uint32_t timestamp, std::vector<Bytes>& packets) {
    while (!bytes.empty()) {
        const ByteView piece = bytes.first(std::min(bytes.size(), std::max<std::size_t>(options_.payload_bytes, 1)));
        bytes = bytes.subspan(piece.size());
        Packet packet{.payload_type = options_.payload_type, .marker = bytes.empty(), .sequence = sequence_++,
                      .timestamp = timestamp, .ssrc = options_.ssrc};
        packet.payload = piece;
        write_packet(packets.emplace_back(), packet);
    }
}

void write_framed(Bytes& out, ByteView packet, Framing framing, std::uint8_t channel) {
    if (packet.size() > 0xFFFF) return;
    ByteWriter writer(out);
    if (framing == Framing::interleaved) {
        writer.u8('$');
        writer.u8(channel);
    }
    if (framing != Framing::bare) writer.u16be(static_cast<std::uint16_t>(packet.size()));
    writer.bytes(packet);
}

}  // namespace gbkit::wire::rtp
