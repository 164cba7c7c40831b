// What the first bytes of a stream or a datagram say, and that the answer does not depend on the cuts.
#include "proto/observe/content.hpp"

#include <doctest/doctest.h>

#include <random>

#include "unit/wire/frames.hpp"
#include "unit/wire/rtmp_samples.hpp"

using namespace gbkit;
using namespace gbkit::proto::observe;
using namespace gbkit::test;

namespace {

ContentGuess of(std::string_view stream, bool last = false) { return content_of_stream(as_bytes(stream), last); }
ContentGuess of(const Bytes& stream, bool last = false) { return content_of_stream(stream, last); }

const std::string soap = "POST /services HTTP/1.1\r\nHost: 10.1.0.3\r\nContent-Type: application/soap+xml\r\n\r\n<e xmlns:d=\"http://www.onvif.org/ver10/device/wsdl\">";

}  // namespace

TEST_CASE("streams by their first bytes") {
    CHECK(of("REGISTER sip:1@2 SIP/2.0\r\n").content == Content::sip);
    CHECK(of("\r\n\r\nSIP/2.0 200 OK\r\n").content == Content::sip);
    CHECK(of("OPTIONS rtsp://h/a RTSP/1.0\r\n").content == Content::rtsp);
    CHECK(of("SSH-2.0-OpenSSH_9.2\r\n").content == Content::ssh);
    CHECK(of(rtmp::handshake()).content == Content::rtmp);
    CHECK(of(rtmp::handshake()).certain);
    CHECK_FALSE(of(hex("030000000080000702aa")).certain);
    CHECK(of(hex("1703030020aabbcc")).content == Content::tls);
    CHECK(of(hex("00000040fe534d4240")).content == Content::smb);
    CHECK(of(hex("0000000000000000")).content == Content::other);
    CHECK(of(hex("2400001080600001")).content == Content::other);  // interleaved RTP: the media feed's
    CHECK(of(text("hello there\n")).content == Content::other);
    CHECK(of("Hello there\n").content == Content::other);
    CHECK(of("").content == Content::undecided);
    CHECK(of("", true).content == Content::other);
    CHECK(of("\r\n\r\n").content == Content::undecided);
}

TEST_CASE("HTTP, and what hides in it") {
    const ContentGuess plain = of("GET /index.html?token=x HTTP/1.1\r\nHost: 10.1.0.3\r\n\r\n");
    CHECK(plain.content == Content::http);
    CHECK(plain.asks);
    CHECK(plain.name == "10.1.0.3");
    CHECK(of("POST /onvif/device_service HTTP/1.1\r\nHost: a\r\n\r\n").content == Content::onvif);
    CHECK(of(soap).content == Content::onvif);
    CHECK(of(soap.substr(0, soap.find("www"))).content == Content::undecided);
    CHECK(of(soap.substr(0, soap.find("www")), true).content == Content::http);
    CHECK(of("GET /ch1?token=abc HTTP/1.0\r\nx-sessioncookie: 1\r\nAccept: application/x-rtsp-tunnelled\r\n\r\n").content == Content::rtsp);
    CHECK(of("GET /ch1?token=abc HTTP/1.0\r\nx-sessioncookie: 1\r\nAccept: application/x-rtsp-tunnelled\r\n\r\n").name == "/ch1?token=***");
    CHECK_FALSE(of("HTTP/1.1 200 OK\r\n\r\n").certain);
    CHECK(of("HTTP/1.0 200 OK\r\nContent-Type: application/x-rtsp-tunnelled\r\n\r\n").content == Content::rtsp);
    CHECK(of("DESCRIBE rtsp://admin:Geheim@10.1.0.3/ch1 RTSP/1.0\r\n").name == "rtsp://***@10.1.0.3/ch1");
}

TEST_CASE("the same answer whatever the cuts") {
    for (const Bytes& stream : {text("REGISTER sip:1@2 SIP/2.0\r\nVia: x\r\n\r\n"), text("RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n"), rtmp::handshake(), text(soap),
                                text("GET / HTTP/1.1\r\nHost: a\r\nContent-Type: text/xml\r\n\r\nwww.onvif.org/"), text("SSH-2.0-x\r\n"), text("POST /s \x12 sip:a@b SIP/2.0\r\n"), text("MESSAGE sip:" + std::string(1100, 'a') + " SIP/2.0\r\n"), text("\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"),
                                hex("00000040ff534d4240"), hex("1603010002020000"), Bytes(3000, 0x41), Bytes(3000, 0x16), Bytes(3000, 0x03)}) {
        const ContentGuess whole = of(stream, true);
        ContentGuess grown;
        for (std::size_t cut = 0; cut <= stream.size() && grown.content == Content::undecided; ++cut) grown = content_of_stream(ByteView(stream).first(cut), cut == stream.size());
        CHECK(grown.content == whole.content);
        CHECK(grown.certain == whole.certain);
        CHECK(grown.name == whole.name);
    }
}

TEST_CASE("nothing is looked at beyond the limit, and random bytes always have an answer") {
    std::string endless = "GET / HTTP/1.1\r\nX: ";
    endless.resize(content_head, 'x');
    CHECK(of(endless).content == Content::http);
    std::mt19937 random(3);
    for (int run = 0; run < 2000; ++run) {
        Bytes bytes(random() % 64);
        for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random() % 4 == 0 ? 3 + random() % 30 : random());
        CHECK(of(bytes, true).content != Content::undecided);
        CHECK(content_of_datagram(bytes).content != Content::undecided);
    }
}

TEST_CASE("datagrams") {
    const auto of_datagram = [](const Bytes& bytes) { return content_of_datagram(bytes).content; };
    CHECK(of_datagram(hex("000100002112a442000000000000000000000000")) == Content::stun);
    CHECK(of_datagram(hex("000100102112a442000000000000000000000000")) == Content::other);  // longer than it is
    CHECK(of_datagram(text("M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\n")) == Content::ssdp);
    CHECK(of_datagram(text("<?xml version=\"1.0\"?><e xmlns:d=\"http://schemas.xmlsoap.org/ws/2005/04/discovery\">")) == Content::onvif);
    CHECK(of_datagram(text("<Notify/>")) == Content::other);
    const Bytes query = join({hex("123401000001000000000000"), {3}, text("www"), {7}, text("example"), {0}, hex("00010001")});
    CHECK(of_datagram(query) == Content::dns);
    for (std::size_t cut = 0; cut < query.size(); ++cut) CHECK(of_datagram(Bytes(query.begin(), query.begin() + static_cast<std::ptrdiff_t>(cut))) == Content::other);
    CHECK(of_datagram(join({hex("123401000001000000000000"), {0xC0, 0x0C}, hex("00010001")})) == Content::other);  // a pointer to nowhere
    CHECK(of_datagram({}) == Content::other);
}
