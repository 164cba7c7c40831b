// Messages as people paste them.
#include "wire/pasted.hpp"

#include <functional>

#include <doctest/doctest.h>

#include "base/text.hpp"
#include "wire/digest/header.hpp"

using namespace gbkit;
using namespace gbkit::wire;

namespace {

const std::string message =
    "REGISTER sip:34020000002000000001@3402000000 SIP/2.0\n"
    "Via: SIP/2.0/UDP 192.168.1.64:5060;rport;branch=z9hG4bK1\n"
    "From: <sip:34020000001320000264@3402000000>;tag=1\n"
    "To: <sip:34020000001320000264@3402000000>\n"
    "Call-ID: 77\n"
    "CSeq: 2 REGISTER\n"
    "Authorization: Digest username=\"34020000001320000264\", realm=\"3402000000\", nonce=\"6eb1\", "
    "uri=\"sip:34020000002000000001@3402000000\", response=\"4c97\", algorithm=MD5\n"
    "Content-Length: 0\n";

std::string each_line(const std::string& text, const std::function<std::string(std::string)>& edit) {
    std::string out;
    for (const std::string_view line : split(std::string_view(text).substr(0, text.size() - 1), '\n')) out += edit(std::string(line)) + "\n";
    return out;
}

void is_whole(const std::string& text) {
    CAPTURE(text);
    const auto found = read_pasted(text);
    REQUIRE(found.size() == 1);
    const PastedMessage& one = found[0];
    CHECK(one.method == "REGISTER");
    CHECK(one.request_uri == "sip:34020000002000000001@3402000000");
    CHECK(one.protocol == TextProtocol::sip);
    CHECK(one.value("call-id") == "77");
    CHECK(one.value("CSeq") == "2 REGISTER");
    const auto credentials = wire::digest::parse_credentials(one.value("Authorization"));
    REQUIRE(credentials);
    CHECK(credentials->username == "34020000001320000264");
    CHECK(credentials->uri == "sip:34020000002000000001@3402000000");
    CHECK(credentials->response == "4c97");
    CHECK(credentials->algorithm == "MD5");
}

}  // namespace

TEST_CASE("the shapes in which one message comes") {
    is_whole(message);
    is_whole(replace_all(message, "\n", "\r\n"));
    is_whole(each_line(message, [](std::string l) { return "    " + l; }));
    is_whole(each_line(message, [](std::string l) { return "> " + l; }));
    is_whole(each_line(message, [](std::string l) { return "> > " + l; }));
    is_whole(each_line(message, [](std::string l) { return "2024-05-01 12:00:01.123 [DEBUG] " + l; }));
    is_whole(each_line(message, [](std::string l) { return "[12:00:01] " + l; }));
    is_whole(each_line(message, [](std::string l) { return "May  1 12:00:01 host wvp[77]: " + l; }));
    is_whole(each_line(message, [](std::string l) { return l + "\n"; }));                    // double spaced
    is_whole(each_line(message, [](std::string l) { return l + "."; }) + ".\n");             // ngrep
    is_whole("\"" + replace_all(replace_all(message, "\"", "\\\""), "\n", "\\r\\n") + "\"\n");  // one escaped line of a log
    is_whole("2024-05-01 12:00:01 received: " + replace_all(message, "\n", "\\n") + "\n");
    is_whole("## Second REGISTER\n\nThe device answers:\n\n```\n" + message + "```\nand so on\n");
    is_whole(replace_all(message, "\"", "\xE2\x80\x9D"));                                    // curly quotes
    is_whole(replace_all(message, ", realm", ",\n  realm"));                                 // folded
    is_whole(replace_all(replace_all(message, ", realm", ",\nrealm"), ", uri", ",\nuri"));   // wrapped without indent
    is_whole(replace_all(message, "34020000002000000001@3402000000\", resp", "34020000002000000001@34\n02000000\", resp"));  // cut in a quote
    is_whole(replace_all(message, "Call-ID:", "i:"));
    is_whole(replace_all(message, "CSeq: ", "cseq : "));
    is_whole(message.substr(0, message.size() - 1));                                         // no last line end
}

TEST_CASE("several messages without blank lines, of three protocols") {
    const auto found = read_pasted(
        "1) first\n" + message + "SIP/2.0 401 Unauthorized\nCall-ID: 77\nCSeq: 2 REGISTER\n"
        "WWW-Authenticate: Digest realm=\"x\", nonce=\"y\"\n"
        "12:00:02 GET /ISAPI/System HTTP/1.1\nHost: 10.0.0.9\nAuthorization: Digest username=\"a\"\n"
        "< HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: Digest realm=\"c\", nonce=\"d\"\n"
        "DESCRIBE rtsp://10.0.0.9:554/live RTSP/1.0\nCSeq: 3\n"
        "RTSP/1.0 200 OK\nCSeq: 3\n");
    REQUIRE(found.size() == 6);
    CHECK(found[0].line == 2);
    CHECK(found[1].status == 401);
    CHECK(found[1].reason == "Unauthorized");
    CHECK(found[1].headers[2].line == 13);
    CHECK(found[2].method == "GET");
    CHECK(found[2].protocol == TextProtocol::http);
    CHECK(found[3].value("www-authenticate") == "Digest realm=\"c\", nonce=\"d\"");
    CHECK(found[4].request_uri == "rtsp://10.0.0.9:554/live");
    CHECK(found[5].status == 200);
    CHECK(found[5].protocol == TextProtocol::rtsp);
}

TEST_CASE("bodies are counted in CRLF, whatever the paste kept") {
    const std::string head = "MESSAGE sip:a@b SIP/2.0\nContent-Type: text/plain\nContent-Length: 10\n\n";
    CHECK(read_pasted(head + "abc\ndef\nleft over\n")[0].body == "abc\r\ndef\r\n");
    CHECK(read_pasted(replace_all(head, "\n", "\r\n") + "abc\r\ndef\r\nx")[0].body == "abc\r\ndef\r\n");
    CHECK(read_pasted(head + "ab\ncd\nefg\n")[0].body == "ab\ncd\nefg\n");  // it was LF on the wire too
    CHECK(read_pasted(head + "From: is a word here\n")[0].body == "From: is a");
    CHECK(read_pasted("MESSAGE sip:a@b SIP/2.0\nCall-ID: 1\n\nno length, no body\n")[0].body.empty());
    CHECK(read_pasted(head + "abc\nd\nREGISTER sip:x SIP/2.0\n").size() == 2);
    const std::string frag = "NOTIFY sip:a@b SIP/2.0\nContent-Type: message/sipfrag\nContent-Length: 16\n\nSIP/2.0 200 OK\n";
    CHECK(read_pasted(frag).size() == 1);
}

TEST_CASE("a bare authentication line is a message of its own") {
    const auto found = read_pasted(
        "the platform said\n  WWW-Authenticate: Digest realm=\"3402000000\",\n nonce=\"n\"\n\nand the camera\n\n"
        "Authorization: Digest username=\"u\", realm=\"r\", nonce=\"n\", uri=\"sip:a@b\", response=\"0\"\n"
        "Authentication-Info: rspauth=\"1\"\n");
    REQUIRE(found.size() == 3);
    CHECK(found[0].status == 401);
    CHECK(wire::digest::parse_challenge(found[0].value("WWW-Authenticate"))->nonce == "n");
    CHECK(found[1].is_request());
    CHECK(found[1].method.empty());
    CHECK(found[1].headers[0].line == 7);
    CHECK(found[2].status == 200);
}

TEST_CASE("text that holds no message gives none") {
    CHECK(read_pasted("").empty());
    CHECK(read_pasted("The answer was SIP/2.0 compliant: 401\nVia: SIP/2.0/UDP x\n").empty());
    CHECK(read_pasted("{\"type\":\"summary\"}\n").empty());
    CHECK(read_pasted("SIP/2.0 99 x\nSIP/2.0 4011\nSIP/2.0 \n").empty());
}

TEST_CASE("unknown headers and log lines do not spoil an Authorization") {
    const std::string odd = replace_all(message, "Content-Length", "X-Odd: a=\"b\"\n12:00:01 thread=main worked\nContent-Length");
    is_whole(odd);
    CHECK(read_pasted(odd)[0].value("X-Odd") == "a=\"b\"");
    is_whole(replace_all(message, "Content-Length", "12:00:01 thread=main worked\nContent-Length"));  // right after it
    CHECK(read_pasted(replace_all(message, "Content-Length", "12:00:01 thread=main worked\nContent-Length"))[0].value("Authorization").find("thread") ==
          std::string_view::npos);
    const std::string cut = replace_all(message, "34020000002000000001@3402000000\", resp", "34020000002000000001@34\n02000000\", resp");
    is_whole(replace_all(cut, "Content-Length", "X-Odd: x\nContent-Length"));  // the quote is closed again
    is_whole("recv SIP/2.0/UDP 10.0.0.1: " + message);
}

TEST_CASE("bounds: headers, messages, long values") {
    std::string many = "REGISTER sip:a@b SIP/2.0\n";
    for (int i = 0; i < 500; ++i) many += "Via: x\n";
    CHECK(read_pasted(many)[0].headers.size() == PastedLimits{}.headers);
    PastedLimits limits;
    limits.messages = 2;
    CHECK(read_pasted(message + message + message, limits).size() == 2);
    const std::string wrapped = "REGISTER sip:a@b SIP/2.0\nAuthorization: Digest a=\"" + std::string(300'000, 'x');
    CHECK(read_pasted(wrapped)[0].headers[0].value.size() <= limits.header_bytes);
    for (std::size_t cut = 0; cut < message.size(); ++cut) (void)read_pasted(std::string_view(message).substr(0, cut));
}
