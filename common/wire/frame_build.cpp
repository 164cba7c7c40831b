#include "wire/frame_build.hpp"

#include <algorithm>
#include <array>

#include "wire/checksum.hpp"
#include "wire/frame_ip.hpp"

namespace gbkit::wire {

namespace {

using Address = std::array<std::uint8_t, 16>;

// The addresses as they go into the header.
struct Addresses {
    bool v6;
    Address source{}, destination{};
    [[nodiscard]] std::size_t length() const noexcept { return v6 ? 16 : 4; }
};

Address octets_of(const IpAddress& address, bool v6) noexcept {
    Address octets{};
    const ByteView bytes = address.bytes();
    if (v6 && !address.is_v6()) {
        if (!address.is_unspecified()) octets[10] = octets[11] = 0xFF;  // RFC 4291 section 2.5.5.2
        std::copy(bytes.begin(), bytes.end(), octets.begin() + 12);
    } else {
        std::copy(bytes.begin(), bytes.end(), octets.begin());
    }
    return octets;
}

Addresses ends_of(const IpAddress& source, const IpAddress& destination) noexcept {
    const bool v6 = source.is_v6() || destination.is_v6();
    return {v6, octets_of(source, v6), octets_of(destination, v6)};
}

// Appends the IP header of a packet with `length` bytes of payload.
void append_ip(Bytes& out, const Addresses& ends, std::uint8_t protocol, std::uint16_t id, std::size_t length) {
    ByteWriter writer(out);
    const std::size_t start = out.size();
    const ByteView source(ends.source.data(), ends.length()), destination(ends.destination.data(), ends.length());
    if (ends.v6) {
        writer.u32be(0x60000000U);
        writer.u16be(static_cast<std::uint16_t>(length));
        writer.u8(protocol);
        writer.u8(64);
    } else {
        writer.u16be(0x4500);
        writer.u16be(static_cast<std::uint16_t>(20 + length));
        writer.u16be(id);
        writer.u16be(0x4000);  // do not fragment
        writer.u8(64);
        writer.u8(protocol);
        writer.u16be(0);
    }
    writer.bytes(source);
    writer.bytes(destination);
    if (!ends.v6) store16be(out, start + 10, checksum_of(sum_of_words(ByteView(out).subspan(start))));
}

// The checksum over pseudo header and everything from `start` (RFC 768, RFC 9293, RFC 8200 section 8.1).
void fill_checksum(Bytes& out, const Addresses& ends, std::uint8_t protocol, std::size_t start, std::size_t at) noexcept {
    const ByteView source(ends.source.data(), ends.length()), destination(ends.destination.data(), ends.length());
    const std::uint64_t pseudo = sum_of_words(source) + sum_of_words(destination) + protocol + (out.size() - start);
    const std::uint16_t sum = checksum_of(sum_of_words(ByteView(out).subspan(start), pseudo));
    store16be(out, at, sum == 0 && protocol == ip_protocol::udp ? std::uint16_t{0xFFFF} : sum);  // 0 means none
}

void append_udp_header(Bytes& out, std::uint16_t source, std::uint16_t destination, std::size_t length) {
    ByteWriter writer(out);
    writer.u16be(source);
    writer.u16be(destination);
    writer.u16be(static_cast<std::uint16_t>(length));
    writer.u16be(0);
}

std::uint8_t icmpv6_code(std::uint8_t code) noexcept {
    if (code == 3) return 4;                   // port unreachable
    if (code == 1) return 3;                   // host, address unreachable
    return code == 0 ? std::uint8_t{0} : std::uint8_t{1};  // no route; else prohibited
}

}  // namespace

std::size_t max_udp_payload(const Endpoint& source, const Endpoint& destination) noexcept {
    return source.address.is_v6() || destination.address.is_v6() ? 65535 - 8 : 65535 - 28;
}

void append_udp(Bytes& out, const Endpoint& source, const Endpoint& destination, std::uint16_t id, ByteView payload,
                std::size_t cut) {
    const Addresses ends = ends_of(source.address, destination.address);
    const std::size_t length = 8 + payload.size() + cut;
    append_ip(out, ends, ip_protocol::udp, id, length);
    const std::size_t start = out.size();
    append_udp_header(out, source.port, destination.port, length);
    out.insert(out.end(), payload.begin(), payload.end());
    if (cut == 0) fill_checksum(out, ends, ip_protocol::udp, start, start + 6);
}

void append_tcp(Bytes& out, const Endpoint& source, const Endpoint& destination, std::uint16_t id, const TcpFields& fields,
                ByteView payload) {
    const Addresses ends = ends_of(source.address, destination.address);
    append_ip(out, ends, ip_protocol::tcp, id, 20 + payload.size());
    const std::size_t start = out.size();
    ByteWriter writer(out);
    writer.u16be(source.port);
    writer.u16be(destination.port);
    writer.u32be(fields.sequence);
    writer.u32be(fields.acknowledgement);
    const unsigned flags = (fields.fin ? 0x01U : 0U) | (fields.syn ? 0x02U : 0U) | (fields.rst ? 0x04U : 0U) | (fields.ack ? 0x10U : 0U) |
                           (payload.empty() ? 0U : 0x08U);  // PSH
    writer.u16be(static_cast<std::uint16_t>(0x5000U | flags));
    writer.u16be(65535);  // window
    writer.u32be(0);      // checksum, urgent pointer
    writer.bytes(payload);
    fill_checksum(out, ends, ip_protocol::tcp, start, start + 16);
}

void append_unreachable(Bytes& out, const Endpoint& source, const Endpoint& destination, std::uint16_t id, std::uint8_t code) {
    const Addresses back = ends_of(destination.address, source.address);
    const Addresses ends = ends_of(source.address, destination.address);
    const std::size_t inner = (ends.v6 ? 40 : 20) + 8;
    const std::uint8_t protocol = back.v6 ? ip_protocol::icmpv6 : ip_protocol::icmp;
    append_ip(out, back, protocol, id, 8 + inner);
    const std::size_t start = out.size();
    ByteWriter writer(out);
    writer.u8(back.v6 ? 1 : 3);
    writer.u8(back.v6 ? icmpv6_code(code) : code);
    writer.u16be(0);
    writer.u32be(0);
    append_ip(out, ends, ip_protocol::udp, 0, 8);
    append_udp_header(out, source.port, destination.port, 8);
    if (back.v6)
        fill_checksum(out, back, protocol, start, start + 2);
    else
        store16be(out, start + 2, checksum_of(sum_of_words(ByteView(out).subspan(start))));
}

}  // namespace gbkit::wire
