// The input of targets that look at conversations: packets one after the other, between one device and one platform.
//
//   | flags 1 | tenths of a second since the one before 1 | length 2, big-endian | payload |
//
// tests/mutants/seeds.cpp writes seeds in this form from the scenarios.
#pragma once

#include <algorithm>
#include <cstdint>

#include "proto/observe/packet.hpp"

namespace gbkit::fuzz {

// Flags. The last two bits are free for the target.
inline constexpr unsigned from_platform = 1, on_tcp = 2, media = 8, time_passes = 16, second_side = 32;

inline const Endpoint device{IpAddress::v4(0xC0A80140), 5060};
inline const Endpoint platform{IpAddress::v4(0xCB007109), 5060};

/// packet(flags, packet) for each.
template <class Each>
void each_recorded(ByteView bytes, Each each) {
    ByteReader reader(bytes);
    proto::Packet packet;
    packet.time = from_unix(1'700'000'000);
    std::uint64_t offsets[2] = {0, 0};
    while (reader.remaining() >= 4) {
        const std::uint8_t flags = reader.u8();
        packet.time += milliseconds(100) * reader.u8();
        const std::size_t length = reader.u16be();
        packet.bytes = reader.take(std::min(length, reader.remaining()));
        const bool down = (flags & from_platform) != 0;
        ++packet.number;
        packet.source = down ? platform : device;
        packet.destination = down ? device : platform;
        packet.transport = (flags & on_tcp) != 0 ? proto::Transport::tcp : proto::Transport::udp;
        packet.stream_offset = 0;
        if (packet.transport == proto::Transport::tcp) {
            packet.stream_offset = offsets[down];
            offsets[down] += packet.bytes.size();
        }
        each(flags, packet);
    }
}

}  // namespace gbkit::fuzz
