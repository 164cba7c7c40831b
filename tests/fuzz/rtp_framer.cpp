// The RTP framer on anything: whole, byte by byte and in random cuts give the same packets and breaks; every packet is
// the stream's own bytes; packets, bytes passed over and the rest never overlap; memory stays under its limit.
//
// First byte: the framing that is given and a gap; second: the seed of the cuts. The rest is the stream.
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <random>
#include <vector>

#include "wire/rtp/framer.hpp"

using namespace gbkit;
using namespace gbkit::wire::rtp;

namespace {

struct Outcome {
    std::vector<std::uint64_t> facts;   // of packets and breaks, in order
    std::uint64_t end = 0;              // of the last packet
    Framing framing = Framing::undecided;
};

template <class Size>
Outcome run(ByteView stream, Size next_size, Framing given, std::size_t gap_at) {
    Outcome outcome;
    Framer::Limits limits;
    Framer framer({[&](const FramedPacket& packet) {
                       if (packet.offset < outcome.end || packet.offset + packet.bytes.size() > stream.size()) std::abort();
                       if (std::memcmp(stream.data() + packet.offset, packet.bytes.data(), packet.bytes.size()) != 0) std::abort();
                       outcome.end = packet.offset + packet.bytes.size();
                       outcome.facts.insert(outcome.facts.end(), {packet.offset, packet.bytes.size(), packet.channel});
                   },
                   [&](const FramingBreak& broken) {
                       if (broken.offset < outcome.end || broken.offset + broken.skipped > stream.size()) std::abort();
                       outcome.facts.insert(outcome.facts.end(), {broken.offset, broken.skipped, broken.gap ? 1U : 0U, broken.head_bytes});
                   }},
                  given, limits);
    for (std::size_t at = 0; at < stream.size();) {
        if (at == gap_at && gap_at > 0) framer.gap(0);
        std::size_t size = std::min<std::size_t>(stream.size() - at, next_size());
        if (at < gap_at) size = std::min(size, gap_at - at);
        framer.push(stream.subspan(at, size));
        at += size;
        if (framer.buffered() > std::max(limits.undecided, limits.buffer)) std::abort();
    }
    framer.finish();
    outcome.facts.insert(outcome.facts.end(), {framer.left(), framer.starts_at()});
    outcome.framing = framer.framing();
    return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const ByteView stream(data + 2, size - 2);
    constexpr Framing framings[] = {Framing::undecided, Framing::rfc4571, Framing::interleaved, Framing::ehome, Framing::bare};
    const Framing given = framings[data[0] % 5];
    const std::size_t gap_at = data[0] >= 128 ? stream.size() / 2 : 0;
    const Outcome whole = run(stream, [&] { return stream.size(); }, given, gap_at);
    std::minstd_rand random(data[1] + 1U);
    for (const Outcome& other : {run(stream, [] { return std::size_t{1}; }, given, gap_at),
                                 run(stream, [&] { return std::size_t{1} + random() % 50; }, given, gap_at)})
        if (other.facts != whole.facts || other.framing != whole.framing) std::abort();
    return 0;
}
