// Makers: each end is known by its own words, by where it spoke from, and by its stream; never by the other end's.
#include "proto/observe/makers.hpp"

#include <doctest/doctest.h>

#include <fmt/format.h>

using namespace gbkit;
using namespace gbkit::proto;
using namespace gbkit::proto::observe;

namespace {

const std::string device = "34020000001320000001", channel = "34020000001310000001", platform = "34020000002000000001";
const Endpoint device_at{IpAddress::v4(0xC0A80140), 5060}, platform_at{IpAddress::v4(0xCB007109), 5060};

struct Bench {
    Makers makers;

    void see(const std::string& text, const Endpoint& from, const Endpoint& to) {
        const auto message = wire::sip::parse(text);
        REQUIRE(message.has_value());
        Packet packet;
        packet.source = from;
        packet.destination = to;
        packet.bytes = as_bytes(text);
        makers.see({packet, *message, false});
    }
    /// `status` 0: the request; else its answer. `more`: header lines.
    static std::string message(std::string_view method, int status, const std::string& from, const std::string& to, std::string_view more, std::string_view body = {}) {
        const std::string start = status == 0 ? fmt::format("{} sip:{}@1 SIP/2.0", method, to) : fmt::format("SIP/2.0 {} x", status);
        return fmt::format("{}\r\nVia: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bK1\r\nFrom: <sip:{}@1>;tag=1\r\nTo: <sip:{}@1>\r\nCall-ID: c\r\nCSeq: 1 {}\r\n"
                           "Max-Forwards: 70\r\n{}Content-Length: {}\r\n\r\n{}", start, from, to, method, more, body.size(), body);
    }
    void from_device(const std::string& text) { see(text, device_at, platform_at); }
    void from_platform(const std::string& text) { see(text, platform_at, device_at); }
};

}  // namespace

TEST_CASE("a registration names both ends") {
    Bench bench;
    bench.from_device(Bench::message("REGISTER", 0, device, device, "User-Agent: IP Camera\r\n"));
    CHECK(bench.makers.of(device).device == Vendor::hikvision);
    CHECK(bench.makers.of(device).platform == Vendor::unknown);
    bench.from_platform(Bench::message("REGISTER", 401, device, device, "Server: WVP-Pro v2.7.3\r\n"));
    CHECK(bench.makers.of(device).platform == Vendor::wvp);
    CHECK(bench.makers.of(device).device == Vendor::hikvision);
    CHECK(bench.makers.of("34020000001320000002").device == Vendor::unknown);
}

TEST_CASE("a platform of a maker of devices is not taken for the device") {
    Bench bench;
    bench.from_device(Bench::message("REGISTER", 0, device, device, ""));
    bench.from_platform(Bench::message("REGISTER", 401, device, device, "User-Agent: Hikvision\r\n"));
    bench.from_device(Bench::message("REGISTER", 0, device, device, ""));
    bench.from_platform(Bench::message("INVITE", 0, platform, channel, "User-Agent: Hikvision\r\n"));
    CHECK(bench.makers.of(device).device == Vendor::unknown);
    CHECK(bench.makers.of(device).platform == Vendor::unknown);
    CHECK(bench.makers.of(channel).device == Vendor::unknown);
}

TEST_CASE("a channel that does not answer is known by its device's address, and a stream by its y=") {
    Bench bench;
    bench.from_device(Bench::message("REGISTER", 0, device, device, "User-Agent: SIP UAS V3.0.0.675168\r\n"));
    bench.from_platform(Bench::message("INVITE", 0, platform, channel, "User-Agent: LiveGBS v220328\r\nContent-Type: application/sdp\r\n",
                                       "v=0\r\no=- 0 0 IN IP4 203.0.113.9\r\ns=Play\r\nc=IN IP4 203.0.113.9\r\nt=0 0\r\nm=video 30012 RTP/AVP 96\r\ny=0100003190\r\n"));
    for (const std::string& subject : {channel, std::string("ssrc 0100003190")}) {
        CAPTURE(subject);
        CHECK(bench.makers.of(subject).device == Vendor::dahua);
        CHECK(bench.makers.of(subject).platform == Vendor::livegbs);
    }
    CHECK(bench.makers.of("ssrc 0100003191").device == Vendor::unknown);
}

TEST_CASE("the Manufacturer of a DeviceInfo counts where the agent says nothing; that of a catalog's items does not") {
    const auto say = [](std::string_view command) {
        Bench bench;
        bench.from_device(Bench::message("MESSAGE", 0, device, platform, "User-Agent: whoever\r\nContent-Type: Application/MANSCDP+xml\r\n",
                                         fmt::format("<?xml version=\"1.0\"?><Response><CmdType>{}</CmdType><SN>1</SN><DeviceID>{}</DeviceID>"
                                                     "<Manufacturer>UNIVIEW</Manufacturer></Response>", command, device)));
        return bench.makers.of(device).device;
    };
    CHECK(say("DeviceInfo") == Vendor::uniview);
    CHECK(say("Catalog") == Vendor::unknown);
}

TEST_CASE("what is remembered is bounded") {
    Bench bench;
    for (int i = 0; i < 25'000; ++i) {
        const std::string id = fmt::format("3402000000132{:07}", i);
        bench.see(Bench::message("REGISTER", 0, id, id, "User-Agent: IP Camera\r\n"), {IpAddress::v4(static_cast<std::uint32_t>(i)), 5060}, platform_at);
    }
    CHECK(bench.makers.of("34020000001320000000").device == Vendor::unknown);   // long forgotten
    CHECK(bench.makers.of("34020000001320024999").device == Vendor::hikvision);
}
