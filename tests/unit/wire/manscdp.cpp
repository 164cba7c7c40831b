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

TEST_CASE("manscdp body: a catalog part") {
    const auto body = parse_manscdp_body(
        "<Response><CmdType>Catalog</CmdType><SN>7</SN><DeviceID>1</DeviceID><SumNum> 140 </SumNum><DeviceList Num='2'>"
        "<Item><DeviceID>2</DeviceID><Name> \xC9\xE3\xCF\xF1\xBB\xFA </Name><Manufacturer>M</Manufacturer><ParentID>1/3</ParentID><BusinessGroupID>5</BusinessGroupID><Parental>0</Parental>"
        "<Status>ON</Status><Password>12345</Password></Item><item><deviceid>4</deviceid></item></DeviceList><ExtraInfo>e</ExtraInfo></Response>");
    REQUIRE(body.has_value());
    CHECK(body->head.cmd_type == "Catalog");
    CHECK_FALSE(body->attributes);
    CHECK(body->sum_num == 140);
    REQUIRE(body->list.has_value());
    CHECK(body->list->name == "DeviceList");
    CHECK(body->list->num == 2);
    REQUIRE(body->list->items.size() == 2);
    CHECK(body->list->items[0].name == "摄像机");
    CHECK(body->list->items[0].parent_id == "1/3");
    CHECK(body->list->items[0].business_group_id == "5");
    CHECK(body->list->items[0].parental == "0");
    CHECK(body->list->items[0].status == "ON");
    CHECK(body->list->items[1].device_id == "4");
    CHECK(body->value("extrainfo") == "e");
    CHECK(body->has("SumNum"));
    CHECK_FALSE(body->has("DeviceList"));
}

TEST_CASE("manscdp body: numbers that are none, attributes, no list") {
    const auto body = parse_manscdp_body("<Query CmdType='Catalog' SN='1'><SumNum>-1</SumNum></Query>");
    REQUIRE(body.has_value());
    CHECK(body->attributes);
    CHECK(body->head.sn == "1");
    CHECK_FALSE(body->sum_num.has_value());
    CHECK_FALSE(body->list.has_value());
    CHECK_FALSE(parse_manscdp_body("<R><SumNum>99999999999999999999</SumNum></R>")->sum_num.has_value());
    CHECK_FALSE(parse_manscdp_body("<R><DeviceList Num='x'/></R>")->list->num.has_value());
    CHECK(parse_manscdp_body("<R><DeviceList/></R>")->list->items.empty());
    CHECK(parse_manscdp_body("<R><List/></R>")->list.has_value() == false);
}

TEST_CASE("manscdp body: bounded, whatever comes") {
    std::string many = "<R>";
    for (int i = 0; i < 5000; ++i) many += "<a>1</a>";
    CHECK(parse_manscdp_body(many + "</R>")->fields.size() == 64);
    CHECK(parse_manscdp_body("<R><SN>1</R>").error().code == Errc::malformed);
    CHECK(parse_manscdp_body(std::string(1 << 17, '<')).error().code == Errc::too_large);
    CHECK(parse_manscdp_body("").error().code == Errc::malformed);
}
