// Hand-made frames and capture files for tests; written apart from wire/frame_build so that one checks the other.
#pragma once

#include <initializer_list>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/endpoint.hpp"
#include "base/time.hpp"

namespace gbkit::test {

inline Bytes join(std::initializer_list<Bytes> parts) {
    Bytes all;
    for (const Bytes& part : parts) all.insert(all.end(), part.begin(), part.end());
    return all;
}
inline Bytes text(std::string_view value) { return Bytes(value.begin(), value.end()); }
inline Bytes number(std::uint64_t value, std::size_t width, bool big = true) {
    Bytes bytes(width);
    for (std::size_t i = 0; i < width; ++i) bytes[big ? width - 1 - i : i] = static_cast<std::uint8_t>(value >> (8 * i));
    return bytes;
}
inline Bytes hex(std::string_view digits) { return from_hex(digits).value(); }
inline IpAddress ip(std::string_view value) { return IpAddress::parse(value).value(); }
inline Bytes octets(std::string_view address) {
    const IpAddress value = ip(address);
    return Bytes(value.bytes().begin(), value.bytes().end());
}

struct Ip {
    std::string_view source = "10.0.0.1";
    std::string_view destination = "10.0.0.2";
    std::uint8_t protocol = 17;
    std::uint32_t id = 7;
    std::uint8_t ttl = 64;
    std::uint32_t offset = 0;     // of a fragment, bytes
    bool more = false;
    Bytes options = {};           // IPv4, a multiple of 4
};
inline Bytes ipv4(const Ip& ip, const Bytes& payload) {
    const std::size_t header = 20 + ip.options.size();
    return join({{static_cast<std::uint8_t>(0x40 | header / 4), 0}, number(header + payload.size(), 2), number(ip.id, 2),
                 number((ip.more ? 0x2000U : 0U) | ip.offset / 8, 2), {ip.ttl, ip.protocol, 0, 0}, octets(ip.source),
                 octets(ip.destination), ip.options, payload});
}
inline Bytes ipv6(const Ip& ip, const Bytes& payload) {
    return join({hex("60000000"), number(payload.size(), 2), {ip.protocol, ip.ttl}, octets(ip.source), octets(ip.destination), payload});
}
/// An IPv6 fragment header in front of `payload`, whose protocol is `next`.
inline Bytes fragment_header(std::uint8_t next, const Ip& ip, const Bytes& payload) {
    return join({{next, 0}, number(ip.offset | (ip.more ? 1U : 0U), 2), number(ip.id, 4), payload});
}
inline Bytes udp(std::uint16_t source, std::uint16_t destination, const Bytes& payload) {
    return join({number(source, 2), number(destination, 2), number(8 + payload.size(), 2), number(0, 2), payload});
}
inline Bytes tcp(std::uint16_t source, std::uint16_t destination, std::uint32_t sequence, std::uint32_t acknowledgement,
                 std::uint8_t flags, const Bytes& payload) {
    return join({number(source, 2), number(destination, 2), number(sequence, 4), number(acknowledgement, 4), {0x50, flags},
                 number(1000, 2), number(0, 4), payload});
}
inline constexpr std::uint8_t fin = 1, syn = 2, rst = 4, ack = 16;

inline Bytes ethernet(const Bytes& payload, std::uint16_t type = 0x0800, const std::vector<std::uint16_t>& vlans = {}) {
    Bytes frame = hex("020000000002020000000001");
    for (const std::uint16_t vlan : vlans) frame = join({frame, number(0x8100, 2), number(vlan, 2)});
    return join({frame, number(type, 2), payload});
}

/// A classic pcap file.
struct Pcap {
    bool big = false;
    bool nano = false;
    std::uint32_t link_type = 1;
    Bytes bytes = {};

    Pcap& add(Time time, const Bytes& frame, std::size_t wire_length = 0) {
        if (bytes.empty()) start();
        const auto ns = static_cast<std::uint64_t>(time.time_since_epoch().count());
        const std::uint64_t fraction = ns % 1'000'000'000 / (nano ? 1 : 1000);
        bytes = join({bytes, number(ns / 1'000'000'000, 4, big), number(fraction, 4, big), number(frame.size(), 4, big),
                      number(wire_length == 0 ? frame.size() : wire_length, 4, big), frame});
        return *this;
    }
    void start() {
        bytes = join({number(nano ? 0xA1B23C4DU : 0xA1B2C3D4U, 4, big), number(2, 2, big), number(4, 2, big), number(0, 8, big),
                      number(65535, 4, big), number(link_type, 4, big)});
    }
};

/// pcapng blocks in either byte order.
struct Pcapng {
    bool big = false;
    Bytes bytes = {};

    Pcapng& block(std::uint32_t type, const Bytes& body) {
        const Bytes padding((4 - body.size() % 4) % 4);
        const std::size_t length = 12 + body.size() + padding.size();
        bytes = join({bytes, number(type, 4, big), number(length, 4, big), body, padding, number(length, 4, big)});
        return *this;
    }
    Pcapng& section() { return block(0x0A0D0D0A, join({number(0x1A2B3C4D, 4, big), number(1, 2, big), number(0, 2, big), Bytes(8, 0xFF)})); }
    Pcapng& interface(std::uint16_t link_type, const Bytes& options = {}, std::uint32_t snap = 0) {
        return block(1, join({number(link_type, 2, big), number(0, 2, big), number(snap, 4, big), options}));
    }
    Bytes option(std::uint16_t code, const Bytes& value) const {
        return join({number(code, 2, big), number(value.size(), 2, big), value, Bytes((4 - value.size() % 4) % 4)});
    }
    Pcapng& packet(std::uint32_t interface, std::uint64_t ticks, const Bytes& frame, std::size_t wire_length = 0) {
        return block(6, join({number(interface, 4, big), number(ticks >> 32, 4, big), number(ticks & 0xFFFFFFFFU, 4, big),
                              number(frame.size(), 4, big), number(wire_length == 0 ? frame.size() : wire_length, 4, big), frame}));
    }
};

inline Time at(std::int64_t microsecond) { return Time{microseconds{1'700'000'000'000'000 + microsecond}}; }

}  // namespace gbkit::test
