// IEEE 802.11 data frames: the header in front of LLC/SNAP, and the radiotap head that captures put before it.
//
//   radiotap (127)  | version 1 | pad 1 | length 2, little-endian | present 4 ... | fields |
//   802.11 (105)    | frame control 2 | duration 2 | address 1, 2, 3 | sequence 2 | address 4? | QoS 2? | HT 4? | LLC/SNAP 8 |
//
// Management and control frames, encrypted data and aggregates carry nothing that can be read: they are named.
#pragma once

#include <cstdint>

#include "wire/frame_ip.hpp"

namespace gbkit::wire {

/// Where the ethertype of LLC/SNAP stands in the frame, or what the frame is instead. `at`: where 802.11 begins.
[[nodiscard]] Decoded<std::size_t> wifi_ethertype_at(ByteView bytes, std::size_t at, bool padded = false);

struct Radiotap {
    std::size_t length = 0;   // where the 802.11 header begins
    bool padded = false;      // its header is padded to four bytes
};
[[nodiscard]] Decoded<Radiotap> read_radiotap(ByteView bytes);

}  // namespace gbkit::wire
