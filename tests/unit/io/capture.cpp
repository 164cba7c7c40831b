// io/capture: files, .gz, several at once, and what becomes of the frames in them.
#include "io/capture.hpp"

#include <cstdlib>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <zlib.h>

#include "unit/io/capture_runs.hpp"
#include "unit/wire/frames.hpp"

using namespace gbkit;
using namespace gbkit::test;
using namespace gbkit::io;

namespace {

Bytes gzip(const Bytes& bytes) {
    z_stream stream{};
    REQUIRE(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    Bytes out(deflateBound(&stream, static_cast<uLong>(bytes.size())));
    stream.next_in = const_cast<Bytef*>(bytes.data());
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = out.data();
    stream.avail_out = static_cast<uInt>(out.size());
    REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

Bytes udp_frame(std::uint32_t id, std::string_view payload) { return ethernet(ipv4({.id = id}, udp(5060, 5061, text(payload)))); }
Bytes tcp_frame(bool back, std::uint32_t sequence, std::uint32_t acknowledgement, std::uint8_t flags, std::string_view payload) {
    static std::uint32_t id = 1;
    const Ip ip = back ? Ip{"10.0.0.2", "10.0.0.1", 6, ++id} : Ip{"10.0.0.1", "10.0.0.2", 6, ++id};
    return ethernet(ipv4(ip, back ? tcp(5060, 40000, sequence, acknowledgement, flags, text(payload))
                                  : tcp(40000, 5060, sequence, acknowledgement, flags, text(payload))));
}

// A file with noise of compressible and incompressible kinds, longer than one chunk of the reader.
Bytes long_file(std::size_t frames) {
    Pcap file;
    file.start();
    for (std::size_t i = 0; i < frames; ++i) {
        Bytes payload(1200, static_cast<std::uint8_t>(i));
        for (std::size_t k = 0; k < 400; ++k) payload[k] = static_cast<std::uint8_t>(i * 167 + k * k * 13);
        const Bytes frame = ethernet(ipv4({.id = static_cast<std::uint32_t>(i + 1)}, udp(1, 2, payload)));
        const Bytes record = Pcap{.bytes = text("?")}.add(at(static_cast<std::int64_t>(i) * 100), frame).bytes;
        file.bytes.insert(file.bytes.end(), record.begin() + 1, record.end());
    }
    return file.bytes;
}

std::string error_of(const std::vector<std::string>& names, bool& system) {
    try {
        (void)read_captures(names, {}, {});
    } catch (const CaptureError& error) {
        system = error.system;
        return error.what();
    }
    return "no error";
}

}  // namespace

TEST_CASE("a UDP packet has its number, time, ends and bytes") {
    const CaptureRun run = read_bytes(Pcap{}.add(at(0), ethernet(Bytes(46), 0x0806)).add(at(5), udp_frame(1, "hello")).bytes);
    REQUIRE(run.packets.size() == 1);
    const proto::Packet& packet = run.packets[0].packet;
    CHECK(run.packets[0].bytes == "hello");
    CHECK(packet.number == 2);
    CHECK(packet.time == at(5));
    CHECK(packet.source.text() == "10.0.0.1:5060");
    CHECK(packet.destination.text() == "10.0.0.2:5061");
    CHECK(packet.transport == proto::Transport::udp);
    CHECK(packet.cut == 0);
    CHECK(run.facts.frames == 2);
    CHECK(run.facts.udp == 1);
    CHECK(run.facts.first == at(0));
    CHECK(run.facts.last == at(5));
    CHECK(run.facts.not_decoded.at("ARP") == 1);
    REQUIRE(run.facts.files.size() == 1);
    CHECK(run.facts.files[0].format == "pcap");
    CHECK(run.facts.files[0].link_types == std::vector<std::string>{"Ethernet"});
    CHECK_FALSE(run.facts.files[0].cut);
}

TEST_CASE("one pcapng with several link types, an unknown one is counted by name") {
    Pcapng file;
    const Bytes packet = ipv4({}, udp(1, 2, text("a")));
    file.section().interface(1).interface(101).interface(147).interface(0);
    file.packet(0, 1, ethernet(packet, 0x0800, {100, 200})).packet(1, 2'000'000, packet).packet(2, 4'000'000, packet);
    file.packet(3, 6'000'000, join({hex("02000000"), packet}));
    const CaptureRun run = read_bytes(file.bytes);
    CHECK(run.packets.size() == 3);
    CHECK(run.facts.not_decoded.at("link type 147") == 1);
    CHECK(run.facts.vlans.at(100) == 1);
    CHECK(run.facts.vlans.at(200) == 1);
    CHECK(run.facts.files[0].link_types == std::vector<std::string>{"Ethernet", "raw IP", "link type 147", "null"});
    CHECK(run.facts.duplicates == 0);
}

TEST_CASE("mirror copies are counted once; --dedup off counts them again") {
    Pcap file;
    for (std::uint32_t i = 0; i < 10; ++i) {
        const auto payload = "packet " + std::to_string(i);
        const auto tagged = [&](std::uint8_t ttl, std::uint16_t vlan) {
            return ethernet(ipv4({.id = i + 1, .ttl = ttl}, udp(1, 2, text(payload))), 0x0800, {vlan});
        };
        file.add(at(i * 1000), tagged(64, 100)).add(at(i * 1000 + 40), tagged(63, 200));
    }
    const CaptureRun run = read_bytes(file.bytes);
    CHECK(run.facts.frames == 20);
    CHECK(run.facts.duplicates == 10);
    CHECK(run.facts.udp == 10);
    CHECK(run.packets.size() == 10);
    CHECK(run.packets[3].packet.number == 7);
    const CaptureRun all = read_bytes(file.bytes, {.dedup = false});
    CHECK(all.facts.duplicates == 0);
    CHECK(all.packets.size() == 20);
}

TEST_CASE("fragments become the datagram they were; a missing one is counted") {
    const Bytes whole = udp(5060, 5061, Bytes(2000, 'x'));
    const Bytes first(whole.begin(), whole.begin() + 1480), rest(whole.begin() + 1480, whole.end());
    Pcap file;
    file.add(at(0), ethernet(ipv4({.id = 1, .offset = 1480}, rest))).add(at(1), ethernet(ipv4({.id = 1, .more = true}, first)));
    file.add(at(500'000), ethernet(ipv4({.id = 2, .more = true}, first)));
    const Bytes first6 = fragment_header(60, {.id = 1, .more = true}, join({{17, 0}, Bytes(6), Bytes(whole.begin(), whole.begin() + 1472)}));
    const Bytes rest6 = fragment_header(60, {.id = 1, .offset = 1480}, Bytes(whole.begin() + 1472, whole.end()));
    file.add(at(900'000), ethernet(ipv6({"::1", "::2", 44}, first6), 0x86DD)).add(at(900'001), ethernet(ipv6({"::1", "::2", 44}, rest6), 0x86DD));
    const CaptureRun run = read_bytes(file.bytes);
    REQUIRE(run.packets.size() == 2);
    CHECK(run.packets[0].bytes == std::string(2000, 'x'));
    CHECK(run.packets[0].packet.number == 2);
    CHECK(run.packets[1].bytes == std::string(2000, 'x'));   // behind a destination options header
    CHECK(run.facts.fragments == 5);
    CHECK(run.facts.incomplete_datagrams == 1);
    CHECK(run.facts.udp == 2);
}

TEST_CASE("TCP is put in order, both directions, with the frame that carried each piece") {
    Pcap file;
    file.add(at(0), tcp_frame(false, 99, 0, syn, "")).add(at(1), tcp_frame(true, 499, 100, syn | ack, ""));
    file.add(at(2), tcp_frame(false, 100, 500, ack, ""));
    file.add(at(3), tcp_frame(false, 103, 500, ack, "def")).add(at(4), tcp_frame(false, 100, 500, ack, "abc"));
    file.add(at(5), tcp_frame(false, 100, 500, ack, "abc"));
    file.add(at(6), tcp_frame(true, 500, 106, ack, "answer")).add(at(7), tcp_frame(false, 106, 506, fin | ack, ""));
    const CaptureRun run = read_bytes(file.bytes);
    CHECK(run.stream(40000) == "abcdef");
    CHECK(run.stream(5060) == "answer");
    REQUIRE(run.packets.size() == 3);
    CHECK(run.packets[0].packet.number == 5);
    CHECK(run.packets[1].packet.number == 4);
    CHECK(run.packets[1].packet.time == at(4));   // complete only then
    CHECK(run.packets[1].packet.stream_offset == 3);
    CHECK(run.facts.tcp == 8);
    CHECK(run.facts.tcp_gap_bytes == 0);
}

TEST_CASE("TCP bytes that were acknowledged and not captured are a gap") {
    Pcap file;
    file.add(at(0), tcp_frame(false, 99, 0, syn, "")).add(at(1), tcp_frame(true, 499, 100, syn | ack, ""));
    file.add(at(2), tcp_frame(false, 100, 500, ack, "abc")).add(at(3), tcp_frame(false, 107, 500, ack, "hij"));
    file.add(at(4), tcp_frame(true, 500, 110, ack, "x")).add(at(5), tcp_frame(true, 510, 110, ack, ""));
    for (std::uint32_t i = 0; i < 4; ++i) file.add(at(6 + i), tcp_frame(false, 110 + i, 501, ack, "k"));
    const CaptureRun run = read_bytes(file.bytes);
    CHECK(run.stream(40000) == "abc[4]hijkkkk");
    CHECK(run.facts.tcp_gap_bytes == 4);
}

TEST_CASE("frames cut by the snap length are counted and their UDP payload says so") {
    const Bytes whole = udp_frame(1, "hello");
    Pcap file;
    file.add(at(0), Bytes(whole.begin(), whole.end() - 3), whole.size());
    const CaptureRun run = read_bytes(file.bytes);
    REQUIRE(run.packets.size() == 1);
    CHECK(run.packets[0].bytes == "he");
    CHECK(run.packets[0].packet.cut == 3);
    CHECK(run.facts.cut_frames == 1);
}

TEST_CASE("ICMP errors go to their own sink") {
    const Bytes about = ipv4({}, udp(5060, 5061, text("x")));
    Pcap file;
    file.add(at(9), ethernet(ipv4({"10.0.0.2", "10.0.0.1", 1}, join({hex("0303000000000000"), about}))));
    const CaptureRun run = read_bytes(file.bytes);
    REQUIRE(run.unreachable.size() == 1);
    CHECK(run.unreachable[0].source.text() == "10.0.0.1:5060");
    CHECK(run.unreachable[0].destination.text() == "10.0.0.2:5061");
    CHECK(run.unreachable[0].number == 1);
    CHECK(run.facts.icmp == 1);
    CHECK(run.facts.udp == 0);
}

TEST_CASE("several files are one timeline; numbers count in each file") {
    const TemporaryFolder folder;
    const std::string a = folder.write("a.pcap", Pcap{}.add(at(0), udp_frame(1, "a0")).add(at(20'000), udp_frame(2, "a20")).add(at(10'000), udp_frame(3, "a10")).bytes);
    const std::string b = folder.write("b.pcap", Pcap{.big = true}.add(at(5000), udp_frame(4, "b5")).add(at(20'000), udp_frame(5, "b20")).bytes);
    const CaptureRun run = read_files({b, a});
    std::string order;
    for (const KeptPacket& kept : run.packets)
        order += kept.bytes + "/" + std::to_string(kept.packet.link) + "#" + std::to_string(kept.packet.number) + " ";
    CHECK(order == "a0/1#1 b5/0#1 b20/0#2 a20/1#2 a10/1#3 ");   // a's own order stays
    CHECK(run.facts.backwards == 1);
    CHECK(run.facts.frames == 5);
    CHECK(run.facts.files.size() == 2);
    CHECK(run.facts.files[1].frames == 3);
}

TEST_CASE("one packet captured in two places is one packet") {
    const TemporaryFolder folder;
    const std::string a = folder.write("a.pcap", Pcap{}.add(at(0), udp_frame(0, "x")).bytes);
    const std::string b = folder.write("b.pcap", Pcap{}.add(at(800), udp_frame(0, "x")).bytes);
    CHECK(read_files({a, b}).facts.duplicates == 1);
}

TEST_CASE("gzip is recognised by its first bytes, members follow each other, a cut is told") {
    const Bytes plain = long_file(600);
    const CaptureRun whole = read_bytes(plain);
    REQUIRE(whole.packets.size() == 600);
    const Bytes packed = gzip(plain);
    const CaptureRun unpacked = read_bytes(packed);
    CHECK(unpacked.packets.size() == 600);
    CHECK(unpacked.packets[599].bytes == whole.packets[599].bytes);
    CHECK(unpacked.facts.files[0].format == "pcap.gz");
    CHECK(unpacked.facts.files[0].bytes == plain.size());
    CHECK_FALSE(unpacked.facts.files[0].cut);

    const auto middle = plain.begin() + 5001;
    const CaptureRun members = read_bytes(join({gzip(Bytes(plain.begin(), middle)), gzip(Bytes(middle, plain.end()))}));
    CHECK(members.packets.size() == 600);
    CHECK_FALSE(members.facts.files[0].cut);

    const CaptureRun cut = read_bytes(Bytes(packed.begin(), packed.begin() + static_cast<std::ptrdiff_t>(packed.size() / 2)));
    CHECK(cut.packets.size() > 10);
    CHECK(cut.packets.size() < 600);
    REQUIRE(cut.facts.files[0].cut);
    CHECK(cut.facts.files[0].cut->what == "gzip data cut off");

    Bytes damaged = packed;
    damaged[packed.size() / 2] ^= 0xFF;
    CHECK(read_bytes(damaged).facts.files[0].cut);
}

TEST_CASE("a file cut in the middle gives what it holds, and says where") {
    const Bytes plain = long_file(300);
    const CaptureRun run = read_bytes(Bytes(plain.begin(), plain.end() - 100));
    CHECK(run.packets.size() == 299);
    REQUIRE(run.facts.files[0].cut);
    CHECK(run.facts.files[0].cut->code == Errc::truncated);
}

TEST_CASE("what cannot be read at all is refused with its name, before anything is given out") {
    const TemporaryFolder folder;
    const std::string good = folder.write("good.pcap", Pcap{}.add(at(0), udp_frame(1, "x")).bytes);
    bool system = true;
    const std::string missing = folder.file("missing.pcap");
    CHECK(error_of({good, missing}, system) == "cannot open " + missing + ": no such file or directory");
    CHECK_FALSE(system);
    CHECK(error_of({folder.path.string()}, system) == "cannot read " + folder.path.string() + ": is a directory");
    CHECK_FALSE(system);
    const std::string words = folder.write("words.txt", text("these are words"));
    CHECK(error_of({words}, system) == words + " is not a capture: neither pcap nor pcapng");
    const std::string empty = folder.write("empty", {});
    CHECK(error_of({empty}, system) == empty + " is not a capture: an empty file");
    const std::string packed_words = folder.write("words.gz", gzip(text("these are words")));
    CHECK(error_of({packed_words}, system) == packed_words + " is not a capture: neither pcap nor pcapng");
    CHECK(error_of({"-", "-"}, system) == "standard input is named twice");
    if (::geteuid() == 0) return;
    std::filesystem::permissions(good, std::filesystem::perms::none);
    CHECK(error_of({good}, system) == "cannot open " + good + ": permission denied");
    CHECK(system);
}

TEST_CASE("captures are known by their first bytes") {
    CHECK(looks_like_capture("\xD4\xC3\xB2\xA1"));
    CHECK(looks_like_capture("\xA1\xB2\x3C\x4D"));
    CHECK(looks_like_capture("\x0A\x0D\x0D\x0A"));
    CHECK(looks_like_capture("\x1F\x8B\x08"));
    CHECK_FALSE(looks_like_capture("\x1F\x8B"));
    CHECK_FALSE(looks_like_capture("REGISTER"));
    CHECK_FALSE(looks_like_capture(""));
}

TEST_CASE("progress comes while reading and ends at the whole") {
    const Bytes plain = long_file(9000);
    std::vector<std::pair<std::uint64_t, std::uint64_t>> told;
    CaptureSink sink;
    sink.progress = [&](std::uint64_t read, std::uint64_t total) { told.emplace_back(read, total); };
    (void)read_capture_bytes("memory", plain, {}, sink);
    REQUIRE(told.size() == 3);
    CHECK(told[0].first < plain.size());
    CHECK(told[2] == std::pair<std::uint64_t, std::uint64_t>{plain.size(), plain.size()});
}

TEST_CASE("every prefix of a mixed capture is survived") {
    Pcapng file{.big = true};
    file.section().interface(1).interface(113);
    file.packet(0, 1, udp_frame(1, "hello")).packet(0, 2, tcp_frame(false, 1, 2, ack, "abc"));
    file.packet(1, 3, join({hex("00000001000602000000000100000800"), ipv4({.more = true}, Bytes(16))}));
    for (std::size_t length = 40; length < file.bytes.size(); ++length) {
        const CaptureRun run = read_bytes(Bytes(file.bytes.begin(), file.bytes.begin() + static_cast<std::ptrdiff_t>(length)));
        CHECK(run.facts.frames <= 3);
    }
}

TEST_CASE("held TCP bytes are bounded over all connections") {
    Pcap file;
    file.start();
    for (std::uint32_t i = 0; i < 2000; ++i) {
        const auto port = static_cast<std::uint16_t>(10'000 + i % 50);
        const std::uint32_t sequence = i < 50 ? 100 : 200 + i * 1000;
        const Bytes frame = ethernet(ipv4({.protocol = 6, .id = i + 1}, tcp(port, 5060, sequence, 0, ack, Bytes(500, 'x'))));
        const Bytes record = Pcap{.bytes = text("?")}.add(at(i), frame).bytes;
        file.bytes.insert(file.bytes.end(), record.begin() + 1, record.end());
    }
    const CaptureRun run = read_bytes(file.bytes, {.max_reassembly_bytes = 20'000});
    std::size_t bytes = 0;
    for (const KeptPacket& kept : run.packets) bytes += kept.bytes.size();
    CHECK(bytes == 2000 * 500);
}

TEST_CASE("the shipped captures hold what tshark counts in them") {
    const char* shared = std::getenv("GBKIT_SHARED");
    const std::string folder = std::string(shared ? shared : "") + "/captures/";
    if (!std::filesystem::exists(folder + "cam_01e168e1_udp.pcap")) {
        MESSAGE("skipped: no captures in GBKIT_SHARED");
        return;
    }
    const std::vector<std::pair<const char*, std::uint64_t>> expected{{"cam_01e168e1_udp.pcap", 3096},
                                                                      {"gb28181_register_noauth.pcapng", 2},
                                                                      {"gb28181_register_digest.pcapng", 4},
                                                                      {"gb28181_catalog_query.pcapng", 20},
                                                                      {"gb28181_live_invite.pcapng", 6}};
    for (const auto& [name, frames] : expected) {
        const CaptureRun run = read_files({folder + name});
        CHECK(run.facts.frames == frames);
        CHECK(run.facts.udp == frames);
        CHECK(run.facts.duplicates == 0);
        CHECK(run.facts.not_decoded.empty());
        CHECK_FALSE(run.facts.files[0].cut);
    }
}

TEST_CASE("a connection is told of with each change, beside its bytes, and counted") {
    using State = proto::ConnectionSeen::State;
    Pcap file;
    file.add(at(0), tcp_frame(false, 99, 0, syn, "")).add(at(1'000'000), tcp_frame(false, 99, 0, syn, ""));
    file.add(at(1'000'400), tcp_frame(true, 499, 100, syn | ack, "")).add(at(1'000'900), tcp_frame(false, 100, 500, ack, "abc"));
    file.add(at(1'001'000), tcp_frame(true, 500, 103, fin | ack, "de"));
    CaptureRun run = read_bytes(file.bytes);
    REQUIRE(run.connections.size() == 4);
    CHECK(run.connections[1].syn_copies == 2);
    CHECK(run.connections[2].state == State::open);
    const proto::ConnectionSeen& last = run.connections[3];
    CHECK(last.state == State::closed);
    CHECK(last.opener.text() == "10.0.0.1:40000");
    CHECK(last.listener.text() == "10.0.0.2:5060");
    CHECK(last.syn_frame == 1);
    CHECK(last.frame == 5);
    CHECK_FALSE(last.ended_by_opener);
    CHECK(last.opener_bytes == 3);
    CHECK(last.listener_bytes == 2);
    CHECK(run.facts.tcp_connections == 1);
    CHECK(run.facts.tcp_refused == 0);
    CHECK(run.stream(40000) == "abc");

    Pcap refused;
    refused.add(at(0), tcp_frame(false, 99, 0, syn, "")).add(at(200), tcp_frame(true, 0, 100, rst | ack, ""));
    run = read_bytes(refused.bytes);
    REQUIRE(run.connections.size() == 2);
    CHECK(run.connections[1].state == State::refused);
    CHECK(run.facts.tcp_refused == 1);

    Pcap silent;
    for (const std::int64_t second : {0, 1, 3}) silent.add(at(second * 1'000'000), tcp_frame(false, 99, 0, syn, ""));
    CHECK(read_bytes(silent.bytes).facts.tcp_unanswered == 1);
}

TEST_CASE("a flood of connections stays within its table, and every one is told of") {
    Pcap file;
    file.start();
    for (std::uint32_t i = 0; i < 70'000; ++i) {
        const std::string source = fmt::format("10.{}.{}.{}", 1 + i / 65536, i / 256 % 256, i % 256);
        const Bytes frame = ethernet(ipv4({source, "10.200.0.1", 6, i + 1}, tcp(40000, 5060, i, 0, syn, {})));
        const Bytes record = Pcap{.bytes = text("?")}.add(at(i * 10), frame).bytes;
        file.bytes.insert(file.bytes.end(), record.begin() + 1, record.end());
    }
    std::uint64_t told = 0;
    CaptureSink sink;
    sink.connection = [&told](const proto::ConnectionSeen&) { ++told; };
    const CaptureFacts facts = read_capture_bytes("memory", file.bytes, {}, sink);
    CHECK(told == 70'000);
    CHECK(facts.tcp_connections == 70'000);
    CHECK(facts.tcp_unanswered == 0);
}
