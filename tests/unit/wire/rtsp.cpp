// RTSP and HTTP by their first lines: which they are, wherever they are cut, and what only looks like them.
#include "wire/rtsp.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace gbkit::wire;

TEST_CASE("first lines of RTSP and HTTP, and of others") {
    CHECK(first_line_of("OPTIONS rtsp://10.1.0.3/ch1 RTSP/1.0\r\n") == FirstLine::rtsp_request);
    CHECK(first_line_of("GET_PARAMETER rtsp://10.1.0.3/ch1 RTSP/1.0\nCSeq: 1") == FirstLine::rtsp_request);
    CHECK(first_line_of("DESCRIBE rtsp://h/a b RTSP/2.0\r\n") == FirstLine::rtsp_request);  // a blank in the URL
    CHECK(first_line_of("RTSP/1.0 200 OK\r\n") == FirstLine::rtsp_answer);
    CHECK(first_line_of("RTSP/1.0 454\r\n") == FirstLine::rtsp_answer);
    CHECK(first_line_of("POST /onvif/device_service HTTP/1.1\r\n") == FirstLine::http_request);
    CHECK(first_line_of("M-SEARCH * HTTP/1.1\r\n") == FirstLine::http_request);
    CHECK(first_line_of("PRI * HTTP/2.0\r\n") == FirstLine::http_request);
    CHECK(first_line_of("HTTP/1.0 404 Not Found\r\n") == FirstLine::http_answer);

    CHECK(first_line_of("REGISTER sip:34020000002000000001@3402000000 SIP/2.0\r\n") == FirstLine::none);
    CHECK(first_line_of("RTSP/1.0 twohundred\r\n") == FirstLine::none);
    CHECK(first_line_of("RTSP/1 200 OK\r\n") == FirstLine::none);
    CHECK(first_line_of("GET /\r\n") == FirstLine::none);  // HTTP/0.9 could be anything
    CHECK(first_line_of("GET\r\n") == FirstLine::none);
    CHECK(first_line_of("get / HTTP/1.1\r\n") == FirstLine::none);
    CHECK(first_line_of("$\x01\x02\x03") == FirstLine::none);
    CHECK(first_line_of(std::string_view("GET \x01 HTTP/1.1\r\n", 16)) == FirstLine::none);
    CHECK(first_line_of("") == FirstLine::more);
    CHECK(first_line_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") == FirstLine::none);  // no method is that long
}

TEST_CASE("a first line that never ends is given up at its limit") {
    std::string line = "GET /";
    line.resize(longest_first_line - 1, 'a');
    CHECK(first_line_of(line) == FirstLine::more);
    line += 'a';
    CHECK(first_line_of(line) == FirstLine::none);
    CHECK(first_line_of(line + " HTTP/1.1\r\n") == FirstLine::none);
}

TEST_CASE("every prefix is undecided until the line is whole, and nothing changes afterwards") {
    const std::string head = "SETUP rtsp://10.1.0.3/ch1/track1 RTSP/1.0\r\nCSeq: 3\r\n\r\n";
    const std::size_t whole = head.find('\n') + 1;
    for (std::size_t cut = 0; cut <= head.size(); ++cut)
        CHECK_MESSAGE(first_line_of(std::string_view(head).substr(0, cut)) == (cut < whole ? FirstLine::more : FirstLine::rtsp_request), cut);
}

TEST_CASE("targets and headers") {
    const std::string_view head = "GET /live?token=1 HTTP/1.1\r\nHost: 10.1.0.3:80\r\nhost2: x\r\nAccept:  a\r\n\r\nHost: body\r\n";
    CHECK(target_of(head) == "/live?token=1");
    CHECK(target_of("HTTP/1.1 200 OK\r\n").empty());
    CHECK(header_in(head, "host") == "10.1.0.3:80");
    CHECK(header_in(head, "Accept") == "a");
    CHECK(header_in(head, "Hos").empty());
    CHECK(header_in("GET / HTTP/1.1\r\n\r\nHost: body\r\n", "Host").empty());
    CHECK(header_in("GET / HTTP/1.1\r\nHost: 10.1", "Host").empty());  // not whole yet
    CHECK(header_in("", "Host").empty());
    CHECK(head_is_whole(head));
    CHECK_FALSE(head_is_whole("GET / HTTP/1.1\r\nHost: x\r\n"));
}

TEST_CASE("RTSP tunnelled in HTTP, and SOAP") {
    CHECK(tunnels_rtsp("GET /ch1 HTTP/1.0\r\nx-sessioncookie: 1\r\nAccept: application/x-rtsp-tunnelled\r\n\r\n"));
    CHECK(tunnels_rtsp("POST /ch1 HTTP/1.0\r\nContent-Type: application/x-rtsp-tunnelled\r\n\r\nT1BUSU9OUw=="));
    CHECK_FALSE(tunnels_rtsp("GET /ch1 HTTP/1.0\r\nAccept: text/html\r\n\r\napplication/x-rtsp-tunnelled"));
    CHECK(carries_soap("POST / HTTP/1.1\r\nContent-Type: application/soap+xml; charset=utf-8\r\n\r\n"));
    CHECK_FALSE(carries_soap("POST / HTTP/1.1\r\nContent-Type: text/xml\r\n\r\n"));
}
