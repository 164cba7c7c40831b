// io/capture_filter: BPF before decoding, each link layer by its own program, and datagrams in fragments stay whole.
#include "io/capture_filter.hpp"

#include <doctest/doctest.h>

#include "unit/io/capture_runs.hpp"
#include "unit/wire/frames.hpp"

using namespace gbkit;
using namespace gbkit::test;
using namespace gbkit::io;

namespace {

Bytes to_port(std::uint16_t port, std::string_view payload, std::uint32_t id = 1) { return ipv4({.id = id}, udp(1000, port, text(payload))); }

CaptureRun filtered(const Bytes& capture, std::string filter) {
    CaptureOptions options;
    options.filter = std::move(filter);
    return read_bytes(capture, options);
}

// A datagram to port 5060 in two fragments; their order as told.
Bytes in_fragments(bool first_comes_first, std::int64_t later = 10) {
    const Bytes whole = udp(1000, 5060, text("0123456789abcdefghijklmn"));
    const Bytes head(whole.begin(), whole.begin() + 16), tail(whole.begin() + 16, whole.end());
    const Bytes first = ethernet(ipv4({.id = 9, .more = true}, head)), second = ethernet(ipv4({.id = 9, .offset = 16}, tail));
    return Pcap{}.add(at(0), first_comes_first ? first : second).add(at(later), first_comes_first ? second : first).bytes;
}

std::string error_of(const Bytes& capture, const std::string& filter) {
    try {
        (void)filtered(capture, filter);
    } catch (const CaptureError& error) {
        CHECK_FALSE(error.system);
        return error.what();
    }
    return "no error";
}

}  // namespace

TEST_CASE("a filter lets through what it names and counts the rest") {
    const Bytes capture = Pcap{}.add(at(0), ethernet(to_port(5060, "a"))).add(at(1), ethernet(to_port(80, "b"))).add(at(2), ethernet(to_port(5060, "c", 2))).bytes;
    const CaptureRun run = filtered(capture, "udp port 5060");
    REQUIRE(run.packets.size() == 2);
    CHECK(run.packets[1].bytes == "c");
    CHECK(run.packets[1].packet.number == 3);  // numbers stay those of the file
    CHECK(run.facts.frames == 2);
    CHECK(run.facts.filtered == 1);
    CHECK(run.facts.files[0].frames == 3);
    CHECK(filtered(capture, "host 10.9.9.9").packets.empty());
    CHECK(filtered(capture, "").packets.size() == 3);
}

TEST_CASE("raw IP is filtered although libpcap numbers it differently") {
    Pcap capture{.link_type = 101};
    capture.add(at(0), to_port(5060, "a")).add(at(1), to_port(80, "b"));
    CHECK(filtered(capture.bytes, "udp port 80").packets.size() == 1);
}

TEST_CASE("each link layer of a mixed capture has its own program") {
    Pcapng capture;
    capture.section().interface(1).interface(101);
    capture.packet(0, 1'000'000, ethernet(to_port(5060, "a"))).packet(1, 1'000'001, to_port(5060, "b")).packet(1, 1'000'002, to_port(80, "c"));
    CHECK(filtered(capture.bytes, "udp port 5060").packets.size() == 2);
}

TEST_CASE("frames of a mirror port are filtered without their tags, unless the filter speaks of them") {
    const Bytes capture = Pcap{}
                              .add(at(0), ethernet(to_port(5060, "a"), 0x0800, {100}))
                              .add(at(1), ethernet(to_port(5060, "b", 2), 0x0800, {100, 200}))
                              .add(at(2), ethernet(to_port(80, "c", 3), 0x0800, {100}))
                              .add(at(3), ethernet(to_port(5060, "d", 4))).bytes;
    CHECK(filtered(capture, "udp port 5060").packets.size() == 3);
    CHECK(filtered(capture, "not port 5060").packets.size() == 1);
    CHECK(filtered(capture, "vlan 100").packets.size() == 3);
    CHECK(filtered(capture, "vlan 100 and udp port 80").packets.size() == 1);
}

TEST_CASE("the later fragments of a datagram come with its first") {
    const CaptureRun run = filtered(in_fragments(true), "udp port 5060");
    REQUIRE(run.packets.size() == 1);
    CHECK(run.packets[0].bytes == "0123456789abcdefghijklmn");
    CHECK(run.facts.incomplete_datagrams == 0);

    // Of a datagram that the filter does not want, no fragment is missed.
    const CaptureRun other = filtered(in_fragments(true), "udp port 80");
    CHECK(other.packets.empty());
    CHECK(other.facts.filtered == 2);
    CHECK(other.facts.incomplete_datagrams == 0);

    // An identification used again much later is another datagram's.
    CHECK(filtered(in_fragments(true, 31'000'000), "udp port 5060").facts.filtered == 1);
}

TEST_CASE("a filter that names addresses sees every fragment itself") {
    CHECK(filtered(in_fragments(false), "host 10.0.0.1").packets.size() == 1);
}

TEST_CASE("what is no filter is said so") {
    CHECK(CaptureFilter::complaint_about("udp port 5060") == std::nullopt);
    CHECK(CaptureFilter::complaint_about("wlan type mgt") == std::nullopt);  // has a meaning on some link layer
    REQUIRE(CaptureFilter::complaint_about("udp prt 5060"));
    REQUIRE(CaptureFilter::complaint_about("host 1) or (2"));
    const Bytes capture = Pcap{.link_type = 101}.add(at(0), to_port(80, "b")).bytes;
    CHECK(error_of(capture, "udp prt 5060").find("the filter \"udp prt 5060\": ") == 0);
    CHECK(error_of(capture, "wlan type mgt").find("has no meaning for raw IP") != std::string::npos);
}

TEST_CASE("cut, empty and strange frames do not upset a filter") {
    Pcap capture;
    const Bytes frame = ethernet(to_port(5060, "hello"));
    for (std::size_t length = 0; length < frame.size(); ++length) capture.add(at(static_cast<std::int64_t>(length)), Bytes(frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(length)), frame.size());
    const CaptureRun run = filtered(capture.bytes, "udp port 5060 and less 10000");
    CHECK(run.facts.frames + run.facts.filtered == frame.size());
}
