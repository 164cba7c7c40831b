// Frames of every link type: nothing crashes, views stay inside the frame, a refusal has a name.
#include <algorithm>
#include <cstdlib>

#include "wire/duplicates.hpp"
#include "wire/frame.hpp"
#include "wire/frame_transport.hpp"
#include "wire/ip_fragments.hpp"

using namespace gbkit;
using namespace gbkit::wire;

namespace {

void require(bool condition) {
    if (!condition) std::abort();
}

bool inside(ByteView part, ByteView whole) {
    return part.empty() || (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

void look_at(const IpPacket& packet) {
    if (const auto udp = decode_udp(packet)) require(inside(udp->payload, packet.payload));
    if (const auto tcp = decode_tcp(packet)) require(inside(tcp->payload, packet.payload));
    (void)decode_unreachable(packet);
}

}  // namespace

// Input: frames one after another, each | link type 2 | extra wire length 1 | length 2 | bytes |.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Duplicates duplicates(16);
    IpFragments fragments({.bytes = 1 << 18, .datagrams = 16, .timeout = seconds{30}}, Time{});
    ByteReader reader({data, size});
    for (std::int64_t number = 0; reader.remaining() > 5; ++number) {
        const std::uint32_t type = reader.u16be();
        const std::size_t extra = reader.u8();
        const std::size_t length = std::min<std::size_t>(reader.u16be(), reader.remaining());
        const ByteView bytes = reader.take(length);
        const auto frame = decode_frame(type, bytes, bytes.size() + extra);
        if (!frame) {
            require(!frame.error().text().empty());
            continue;
        }
        require(inside(frame->ip.payload, bytes) && frame->link_bytes <= bytes.size());
        const Time now{milliseconds{number}};
        (void)duplicates.is_copy(*frame, bytes, 0, now);
        if (!frame->ip.fragment) {
            look_at(frame->ip);
        } else if (auto whole = fragments.push(frame->ip, now)) {
            require(!whole->fragment && whole->payload.size() <= 65535);
            if (!whole->source.is_v6() || !skip_ipv6_extensions(*whole)) look_at(*whole);
        }
        require(fragments.held_bytes() <= (1 << 18));
    }
    fragments.finish(Time{hours{1}});
    require(fragments.held_bytes() == 0);
    return 0;
}
