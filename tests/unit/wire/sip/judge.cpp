// judge(): one rule at a time, on messages that are otherwise fine.
#include <doctest/doctest.h>

#include <array>

#include "base/text.hpp"
#include "unit/wire/sip/samples.hpp"
#include "wire/sip/message.hpp"

using namespace gbkit;
using namespace gbkit::wire::sip;

namespace {

/// 0 for accept, -1 for drop, else the status; -2 when it is no message.
int verdict(const std::string& bytes) {
    const Result<Message> message = parse(bytes);
    if (!message) return -2;
    const Judgement judgement = judge(*message);
    return judgement.verdict == Verdict::drop ? -1 : judgement.status;
}

int edited(const std::string& from, const std::string& to, const std::string& bytes = samples::register_request()) {
    REQUIRE(bytes.find(from) != std::string::npos);
    return verdict(replace_all(bytes, from, to));
}

}  // namespace

TEST_CASE("judge: good messages are accepted") {
    CHECK(verdict(samples::register_request()) == 0);
    CHECK(verdict(samples::keepalive()) == 0);
    CHECK(verdict(samples::unauthorized()) == 0);
    CHECK(edited("SIP/2.0\r\n", "sip/2.0\r\n") == 0);
}

TEST_CASE("judge: version, scheme, grammar") {
    CHECK(edited("SIP/2.0\r\n", "SIP/3.0\r\n") == 505);
    CHECK(edited("REGISTER sip:34020000002000000001@3402000000", "REGISTER isbn:2983792873") == 416);
    CHECK(edited("REGISTER sip:34020000002000000001@3402000000", "REGISTER <sip:a@b>") == 400);
    CHECK(verdict("REGISTER isbn:2983792873 SIP/3.0\r\n\r\n") == 505);  // first of all the version
    CHECK(edited("tag=2043466181", "tag=\"") == 400);
    CHECK(edited("SIP/2.0 401", "SIP/2.1 401", samples::unauthorized()) == -1);
}

TEST_CASE("judge: required headers") {
    for (const char* name : {"Via: ", "From: ", "To: ", "Call-ID: ", "CSeq: "}) {
        CAPTURE(name);
        CHECK(edited(name, std::string("X-") + name) == 400);
        CHECK(edited(name, std::string("X-") + name, samples::unauthorized()) == -1);
    }
    CHECK(edited("Max-Forwards: 70\r\n", "") == 0);
    CHECK(edited("Contact: ", "X-Contact: ") == 0);
}

TEST_CASE("judge: contradictions and repetitions") {
    CHECK(edited("Content-Length: 0\r\n", "Content-Length: 0\r\nl: 0\r\n") == 0);
    CHECK(edited("Content-Length: 0\r\n", "Content-Length: 0\r\nl: 5\r\n") == 400);
    CHECK(edited("Expires: 3600\r\n", "Expires: 3600\r\nExpires: 0\r\n") == 400);
    CHECK(edited("CSeq: 1 REGISTER\r\n", "CSeq: 1 REGISTER\r\nCSeq: 1 REGISTER\r\n") == 400);
}

TEST_CASE("judge: CSeq") {
    CHECK(edited("CSeq: 1 REGISTER", "CSeq: 1 register") == 400);
    CHECK(edited("CSeq: 1 REGISTER", "CSeq: 1 MESSAGE") == 400);
    CHECK(edited("CSeq: 1 REGISTER", "CSeq: 2147483647 REGISTER") == 0);
    CHECK(edited("CSeq: 1 REGISTER", "CSeq: 2147483648 REGISTER") == 400);
    CHECK(edited("CSeq: 1 REGISTER", "CSeq: 2147483648 REGISTER", samples::unauthorized()) == -1);
    CHECK(edited("CSeq: 1 REGISTER", "CSeq: 1 MESSAGE", samples::unauthorized()) == 0);
}

TEST_CASE("judge: Content-Length") {
    CHECK(edited("Content-Length: 0", "Content-Length: 1") == 400);
    CHECK(edited("Content-Length: 0", "Content-Length: -1") == 400);
    CHECK(edited("Content-Length: 0", "Content-Length: some") == 400);
    CHECK(edited("Content-Length: 0", "Content-Length:") == 400);
    CHECK(edited("Content-Length: 0\r\n", "") == 0);
    CHECK(edited("Content-Length: 0", "Content-Length: 1", samples::unauthorized()) == -1);
    CHECK(verdict(samples::keepalive() + "more") == 0);
}

TEST_CASE("judge: Contact and To of a registration") {
    CHECK(edited("<sip:34020000001320000264@192.168.1.64:5060>", "sip:a@b?Route=c") == 400);
    CHECK(edited("<sip:34020000001320000264@192.168.1.64:5060>", "<sip:a@b?Route=c>") == 0);
    CHECK(edited("To: <sip:34020000001320000264@3402000000>", "To: <isbn:2983792873>") == 400);
    CHECK(edited("To: <sip:34020000002000000001@3402000000>", "To: <isbn:2983792873>", samples::keepalive()) == 0);
}

TEST_CASE("judge: extensions that must be understood") {
    CHECK(edited("Expires: 3600", "Require: path, timer") == 420);
    CHECK(edited("Expires: 3600", "Proxy-Require: path") == 420);
    CHECK(edited("Expires: 3600", "Supported: path") == 0);
    const Message message = *parse(replace_all(samples::register_request(), "Expires: 3600", "Require: path, Timer"));
    const std::array<std::string_view, 2> both = {"timer", "path"};
    CHECK(judge(message, both).verdict == Verdict::accept);
    const Judgement one = judge(message, std::span(both).first(1));
    CHECK(one.status == 420);
    CHECK(message.text().substr(one.why.offset, 4) == "path");
}

TEST_CASE("judge: what an INVITE offers and accepts") {
    const auto invite = [](const std::string& headers, const std::string& body) {
        return "INVITE sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nFrom: <sip:c@d>;tag=1\r\nTo: <sip:a@b>\r\n"
               "Call-ID: x\r\nCSeq: 1 INVITE\r\n" + headers + "\r\n" + body;
    };
    CHECK(verdict(invite("Content-Type: APPLICATION/SDP\r\n", "v=0\r\n")) == 0);
    CHECK(verdict(invite("Content-Type: multipart/mixed;boundary=1\r\n", "--1")) == 0);
    CHECK(verdict(invite("Content-Type: text/plain\r\n", "v=0\r\n")) == 415);
    CHECK(verdict(invite("Content-Type: text/plain\r\n", "")) == 0);
    CHECK(verdict(invite("Accept: text/plain\r\n", "")) == 406);
    CHECK(verdict(invite("Accept: text/plain\r\nAccept: application/SDP;level=1\r\n", "")) == 0);
    CHECK(verdict(invite("Accept: text/plain, */*\r\n", "")) == 0);
}

TEST_CASE("judge: nobody answers an ACK or a response") {
    const std::string ack = replace_all(samples::keepalive(), "MESSAGE", "ACK");
    CHECK(verdict(ack) == 0);
    CHECK(edited("CSeq: 20 ACK", "CSeq: 20 INVITE", ack) == -1);
    CHECK(edited("Via: SIP/2.0/UDP 192.168.1.64:5060", "Via: SIP/2.0/UDP h, SIP/2.0/UDP 255.255.255.255", samples::unauthorized()) == -1);
}
