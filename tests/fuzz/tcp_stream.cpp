// TCP reassembly against a plain model: every byte given out is one that was sent at that place, in order, once.
#include <cstdlib>

#include "wire/tcp_stream.hpp"

using namespace gbkit;
using namespace gbkit::wire;

namespace {

void require(bool condition) {
    if (!condition) std::abort();
}

// The true stream, by sequence number; a segment with its low bit of `kind` set lies about its bytes.
std::uint8_t true_byte(std::uint32_t sequence) { return static_cast<std::uint8_t>(sequence * 37 >> 3); }

constexpr std::size_t limit = 4096;

}  // namespace

// Input: steps of 4 bytes | kind | place 2 | length |.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    TcpStream stream({.held_bytes = limit, .held_pieces = 64});
    std::uint64_t next = 0;
    bool honest = true;      // no segment lied, so every byte can be checked
    std::uint32_t base = 0;  // sequence number of offset 0
    bool based = false;
    std::uint64_t restarts = 0;  // only the first connection's bytes are compared
    const TcpStream::Sink sink = [&](const TcpPiece& piece) {
        require(!piece.bytes.empty());
        if (stream.counts().restarts != restarts) next = 0;
        restarts = stream.counts().restarts;
        require(piece.offset == next + piece.gap);
        next = piece.offset + piece.bytes.size();
        if (!honest || restarts > 0 || !based) return;
        for (std::size_t i = 0; i < piece.bytes.size(); ++i)
            require(piece.bytes[i] == true_byte(base + static_cast<std::uint32_t>(piece.offset + i)));
    };
    Bytes payload;
    for (std::size_t at = 0; at + 4 <= size; at += 4) {
        const std::uint8_t kind = data[at];
        const std::uint32_t sequence = 0xFFFFF000U + (static_cast<std::uint32_t>(data[at + 1]) << 8 | data[at + 2]) +
                                       ((kind & 0x80U) != 0 ? 0x30000000U : 0U);
        if ((kind & 0x40U) != 0) {
            stream.acknowledged(sequence, sink);
            continue;
        }
        TcpSegment segment;
        segment.sequence = sequence;
        segment.syn = (kind & 0x02U) != 0;
        segment.fin = (kind & 0x04U) != 0;
        segment.rst = (kind & 0x38U) == 0x38U;
        payload.resize(data[at + 3]);
        const std::uint32_t first = sequence + (segment.syn ? 1U : 0U);
        for (std::size_t i = 0; i < payload.size(); ++i) {
            payload[i] = true_byte(first + static_cast<std::uint32_t>(i));
            if ((kind & 1U) != 0) payload[i] ^= 1, honest = false;
        }
        segment.payload = payload;
        if (!based && !segment.rst && (segment.syn || !payload.empty())) base = first, based = true;
        stream.push(segment, at, sink);
        require(stream.held_bytes() <= limit);
    }
    stream.finish(sink);
    require(stream.held_bytes() == 0);
    return 0;
}
