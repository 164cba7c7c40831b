// io/capture_writer: what is written is what is read, by us and by anybody.
#include "io/capture_writer.hpp"

#include <csignal>
#include <fstream>
#include <iterator>

#include <doctest/doctest.h>
#include <sys/resource.h>

#include "unit/io/capture_runs.hpp"
#include "unit/wire/frames.hpp"

using namespace gbkit;
using namespace gbkit::test;
using namespace gbkit::io;

namespace {

proto::Packet packet_of(const Endpoint& from, const Endpoint& to, std::string_view bytes, std::int64_t microsecond,
                        proto::Transport transport = proto::Transport::udp, std::uint64_t offset = 0, std::uint64_t gap = 0) {
    proto::Packet packet;
    packet.source = from;
    packet.destination = to;
    packet.bytes = as_bytes(bytes);
    packet.time = at(microsecond);
    packet.transport = transport;
    packet.stream_offset = offset;
    packet.gap = gap;
    return packet;
}

const Endpoint device{ip("192.0.2.10"), 40312}, platform{ip("192.0.2.1"), 5060};
const Endpoint device6{ip("2001:db8::10"), 40312}, platform6{ip("2001:db8::1"), 5060};

}  // namespace

TEST_CASE("UDP packets and ICMP errors come back as they were") {
    const TemporaryFolder folder;
    const std::string name = folder.file("out.pcapng");
    {
        CaptureWriter writer(name);
        writer.write(packet_of(device, platform, "REGISTER", 1));
        writer.write(packet_of(platform, device, "401", 2));
        writer.write(packet_of(device6, platform6, "over IPv6", 3));
        writer.write(packet_of(device, platform, "", 4));
        writer.write(packet_of(device, platform, "REGISTER", 5));   // the same again within 10 ms: not a copy
        writer.unreachable({0, at(6), device, platform, 3});
        writer.unreachable({0, at(7), device6, platform6, 3});
        writer.close();
        CHECK(writer.packets() == 7);
    }
    const CaptureRun run = read_files({name});
    CHECK_FALSE(run.facts.files[0].cut);
    CHECK(run.facts.not_decoded.empty());
    CHECK(run.facts.duplicates == 0);
    REQUIRE(run.packets.size() == 5);
    CHECK(run.packets[0].bytes == "REGISTER");
    CHECK(run.packets[0].packet.source == device);
    CHECK(run.packets[0].packet.destination == platform);
    CHECK(run.packets[0].packet.time == at(1));
    CHECK(run.packets[2].packet.source == device6);
    CHECK(run.packets[2].bytes == "over IPv6");
    REQUIRE(run.unreachable.size() == 2);
    CHECK(run.unreachable[0].destination == platform);
    CHECK(run.unreachable[1].destination == platform6);
    CHECK(run.unreachable[1].code == 3);
}

TEST_CASE("TCP comes back as the same streams, both directions, gaps included") {
    const TemporaryFolder folder;
    const std::string name = folder.file("out.pcapng");
    const std::string big(5000, 'b');
    const auto tcp = proto::Transport::tcp;
    {
        CaptureWriter writer(name);
        writer.write(packet_of(device6, platform6, "hello", 1, tcp));
        writer.write(packet_of(platform6, device6, "answer", 2, tcp));
        writer.write(packet_of(device6, platform6, big, 3, tcp, 5));
        writer.write(packet_of(device6, platform6, "after", 4, tcp, 5 + 5000 + 7, 7));
        writer.write(packet_of(device6, platform6, "new connection", 5, tcp));
        writer.write(packet_of(platform6, device6, "new answer", 6, tcp));
        writer.write(packet_of(device, platform, "met in the middle", 7, proto::Transport::tls, 1000));
        writer.close();
    }
    const CaptureRun run = read_files({name});
    CHECK(run.facts.not_decoded.empty());
    std::string forward, back, middle;
    for (const KeptPacket& kept : run.packets) {
        std::string& stream = kept.packet.source == device6 ? forward : kept.packet.source == platform6 ? back : middle;
        if (kept.packet.stream_offset == 0 && !stream.empty()) stream += "|";
        if (kept.packet.gap > 0) stream += "[" + std::to_string(kept.packet.gap) + "]";
        stream += kept.bytes;
    }
    CHECK(forward == "hello" + big + "[7]after|new connection");
    CHECK(back == "answer|new answer");
    CHECK(middle == "met in the middle");
}

TEST_CASE("a connection ends in the capture as it ended: FIN of both, a RST, or an attempt that led nowhere") {
    using Kind = proto::ConnectionChange::Kind;
    const TemporaryFolder folder;
    const std::string name = folder.file("out.pcapng");
    const auto change = [](Kind kind, const Endpoint& from, const Endpoint& to, std::int64_t microsecond) {
        proto::ConnectionChange it{};
        it.kind = kind;
        it.time = at(microsecond);
        it.local = from;
        it.peer = to;
        return it;
    };
    const Endpoint other{ip("192.0.2.11"), 40000};
    {
        CaptureWriter writer(name);
        writer.write(packet_of(device, platform, "hello", 1, proto::Transport::tcp));
        writer.write(packet_of(platform, device, "answer", 2, proto::Transport::tcp));
        writer.connection(change(Kind::opened, device, platform, 3));           // nothing
        writer.connection(change(Kind::closed_by_us, device, platform, 3));     // 3 segments
        writer.write(packet_of(device, platform, "once more", 4, proto::Transport::tls));
        writer.connection(change(Kind::broken, device, platform, 5));           // 1
        writer.connection(change(Kind::refused, other, platform, 6));           // 2
        writer.connection(change(Kind::silent, other, platform, 7));            // 1
        writer.connection(change(Kind::closed_by_peer, other, platform, 8));    // nothing was ever said: 0
        writer.close();
        CHECK(writer.packets() == 3 + 2 + 3 + 3 + 1 + 1 + 2 + 1);
    }
    // Flags of each segment, from who to whom.
    std::string flags;
    const std::string bytes = [&] {
        std::ifstream file(name, std::ios::binary);
        return std::string{std::istreambuf_iterator<char>(file), {}};
    }();
    for (std::size_t i = 0; i + 40 < bytes.size(); ++i)
        if (bytes[i] == 0x45 && bytes[i + 9] == 6 && bytes[i + 12] == static_cast<char>(192)) flags += to_hex(as_bytes(bytes.substr(i + 33, 1))) + ' ';
    CHECK(flags == "02 12 10 18 18 11 11 10 02 12 10 18 14 02 14 02 ");
    const CaptureRun run = read_files({name});
    CHECK(run.facts.not_decoded.empty());
    std::string streams;
    for (const KeptPacket& kept : run.packets) streams += kept.bytes + (kept.packet.gap > 0 ? "[gap]" : "|");
    CHECK(streams == "hello|answer|once more|");
}

TEST_CASE("a datagram cut by a snap length stays cut") {
    const TemporaryFolder folder;
    const std::string name = folder.file("out.pcapng");
    proto::Packet packet = packet_of(device, platform, "REGIS", 1);
    packet.cut = 300;
    {
        CaptureWriter writer(name);
        writer.write(packet);
    }
    const CaptureRun run = read_files({name});
    REQUIRE(run.packets.size() == 1);
    CHECK(run.packets[0].bytes == "REGIS");
    CHECK(run.packets[0].packet.cut == 300);
    CHECK(run.facts.cut_frames == 1);
}

TEST_CASE("a killed program leaves a readable file") {
    const TemporaryFolder folder;
    const std::string name = folder.file("out.pcapng");
    CaptureWriter writer(name);
    CHECK(read_files({name}).facts.frames == 0);
    for (int i = 0; i < 500; ++i) writer.write(packet_of(device, platform, std::string(300, 'x'), i));
    const CaptureRun early = read_files({name});
    CHECK(early.facts.frames > 100);   // 64 KiB have been written
    CHECK_FALSE(early.facts.files[0].cut);
    writer.write(packet_of(device, platform, "a second later", 1'500'000));
    CHECK(read_files({name}).facts.frames == 501);
    writer.write(packet_of(device, platform, "not yet", 1'500'001));
    writer.flush();
    CHECK(read_files({name}).facts.frames == 502);
}

TEST_CASE("when the room ends the failure is thrown once and whole blocks stay") {
    const TemporaryFolder folder;
    const std::string name = folder.file("out.pcapng");
    struct rlimit before {};
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
    const struct rlimit small { 100'000, before.rlim_max };
    const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
    CaptureWriter writer(name);
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
    int failures = 0;
    for (int i = 0; i < 1000; ++i) {
        try {
            writer.write(packet_of(device, platform, std::string(500, 'x'), i));
        } catch (const CaptureError& error) {
            ++failures;
            CHECK(std::string(error.what()) == "cannot write " + name + ": file too large");
        }
    }
    ::setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, old_handler);
    CHECK(failures == 1);
    CHECK_NOTHROW(writer.close());
    const CaptureRun run = read_files({name});
    CHECK(run.facts.frames > 50);
    CHECK_FALSE(run.facts.files[0].cut);
}

TEST_CASE("a place that cannot be written is told at once, a full disk once") {
    try {
        CaptureWriter writer("/nonexistent/out.pcapng");
        FAIL("opened");
    } catch (const CaptureError& error) {
        CHECK(std::string(error.what()) == "cannot write /nonexistent/out.pcapng: no such file or directory");
        CHECK(error.system);
    }
    if (!std::filesystem::exists("/dev/full")) return;
    CHECK_THROWS_WITH_AS(CaptureWriter("/dev/full"), "cannot write /dev/full: no space left on device", CaptureError);
}
