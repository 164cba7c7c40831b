// rtpdump: the same packets whatever the cuts; files that break off or lie.
#include <doctest/doctest.h>

#include <string>

#include "unit/wire/rtp/samples.hpp"
#include "wire/rtp/rtpdump.hpp"

using namespace gbkit;
using namespace gbkit::wire::rtp;
namespace samples = gbkit::test::rtp;

namespace {

Bytes head() {
    Bytes file;
    ByteWriter writer(file);
    writer.bytes(as_bytes("#!rtpplay1.0 192.0.2.1/5004\n"));
    writer.u32be(1'600'000'000);
    writer.u32be(250'000);
    writer.zeros(8);
    return file;
}

void add(Bytes& file, const Bytes& packet, std::uint32_t ms, std::uint16_t packet_length) {
    ByteWriter writer(file);
    writer.u16be(static_cast<std::uint16_t>(packet.size() + 8));
    writer.u16be(packet_length);
    writer.u32be(ms);
    writer.bytes(packet);
}

struct Outcome {
    std::vector<Bytes> packets;
    std::vector<DumpedPacket> heads;  // their bytes are gone
    std::optional<Error> defect;
};

Outcome read(const Bytes& file, std::size_t cut) {
    Outcome outcome;
    RtpdumpReader reader([&](const DumpedPacket& packet) {
        outcome.packets.emplace_back(packet.bytes.begin(), packet.bytes.end());
        outcome.heads.push_back(packet);
    });
    for (std::size_t at = 0; at < file.size(); at += cut) reader.push(ByteView(file).subspan(at, std::min(cut, file.size() - at)));
    reader.finish();
    outcome.defect = reader.defect();
    return outcome;
}

}  // namespace

TEST_CASE("rtpdump: RTP, RTCP and a packet of which only the head was kept") {
    const auto packets = samples::packets(2);
    Bytes file = head();
    add(file, packets[0], 0, static_cast<std::uint16_t>(packets[0].size()));
    add(file, samples::sender_report(), 40, 0);
    add(file, Bytes(packets[1].begin(), packets[1].begin() + 20), 80, static_cast<std::uint16_t>(packets[1].size()));
    CHECK(looks_like_rtpdump(as_text(file)));
    for (const std::size_t cut : {file.size(), std::size_t{1}, std::size_t{17}}) {
        const Outcome outcome = read(file, cut);
        CHECK_FALSE(outcome.defect);
        REQUIRE(outcome.packets.size() == 3);
        CHECK(outcome.packets[0] == packets[0]);
        CHECK(outcome.heads[0].time == from_unix(1'600'000'000, 250'000'000));
        CHECK(outcome.heads[0].offset == head().size() + 8);
        CHECK(outcome.heads[1].rtcp);
        CHECK(outcome.heads[1].time - outcome.heads[0].time == milliseconds(40));
        CHECK(outcome.heads[2].cut == packets[1].size() - 20);
        CHECK(outcome.heads[2].number == 3);
    }
    for (std::size_t size = 0; size < file.size(); ++size) {
        const Outcome outcome = read(Bytes(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(size)), 64);
        CHECK(outcome.packets.size() <= 3);
    }
    CHECK(read(Bytes(file.begin(), file.end() - 1), 64).defect->code == Errc::truncated);
}

TEST_CASE("rtpdump: what is no rtpdump, and records that lie") {
    CHECK_FALSE(looks_like_rtpdump("#!rtpplay2.0 "));
    CHECK(read(Bytes{'G', 'I', 'F'}, 1).defect->code == Errc::malformed);
    Bytes endless = {};
    ByteWriter(endless).bytes(as_bytes("#!rtpplay1.0 "));
    endless.resize(5000, 'x');
    CHECK(read(endless, 100).defect->code == Errc::malformed);
    Bytes file = head();
    ByteWriter(file).u32be(0x0007'0000);  // a record of 7 bytes
    ByteWriter(file).zeros(100);
    const Outcome outcome = read(file, 10);
    CHECK(outcome.packets.empty());
    CHECK(outcome.defect->code == Errc::malformed);
    CHECK(outcome.defect->offset == head().size());
}
