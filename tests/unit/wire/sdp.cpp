// wire/sdp: what platforms and devices write, in the shapes they write it.
#include "wire/sdp.hpp"

#include <doctest/doctest.h>

using namespace gbkit;
using namespace gbkit::wire;

namespace {

const std::string offer =
    "v=0\r\no=34020000002000000001 0 0 IN IP4 203.0.113.9\r\ns=Play\r\nc=IN IP4 203.0.113.9\r\nt=0 0\r\n"
    "m=video 30012 TCP/RTP/AVP 96 97 98\r\na=recvonly\r\na=setup:passive\r\na=connection:new\r\n"
    "a=rtpmap:96 PS/90000\r\na=rtpmap:97 MPEG4/90000\r\na=rtpmap:98 H264/90000\r\ny=0100003190\r\nf=v/2/5/25/1/4096a/1/8/1\r\n";

}  // namespace

TEST_CASE("an offer of a live stream") {
    const auto sdp = parse_sdp(offer);
    REQUIRE(sdp);
    CHECK(sdp->owner == "34020000002000000001");
    CHECK(sdp->session == "Play");
    CHECK(sdp->start == 0);
    CHECK(sdp->ssrc() == 100003190U);
    REQUIRE(sdp->media.size() == 1);
    const SdpMedia& video = sdp->media.front();
    CHECK(video.port == 30012);
    CHECK(video.tcp());
    CHECK(video.formats == std::vector<std::string>{"96", "97", "98"});
    CHECK(video.address == "203.0.113.9");
    CHECK(video.setup == "passive");
    CHECK(video.direction == "recvonly");
    REQUIRE(video.mappings.size() == 3);
    CHECK(video.mappings.front().encoding == "PS");
    REQUIRE(video.mapping(98) != nullptr);
    CHECK(video.mapping(98)->clock == 90000);
    CHECK(video.mapping(99) == nullptr);
    CHECK(sdp->first("video") == &sdp->media.front());
    CHECK(sdp->first("audio") == nullptr);
}

TEST_CASE("LF line ends, odd letter case, spaces and an address of its own for each medium") {
    const auto sdp = parse_sdp("V=0\nS=Playback\nU=34020000001310000001:3\nC=IN IP4 10.0.0.1/127\nT=1700000000 1700003600\n"
                               "M=VIDEO 6000/2 rtp/avp 96\nA=RTPMAP: 96 PS/90000\nA=Setup:ACTIVE\nm=audio 8000 RTP/AVP 8\nc=IN IP6 2001:db8::1\n");
    REQUIRE(sdp);
    CHECK(sdp->uri == "34020000001310000001:3");
    CHECK(sdp->stop == 1700003600U);
    REQUIRE(sdp->media.size() == 2);
    CHECK(sdp->media[0].kind == "video");
    CHECK(sdp->media[0].port == 6000);
    CHECK_FALSE(sdp->media[0].tcp());
    CHECK(sdp->media[0].address == "10.0.0.1");
    CHECK(sdp->media[0].setup == "active");
    CHECK(sdp->media[0].mappings.size() == 1);
    CHECK(sdp->media[1].address == "2001:db8::1");
}

TEST_CASE("y= counts only as ten digits that fit") {
    const auto with = [](std::string_view y) { return parse_sdp("v=0\nm=video 1 RTP/AVP 96\ny=" + std::string(y) + "\n")->ssrc(); };
    CHECK(with("0000000001") == 1U);
    CHECK(with("4294967295") == UINT32_MAX);
    CHECK_FALSE(with("4294967296"));
    CHECK_FALSE(with("100003190"));
    CHECK_FALSE(with("05F5ED7600"));
    CHECK_FALSE(with(""));
}

TEST_CASE("an f= line, whole or with its slashes missing") {
    const SdpFormat format = parse_sdp_format("v/2/5/25/1/4096a/1/8/1");
    CHECK(format.whole);
    CHECK(format.video_codec == "2");
    CHECK(format.kbit_per_second == "4096");
    CHECK(format.audio_codec == "1");
    CHECK(format.sampling == "1");
    CHECK(parse_sdp_format("v/////a///").whole);
    CHECK(parse_sdp_format("v/////a/1/8/1").audio_rate == "8");
    CHECK_FALSE(parse_sdp_format("v/2/4").whole);
    CHECK(parse_sdp_format("v/2/4").resolution == "4");
    CHECK_FALSE(parse_sdp_format("").whole);
}

TEST_CASE("what is no SDP, or too much of it, is refused; broken lines are counted") {
    CHECK(parse_sdp("").error().code == Errc::malformed);
    CHECK(parse_sdp("hello world\n").error().code == Errc::malformed);
    CHECK(parse_sdp(std::string(70'000, 'a')).error().code == Errc::too_large);
    std::string many = "v=0\n";
    for (int i = 0; i < 1'000; ++i) many += "a=x\n";
    CHECK(parse_sdp(many).error().code == Errc::too_large);
    const auto sdp = parse_sdp("v=0\nnonsense\n=\nm=\na=rtpmap:300 PS/90000\na=rtpmap:96\nm=video 99999999999 RTP/AVP\n");
    REQUIRE(sdp);
    CHECK(sdp->malformed == 2);
    CHECK(sdp->media.size() == 2);
    CHECK(sdp->media[0].mappings.empty());
    CHECK(sdp->media[1].port == 0);
}

TEST_CASE("every prefix is survived") {
    for (std::size_t length = 0; length <= offer.size(); ++length) (void)parse_sdp(std::string_view(offer).substr(0, length));
}
