// wire/ip_fragments: any order, copies, contradictions, time and memory.
#include "wire/ip_fragments.hpp"

#include <algorithm>
#include <random>

#include <doctest/doctest.h>

#include "unit/wire/frames.hpp"
#include "wire/frame.hpp"
#include "wire/frame_transport.hpp"

using namespace gbkit;
using namespace gbkit::test;
using namespace gbkit::wire;

namespace {

Bytes counted(std::size_t size) {
    Bytes bytes(size);
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(i * 7 + i / 256);
    return bytes;
}

struct Piece {
    std::size_t offset, length;
    bool more;
};

// Decoded fragments keep views: the bytes live here.
struct Fragments {
    std::vector<Bytes> packets = {};
    std::vector<IpPacket> decoded() const {
        std::vector<IpPacket> all;
        for (const Bytes& packet : packets) all.push_back(decode_frame(link_type::raw, packet, packet.size())->ip);
        return all;
    }
};

Fragments cut(const Bytes& whole, const std::vector<Piece>& pieces, bool v6 = false) {
    Fragments result;
    for (const Piece& piece : pieces) {
        const auto begin = whole.begin() + static_cast<std::ptrdiff_t>(piece.offset);
        const Bytes part(begin, begin + static_cast<std::ptrdiff_t>(piece.length));
        const Ip place{.id = 42, .offset = static_cast<std::uint32_t>(piece.offset), .more = piece.more};
        result.packets.push_back(v6 ? ipv6({"2001:db8::1", "2001:db8::2", 44}, fragment_header(17, place, part)) : ipv4(place, part));
    }
    return result;
}

// A capture that began long before and ends long after.
IpFragments middle() { return IpFragments({}, at(-1'000'000)); }

const std::vector<Piece> three{{0, 1480, true}, {1480, 1480, true}, {2960, 48, false}};

}  // namespace

TEST_CASE("fragments in any order make the datagram, IPv4 and IPv6") {
    const Bytes whole = udp(5060, 5061, counted(3000));
    for (const bool v6 : {false, true}) {
        std::vector<std::size_t> order{0, 1, 2};
        do {
            const Fragments fragments = cut(whole, three, v6);
            IpFragments reassembly = middle();
            std::optional<IpPacket> result;
            for (const std::size_t i : order) {
                CHECK_FALSE(result);
                result = reassembly.push(fragments.decoded()[i], at(0));
            }
            REQUIRE(result);
            CHECK(std::equal(result->payload.begin(), result->payload.end(), whole.begin(), whole.end()));
            CHECK_FALSE(result->fragment);
            CHECK(decode_udp(*result)->payload.size() == 3000);
            reassembly.finish(at(100'000'000));
            CHECK(reassembly.counts().incomplete == 0);
            CHECK(reassembly.held_bytes() == 0);
        } while (std::next_permutation(order.begin(), order.end()));
    }
}

TEST_CASE("a missing fragment is told at the end, or after 30 s of capture time") {
    const Bytes whole = udp(1, 2, counted(3000));
    const Fragments fragments = cut(whole, three);
    IpFragments reassembly = middle();
    CHECK_FALSE(reassembly.push(fragments.decoded()[0], at(0)));
    CHECK_FALSE(reassembly.push(fragments.decoded()[2], at(10)));
    CHECK(reassembly.counts().incomplete == 0);
    CHECK_FALSE(reassembly.push(fragments.decoded()[1], at(31'000'000)));  // too late: a datagram of its own now
    CHECK(reassembly.counts().incomplete == 1);
    reassembly.finish(at(100'000'000));
    CHECK(reassembly.counts().incomplete == 2);
    CHECK(reassembly.held_bytes() == 0);
}

TEST_CASE("copies are harmless, contradictions refuse the datagram") {
    const Bytes whole = udp(1, 2, counted(3000));
    Fragments fragments = cut(whole, {{0, 1480, true}, {0, 1480, true}, {800, 1600, true}, {1480, 1480, true}, {2960, 48, false}});
    IpFragments reassembly = middle();
    std::optional<IpPacket> result;
    for (const IpPacket& fragment : fragments.decoded()) result = reassembly.push(fragment, at(0));
    REQUIRE(result);  // the overlap said the same
    CHECK(std::equal(result->payload.begin(), result->payload.end(), whole.begin(), whole.end()));

    fragments.packets[2][40] ^= 1;  // now it does not
    IpFragments strict = middle();
    for (const IpPacket& fragment : fragments.decoded()) CHECK_FALSE(strict.push(fragment, at(0)));
    CHECK(strict.counts().conflicting == 1);
    strict.finish(at(100'000'000));
    CHECK(strict.counts().incomplete == 0);
}

TEST_CASE("fragments that cannot be are refused") {
    const Bytes whole = udp(1, 2, counted(3000));
    const auto refused = [&](const std::vector<Piece>& pieces) {
        const Fragments fragments = cut(whole, pieces);
        IpFragments reassembly = middle();
        for (const IpPacket& fragment : fragments.decoded()) CHECK_FALSE(reassembly.push(fragment, at(0)));
        return reassembly.counts().conflicting;
    };
    CHECK(refused({{0, 100, true}}) == 1);                       // not a multiple of 8, and not the last
    CHECK(refused({{16, 16, false}, {8, 40, true}}) == 1);       // beyond the last
    CHECK(refused({{8, 40, true}, {16, 16, false}}) == 1);
    CHECK(refused({{8, 40, false}, {8, 48, false}}) == 1);       // two ends
    CHECK(refused({{8, 0, true}}) == 1);                         // nothing in it
    IpPacket huge;
    huge.fragment = true;
    huge.fragment_offset = 65528;
    const Bytes payload(16);
    huge.payload = payload;
    IpFragments reassembly = middle();
    CHECK_FALSE(reassembly.push(huge, at(0)));                   // beyond 65535, the "ping of death"
    CHECK(reassembly.counts().conflicting == 1);
}

TEST_CASE("late copies after the whole are not a missing datagram; a new one of the same id is one") {
    const Bytes whole = udp(1, 2, counted(3000));
    const Fragments fragments = cut(whole, three);
    IpFragments reassembly = middle();
    for (const std::size_t i : {0U, 1U, 2U}) (void)reassembly.push(fragments.decoded()[i], at(0));
    CHECK_FALSE(reassembly.push(fragments.decoded()[2], at(50'000)));
    reassembly.finish(at(100'000'000));
    CHECK(reassembly.counts().incomplete == 0);

    IpFragments reuse = middle();
    for (const std::size_t i : {0U, 1U, 2U}) (void)reuse.push(fragments.decoded()[i], at(0));
    std::optional<IpPacket> again;
    for (const std::size_t i : {0U, 1U, 2U}) again = reuse.push(fragments.decoded()[i], at(50'000));
    CHECK(again);
    CHECK_FALSE(reuse.push(fragments.decoded()[0], at(5'000'000)));
    reuse.finish(at(100'000'000));
    CHECK(reuse.counts().incomplete == 1);
}

TEST_CASE("in IPv6 only the first fragment names the protocol, RFC 8200 4.5") {
    const Bytes whole = udp(1, 2, counted(3000));
    Fragments fragments = cut(whole, three, true);
    fragments.packets[1][40] = fragments.packets[2][40] = 59;  // next header of the fragment headers
    IpFragments reassembly = middle();
    std::optional<IpPacket> result;
    for (const std::size_t i : {2U, 0U, 1U}) result = reassembly.push(fragments.decoded()[i], at(0));
    REQUIRE(result);
    CHECK(result->protocol == 17);
}

TEST_CASE("memory and number are bounded, the oldest go first") {
    IpFragments reassembly({.bytes = 1 << 20, .datagrams = 100, .timeout = seconds{30}}, at(-1'000'000));
    const Bytes payload(8);
    for (std::uint32_t id = 0; id < 10'000; ++id) {
        IpPacket packet;
        packet.fragment = packet.more_fragments = true;
        packet.id = id;
        packet.fragment_offset = 65520;
        packet.payload = payload;
        CHECK_FALSE(reassembly.push(packet, at(id)));
        REQUIRE(reassembly.held_bytes() <= (1 << 20));
    }
    CHECK(reassembly.counts().incomplete > 9000);
}

TEST_CASE("a fragment cut by the snap length leaves the datagram incomplete") {
    const Bytes whole = udp(1, 2, counted(3000));
    const Fragments fragments = cut(whole, three);
    auto decoded = fragments.decoded();
    decoded[1].payload = decoded[1].payload.first(100);
    decoded[1].cut = 1380;
    IpFragments reassembly = middle();
    for (const IpPacket& fragment : decoded) CHECK_FALSE(reassembly.push(fragment, at(0)));
    reassembly.finish(at(100'000'000));
    CHECK(reassembly.counts().incomplete == 1);
}

TEST_CASE("random cuts in random order always give the datagram back") {
    std::mt19937 random(7);
    for (int round = 0; round < 200; ++round) {
        const Bytes whole = udp(1, 2, counted(random() % 5000 + 64));
        std::vector<Piece> pieces;
        for (std::size_t offset = 0; offset < whole.size();) {
            const std::size_t length = std::min<std::size_t>((random() % 60 + 1) * 8, whole.size() - offset);
            pieces.push_back({offset, length, offset + length < whole.size()});
            offset += length;
        }
        if (pieces.size() == 1) continue;
        std::shuffle(pieces.begin(), pieces.end(), random);
        const Fragments fragments = cut(whole, pieces);
        IpFragments reassembly = middle();
        std::optional<IpPacket> result;
        for (const IpPacket& fragment : fragments.decoded()) result = reassembly.push(fragment, at(0));
        REQUIRE(result);
        CHECK(std::equal(result->payload.begin(), result->payload.end(), whole.begin(), whole.end()));
    }
}
