#include "proto/sip/dialog.hpp"

#include <doctest/doctest.h>

using namespace gbkit;
using namespace gbkit::proto;
using namespace gbkit::proto::sip;

namespace {

const Endpoint peer{IpAddress::v4(0xC0000205), 40000};

Incoming incoming(const std::string& cseq, const std::string& more, Transport transport = Transport::udp) {
    const std::string text = "SUBSCRIBE sip:p@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.5:5070;rport;branch=z9hG4bK1\r\n"
                             "From: <sip:upper@3402>;tag=theirs\r\nTo: <sip:p@3402>\r\nCall-ID: call\r\nCSeq: " + cseq + " SUBSCRIBE\r\n" + more +
                             "Content-Length: 0\r\n\r\n";
    Incoming request{.kind = Incoming::Kind::request, .message = wire::sip::parse(text).value(), .source = peer, .back = {3, peer}, .transport = transport};
    return request;
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("a dialog of a request: tags, target, route set; requests in it count up") {
    auto dialog = Dialog::answered(incoming("5", "Contact: <sip:upper@10.1.1.1:5070;x=y>\r\nRecord-Route: <sip:a;lr>, <sip:b;lr>\r\nRecord-Route: <sip:c;lr>\r\n"), "ours");
    REQUIRE(dialog);
    const std::string first = dialog->request("NOTIFY", "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKx", {{"Event", "Catalog"}}, "body");
    CHECK(first.find("NOTIFY sip:upper@10.1.1.1:5070;x=y SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKx\r\n"
                     "Route: <sip:a;lr>, <sip:b;lr>\r\nRoute: <sip:c;lr>\r\n"
                     "From: <sip:p@3402>;tag=ours\r\nTo: <sip:upper@3402>;tag=theirs\r\nCall-ID: call\r\nCSeq: 1 NOTIFY\r\n") == 0);
    CHECK(has(first, "Event: Catalog\r\n"));
    CHECK(has(dialog->request("NOTIFY", "v", {}, ""), "CSeq: 2 NOTIFY\r\n"));
    CHECK(dialog->route().peer == peer);   // its Contact is behind a NAT
    CHECK(dialog->route().flow == 3);
}

TEST_CASE("where the Contact is the address it speaks from, that is where it listens; on a connection, the connection") {
    CHECK(Dialog::answered(incoming("1", "Contact: <sip:u@192.0.2.5:5070>\r\n"), "t")->route().peer == Endpoint{peer.address, 5070});
    CHECK(Dialog::answered(incoming("1", "Contact: <sip:u@192.0.2.5>\r\n"), "t")->route().peer == Endpoint{peer.address, 5060});
    CHECK(Dialog::answered(incoming("1", "Contact: <sip:u@192.0.2.5:5070>\r\n", Transport::tcp), "t")->route().peer == peer);
}

TEST_CASE("no dialog without a Contact, with a star, or with a Contact that is no Request-URI") {
    CHECK_FALSE(Dialog::answered(incoming("1", ""), "t"));
    CHECK_FALSE(Dialog::answered(incoming("1", "Contact: *\r\n"), "t"));
}

TEST_CASE("a later request of the dialog renews the target; an older one is refused; strangers are not of it") {
    auto dialog = Dialog::answered(incoming("5", "Contact: <sip:u@192.0.2.5:5070>\r\n"), "ours");
    REQUIRE(dialog);
    Incoming later = incoming("6", "Contact: <sip:u@192.0.2.5:5080>\r\n");
    CHECK_FALSE(dialog->holds(later.message));   // its To has no tag
    later.message.to.tag = "ours";
    CHECK(dialog->holds(later.message));
    CHECK(dialog->take(later));
    CHECK(dialog->route().peer.port == 5080);
    CHECK_FALSE(dialog->take(later));
    CHECK(dialog->take(incoming("9", "")));
    CHECK(dialog->route().peer.port == 5080);
    later.message.from.tag = "other";
    CHECK_FALSE(dialog->holds(later.message));
}
