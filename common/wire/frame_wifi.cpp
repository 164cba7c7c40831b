#include "wire/frame_wifi.hpp"

#include "wire/load.hpp"

namespace gbkit::wire {

namespace {

tl::unexpected<NotDecoded> no(std::string_view what) { return tl::unexpected<NotDecoded>(NotDecoded{what}); }

constexpr std::uint8_t data_type = 2, qos_subtype = 8, no_data_subtype = 4;

// Address 4 is there between access points, QoS in QoS data, HT control when QoS data has the order bit.
std::size_t header_bytes(std::uint8_t subtype, std::uint8_t flags) noexcept {
    std::size_t length = (flags & 3U) == 3U ? 30 : 24;
    if ((subtype & qos_subtype) != 0) length += (flags & 0x80U) != 0 ? 6 : 2;
    return length;
}

bool is_aggregate(ByteView bytes, std::size_t at, std::uint8_t subtype, std::uint8_t flags) noexcept {
    if ((subtype & qos_subtype) == 0) return false;
    return (bytes[at + ((flags & 3U) == 3U ? 30 : 24)] & 0x80U) != 0;
}

}  // namespace

Decoded<std::size_t> wifi_ethertype_at(ByteView bytes, std::size_t at, bool padded) {
    if (bytes.size() < at + 2) return no("802.11 header cut off");
    const std::uint8_t type = bytes[at] >> 2 & 3U, subtype = bytes[at] >> 4, flags = bytes[at + 1];
    if (type != data_type) return no(type == 0 ? "802.11 management" : "802.11 control");
    if ((subtype & no_data_subtype) != 0) return no("802.11 without data");
    if ((flags & 0x40U) != 0) return no("encrypted 802.11");
    std::size_t length = header_bytes(subtype, flags);
    if (bytes.size() < at + length) return no("802.11 header cut off");
    if (is_aggregate(bytes, at, subtype, flags)) return no("802.11 A-MSDU");
    if (padded) length = (length + 3) / 4 * 4;
    if (bytes.size() < at + length + 8) return no("802.11 header cut off");
    const bool snap = load32be(bytes, at + length) == 0xAAAA'0300 && load16be(bytes, at + length + 4) == 0;
    return snap ? Decoded<std::size_t>(at + length + 6) : no("802.11 without SNAP");
}

Decoded<Radiotap> read_radiotap(ByteView bytes) {
    if (bytes.size() < 8) return no("radiotap header cut off");
    Radiotap head{.length = load16le(bytes, 2)};
    if (head.length < 8) return no("bad radiotap header");
    if (head.length > bytes.size()) return no("radiotap header cut off");
    std::size_t fields = 8;  // a present word with bit 31 has another one behind it
    for (std::size_t word = 4; (load32le(bytes, word) & 0x8000'0000U) != 0; word += 4, fields += 4)
        if (fields + 4 > head.length) return no("bad radiotap header");
    const std::uint32_t present = load32le(bytes, 4);
    if ((present & 2U) == 0) return head;
    if ((present & 1U) != 0) fields = (fields + 7) / 8 * 8 + 8;  // TSFT, aligned to eight
    head.padded = fields < head.length && (bytes[fields] & 0x20U) != 0;
    return head;
}

}  // namespace gbkit::wire
