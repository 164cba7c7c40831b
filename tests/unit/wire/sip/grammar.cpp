// parse(): typed fields through libosip2, and what it refuses.
#include <doctest/doctest.h>

#include "unit/wire/sip/samples.hpp"
#include "wire/sip/message.hpp"

using namespace gbkit;
using namespace gbkit::wire::sip;

namespace {

Message with(const std::string& headers, const std::string& uri = "sip:a@b") {
    const Result<Message> message = parse("REGISTER " + uri + " SIP/2.0\r\n" + headers + "\r\n");
    REQUIRE(message);
    return *message;
}

NameAddr contact(const std::string& value) {
    const Message message = with("Contact: " + value + "\r\n");
    CAPTURE(value);
    REQUIRE_FALSE(message.defect);
    REQUIRE(message.contacts.size() == 1);
    return message.contacts.front();
}

bool refused(const std::string& header) { return with(header + "\r\n").defect.has_value(); }

}  // namespace

TEST_CASE("parse: the typed fields of a registration") {
    const Message message = *parse(samples::register_request());
    CHECK_FALSE(message.defect);
    CHECK(message.uri.scheme == "sip");
    CHECK(message.uri.user == "34020000002000000001");
    CHECK(message.uri.host == "3402000000");
    CHECK(message.from.uri.user == "34020000001320000264");
    CHECK(message.from.tag == "2043466181");
    CHECK(message.to.tag.empty());
    CHECK(message.call_id == "1011047669");
    CHECK(message.cseq.number == 1);
    CHECK(message.cseq.method == "REGISTER");
    REQUIRE(message.vias.size() == 1);
    CHECK(message.vias[0].transport == "UDP");
    CHECK(message.vias[0].host == "192.168.1.64");
    CHECK(message.vias[0].port == 5060);
    CHECK(message.vias[0].branch == "z9hG4bK1371463273");
    CHECK(message.vias[0].has_rport);
    CHECK(message.vias[0].rport == 0);
    REQUIRE(message.contacts.size() == 1);
    CHECK(message.contacts[0].uri.port == 5060);
    CHECK(message.contacts[0].uri.text == "sip:34020000001320000264@192.168.1.64:5060");
}

TEST_CASE("parse: the typed fields of a response") {
    const Message message = *parse(samples::unauthorized());
    CHECK_FALSE(message.defect);
    CHECK(message.uri.text.empty());
    CHECK(message.vias.at(0).received == "192.0.2.7");
    CHECK(message.vias.at(0).rport == 5060);
    CHECK(message.to.tag == "78129");
}

TEST_CASE("parse: names, URIs and parameters as they come") {
    CHECK(contact("*").star);
    CHECK(contact("<sip:a@[2001:db8::1]:5070>").uri.host == "2001:db8::1");
    CHECK(contact("<sip:a@[2001:db8::1]:5070>").uri.port == 5070);
    CHECK(contact("<sip:[::1]>").uri.host == "::1");
    CHECK(contact("sip:a@b;expires=60").expires == 60U);
    CHECK(contact("<sip:a@b>;expires=4294967295").expires == 4294967295U);
    CHECK_FALSE(contact("<sip:a@b>;expires=4294967296").expires);
    CHECK_FALSE(contact("<sip:a@b>;expires=soon").expires);
    CHECK(contact("<sip:a@b>;Expires=7").expires == 7U);
    CHECK(contact("\"Door, front\" <sip:a@b>").display == "Door, front");
    CHECK(contact("\"\\\"x\\\"\" <sip:a@b>").display == "\"x\"");
    CHECK(contact("IP Camera <sip:a@b>").display == "IP Camera");
    CHECK(contact("\xC9\xE3\xCF\xF1\xBB\xFA <sip:a@b>").display == "\xC9\xE3\xCF\xF1\xBB\xFA");
    CHECK(contact("\xC9\xE3 \x81\x5C\x81\x40 x<sip:a@b>").display == "\xC9\xE3 \x81\x5C\x81\x40 x");  // GBK with ASCII second bytes
    CHECK(contact("\"\xC9\xE3\" <sip:a@b>").display == "\xC9\xE3");
    CHECK(contact("摄像机 1 <sip:a@b>").display == "摄像机 1");
    CHECK(contact("<sip:\xC9\xE3@b>").uri.user == "\xC9\xE3");
    CHECK(contact("<sip:a:secret@b>").uri.user == "a");
    CHECK(contact("<sip:%61%00@b>").uri.user == "%61%00");
    CHECK(contact("<tel:+8657188888888>").uri.scheme == "tel");
    CHECK(contact("<tel:+8657188888888>").uri.text == "tel:+8657188888888");
    CHECK(contact("<sips:a@b>").uri.scheme == "sips");
    CHECK(contact("<SIP:a@b>").uri.user == "a");
    CHECK(contact("<sip:b;transport=tcp>").uri.host == "b");
    CHECK(contact("<sip:a,b@c>").uri.user == "a,b");
    CHECK(with("Contact: <sip:a@b>, \"c, \\\"<d\" <sip:e@f;x=y,z>;q=1, *\r\n").contacts.size() == 3);
    CHECK(with("m: <sip:a@b>;expires=1, <sip:c@d>\r\nContact: <sip:e@f>\r\n").contacts.size() == 3);
    CHECK(with("From: sip:a@b;tag=1\r\n").from.tag == "1");
}

TEST_CASE("parse: Via of both families, lists, and no port") {
    const Message message = with("Via: SIP/2.0/TCP [2001:db8::9]:5080;branch=z9hG4bKa, SIP/2.0/UDP h;rport=70000\r\nv: SIP/2.0/TLS x;received=[::1]\r\n");
    CHECK_FALSE(message.defect);
    REQUIRE(message.vias.size() == 3);
    CHECK(message.vias[0].host == "2001:db8::9");
    CHECK(message.vias[0].port == 5080);
    CHECK(message.vias[1].rport == 0);
    CHECK(message.vias[1].has_rport);
    CHECK_FALSE(message.vias[2].has_rport);
}

TEST_CASE("parse: CSeq numbers up to 32 bits") {
    CHECK(with("CSeq: 4294967295 REGISTER\r\n").cseq.number == 4294967295U);
    CHECK(with("CSeq: 2147483648 REGISTER\r\n").cseq.number == 2147483648U);
    CHECK(with("CSeq: 0009\t REGISTER\r\n").cseq.number == 9);
    CHECK(refused("CSeq: 4294967296 REGISTER"));
    CHECK(refused("CSeq: -1 REGISTER"));
    CHECK(refused("CSeq: 1"));
    CHECK(refused("CSeq: REGISTER"));
    CHECK(refused("CSeq: 1 REG ISTER"));
    CHECK(refused("CSeq:"));
}

TEST_CASE("parse: the request-URI of any scheme") {
    CHECK(with("", "tel:+8657188888888").uri.scheme == "tel");
    CHECK(with("", "soap.beep://192.0.2.103:3002").uri.scheme == "soap.beep");
    CHECK(with("", "sip:34020000002000000001@[2001:db8::1]:15060").uri.port == 15060);
    CHECK(with("", "sip:192.0.2.1:5060").uri.host == "192.0.2.1");
    CHECK(with("", "34020000002000000001@3402000000").defect);
    CHECK(with("", "<sip:a@b>").defect);
    CHECK(with("", "sip:a@b; lr").defect);
    CHECK(with("", "sip:").defect);
    CHECK(with("", "sip:a@b:99999").defect);
    CHECK(with("", " sip:a@b").defect);
}

TEST_CASE("parse: a defect says what and where, the rest is still read") {
    const std::string start = "REGISTER sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP h\r\n";
    const Message message = *parse(start + "From: \"open <sip:a@b>;tag=1\r\nTo: <sip:c@d>\r\nCall-ID: x\r\n\r\n");
    REQUIRE(message.defect);
    CHECK(message.defect->what == "a name or address that is not well formed in From");
    CHECK(message.defect->offset == start.size() + 6);
    CHECK(message.to.uri.user == "c");
    CHECK(message.call_id == "x");
    CHECK(message.vias.size() == 1);
    CHECK(message.value("From") == "\"open <sip:a@b>;tag=1");
}

TEST_CASE("parse: refusals of our own") {
    CHECK(with("Max-Forwards: 1\r\nVia: \r\n").defect->offset == 26 + 17);
    CHECK(refused("From: *"));
    CHECK(refused("From: <sip:a@b>;tag=1\r\nf: <sip:a@b>;tag=1"));
    CHECK(refused("Call-ID: a b"));
    CHECK(refused("Call-ID:"));
    CHECK(refused("Contact: <sip:a@b>,,<sip:c@d>"));
    CHECK(refused("Contact: Bell, Alexander <sip:a@b>"));
    CHECK(refused("Contact: a(b) <sip:a@b>"));
    CHECK(refused("To: < sip:a@b >"));
    CHECK(refused("To: \"a\" b <sip:a@b>"));
    CHECK(refused("To: a \"b\" <sip:a@b>"));
    CHECK(refused("To: a;b <sip:a@b>"));
    CHECK(refused("To: a@b <sip:a@b>"));
    CHECK(refused("To: <sip:a@b>;tag=\""));
    CHECK(refused("To: \xC9\xE3, x <sip:a@b>"));
    CHECK(refused("To: <sip:a@b:0x50>"));
    CHECK(refused("Via: SIP/2.0/UDP"));
    CHECK(refused("Via: SIP/2.0/UDP h:70000"));
    CHECK(parse("REGISTER sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP h")->defect->code == Errc::truncated);
}

TEST_CASE("parse: what real devices send is well formed") {
    CHECK_FALSE(refused("From: <sip:340200000013200002@3402000000>;tag=1"));  // 18 digits
    CHECK_FALSE(refused("Date: 2019-12-17T10:30:22"));
    CHECK_FALSE(refused("Subject: 34020000001310000001:0,34020000002000000001:0"));
    CHECK_FALSE(refused("User-Agent: \xB4\xF3\xBB\xAA \"IPC"));
    CHECK_FALSE(refused("Authorization: Digest username=admin, realm=hik, garbage"));
    CHECK_FALSE(refused("Content-Type: APPLICATION/MANSCDP+XML"));
    CHECK_FALSE(refused("X-GB-Ver: 3.0"));
    CHECK_FALSE(refused("Contact: <sip:34020000001320000001@192.168.1.64:5060;transport=udp>;expires=3600;q=0.5"));
    CHECK_FALSE(parse(samples::keepalive())->defect);
}

TEST_CASE("parse: escapes and NUL survive however many other characters are taken") {
    const std::string crowded = "~`!*'_+QZJKWYFLMU";
    CHECK(contact("\"" + crowded + "\" <sip:%00@b>").uri.user == "%00");
    CHECK(with(std::string("To: \"a\\\0b%\" <sip:%41@b>\r\n", 25)).to.display == std::string("a\0b%", 4));
}
