// MANSCDP bodies: character sets, attributes, limits, every prefix.
#include <doctest/doctest.h>

#include <string>

#include "wire/manscdp.hpp"

using namespace gbkit;
using namespace gbkit::wire;

namespace {

const std::string keepalive =
    "<?xml version=\"1.0\" encoding=\"GB2312\"?>\r\n<Notify>\r\n<CmdType>Keepalive</CmdType>\r\n<SN> 43 </SN>\r\n"
    "<DeviceID>34020000001320000264</DeviceID>\r\n<Status>OK</Status>\r\n<Info>\r\n</Info>\r\n</Notify>\r\n";

}  // namespace

TEST_CASE("manscdp: a keepalive") {
    const Manscdp body = *parse_manscdp(keepalive);
    CHECK(body.root == "Notify");
    CHECK(body.cmd_type == "Keepalive");
    CHECK(body.sn == "43");
    CHECK(body.device_id == "34020000001320000264");
    CHECK(body.status == "OK");
    CHECK(parse_manscdp(keepalive + std::string("\0\0", 2))->sn == "43");
    CHECK(parse_manscdp("\xEF\xBB\xBF" + keepalive)->sn == "43");
}

TEST_CASE("manscdp: the bytes decide on the character set") {
    CHECK(parse_manscdp("<Notify><CmdType>\xC9\xE3\xCF\xF1\xBB\xFA</CmdType></Notify>")->cmd_type == "摄像机");
    CHECK(parse_manscdp("<?xml version=\"1.0\" encoding=\"GB2312\"?><Notify><CmdType>摄像机</CmdType></Notify>")->cmd_type == "摄像机");
    CHECK(parse_manscdp("<a><SN>1</SN><b>\xFF\xFF</b></a>")->sn == "1");
}

TEST_CASE("manscdp: attributes and letter case") {
    const Manscdp body = *parse_manscdp("<Response CmdType=\"Alarm\" SN='7'><deviceid>1</deviceid><CmdType>DeviceStatus</CmdType></Response>");
    CHECK(body.root == "Response");
    CHECK(body.cmd_type == "DeviceStatus");
    CHECK(body.sn == "7");
    CHECK(body.device_id == "1");
    CHECK(body.status.empty());
    CHECK(parse_manscdp("<Notify><List><SN>5</SN></List></Notify>")->sn.empty());
}

TEST_CASE("manscdp: what is no XML, or too much of it") {
    CHECK(parse_manscdp("").error().code == Errc::malformed);
    CHECK(parse_manscdp("v=0\r\no=x\r\n").error().code == Errc::malformed);
    CHECK(parse_manscdp("<Notify><SN>1</Notify>").error().code == Errc::malformed);
    CHECK(parse_manscdp("<Notify><SN>1</Notify>").error().offset == 15);
    CHECK(parse_manscdp("<Notify><SN>\xC9\xE3</Notify>").error().offset == 0);
    CHECK(parse_manscdp("<a>" + std::string(1 << 20, ' ') + "</a>").error().code == Errc::too_large);
    std::string nested;
    for (int i = 0; i < 65536; ++i) nested += "<a>";
    CHECK(parse_manscdp(nested).error().code == Errc::malformed);  // deep, unclosed
    CHECK(parse_manscdp(nested + "<").error().code == Errc::too_large);
    std::string closed = nested.substr(0, nested.size() / 2);
    for (int i = 0; i < 32768; ++i) closed += "</a>";
    CHECK(parse_manscdp(closed)->root == "a");
}

TEST_CASE("manscdp: every prefix gives an error or a body") {
    for (std::size_t length = 0; length < keepalive.size(); ++length) {
        const std::string prefix = keepalive.substr(0, length);
        if (const Result<Manscdp> body = parse_manscdp(prefix)) CHECK(body->root == "Notify");
    }
}
