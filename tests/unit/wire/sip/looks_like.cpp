// looks_like_sip(): content detection.
#include <doctest/doctest.h>

#include "unit/wire/sip/samples.hpp"
#include "wire/sip/looks_like.hpp"

using gbkit::wire::sip::looks_like_sip;

TEST_CASE("looks like SIP") {
    CHECK(looks_like_sip(samples::register_request()));
    CHECK(looks_like_sip(samples::unauthorized()));
    CHECK(looks_like_sip("\r\n\r\n" + samples::keepalive()));
    CHECK(looks_like_sip("OPTIONS sip:a SIP/2.0"));
    CHECK(looks_like_sip("OPTIONS  sip:a  SIP/2.0 \n"));
    CHECK(looks_like_sip("SIP/2.0 4294967301 x"));
    CHECK(looks_like_sip("INVITE <sip:a> sip/7.0\r\n"));
}

TEST_CASE("does not look like SIP") {
    CHECK_FALSE(looks_like_sip(""));
    CHECK_FALSE(looks_like_sip("\r\n\r\n"));
    CHECK_FALSE(looks_like_sip("SIP/2.0"));
    CHECK_FALSE(looks_like_sip("SIP/2.0 OK\r\n"));
    CHECK_FALSE(looks_like_sip("OPTIONS SIP/2.0\r\n"));
    CHECK_FALSE(looks_like_sip("OPTIONS sip:a SIP/2\r\n"));
    CHECK_FALSE(looks_like_sip("OPTIONS rtsp://a RTSP/1.0\r\n"));
    CHECK_FALSE(looks_like_sip("GET / HTTP/1.1\r\nX: a SIP/2.0\r\n"));
    CHECK_FALSE(looks_like_sip("a,b c SIP/2.0\r\n"));
    CHECK_FALSE(looks_like_sip(std::string(100000, 'a')));
    CHECK_FALSE(looks_like_sip(std::string("\x80\x60\0\1", 4)));
}
