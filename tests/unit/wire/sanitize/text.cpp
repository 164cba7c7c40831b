// wire/sanitize: aliases are consistent, keep what a diagnosis needs, and leave nothing of the original.
#include "wire/sanitize/text.hpp"

#include <set>

#include <doctest/doctest.h>

#include "base/charset.hpp"
#include "wire/sanitize/body.hpp"

using namespace gbkit;
using namespace gbkit::wire::sanitize;

namespace {

IpAddress ip(std::string_view text) { return *IpAddress::parse(text); }

}  // namespace

TEST_CASE("addresses keep their kind and their neighbours") {
    Aliases aliases;
    for (const char* text : {"10.1.2.3", "172.16.9.9", "192.168.1.64", "100.64.3.2", "169.254.1.1", "fe80::1", "fd12::7"}) {
        CHECK(aliases.address(ip(text)).is_private());
        CHECK(aliases.address(ip(text)) == aliases.address(ip(text)));
    }
    for (const char* text : {"8.8.8.8", "117.136.8.21", "2400:3200::1"}) {
        CHECK_FALSE(aliases.address(ip(text)).is_private());
        CHECK(aliases.address(ip(text)) != ip(text));
    }
    for (const char* text : {"0.0.0.0", "127.0.0.1", "239.1.2.3", "255.255.255.255", "::", "::1", "ff02::1"}) CHECK(aliases.address(ip(text)) == ip(text));
    const IpAddress a = aliases.address(ip("192.168.7.10")), b = aliases.address(ip("192.168.7.11")), c = aliases.address(ip("192.168.8.11"));
    CHECK(std::equal(a.bytes().begin(), a.bytes().begin() + 3, b.bytes().begin()));
    CHECK_FALSE(std::equal(a.bytes().begin(), a.bytes().begin() + 3, c.bytes().begin()));
    CHECK(aliases.address(ip("::ffff:192.168.7.10")).text().find("192.168.7.10") == std::string::npos);
}

TEST_CASE("no two addresses get one alias") {
    Aliases aliases;
    std::set<IpAddress> seen;
    std::size_t count = 0;
    for (std::uint32_t i = 0; i < 200'000; ++i, ++count) seen.insert(aliases.address(IpAddress::v4(0x01000000 + i * 97)));
    for (std::uint32_t i = 0; i < 60'000; ++i, ++count) seen.insert(aliases.address(IpAddress::v4(0xC0A80001 + i % 65'000)));
    CHECK(seen.size() + 2 >= count);   // .0 and .255 are not counted twice
}

TEST_CASE("an ID keeps its structure, and its domain stays its domain") {
    Aliases aliases;
    const std::string id = aliases.id("51010600001320000264"), sister = aliases.id("51010600001320000265"), server = aliases.id("51010600002000000001");
    CHECK(id.size() == 20);
    CHECK(id.substr(8, 6) == "001320");
    CHECK(id != "51010600001320000264");
    CHECK(id != sister);
    CHECK(id.substr(0, 14) == sister.substr(0, 14));
    CHECK(aliases.id("5101060000") == server.substr(0, 10));
    CHECK(aliases.id("510106") == id.substr(0, 6));           // CivilCode
    CHECK(aliases.id("51") == id.substr(0, 2));
    CHECK(aliases.id("51010600001320000264") == id);
    CHECK(aliases.id("130909113319427420").size() == 18);
    std::set<std::string> seen;
    for (int i = 0; i < 2000; ++i) seen.insert(aliases.id("5101060000132000" + std::to_string(1000 + i)));
    CHECK(seen.size() == 2000);
}

TEST_CASE("the digits of the domain in an SSRC follow the ID") {
    Aliases aliases;
    CHECK(aliases.ssrc(106003190) == 106003190);   // no ID yet
    aliases.learn("51010600002000000001");
    const std::string id = aliases.id("51010600002000000001");
    CHECK(scrub_ssrc("0106003190", aliases) == "0" + id.substr(3, 5) + "3190");
    CHECK(scrub_ssrc("1106003190", aliases) == "1" + id.substr(3, 5) + "3190");
    CHECK(aliases.ssrc(4000000000U) == 4000000000U);
}

TEST_CASE("text: what is recognised goes, the rest stays to the byte") {
    Aliases aliases;
    aliases.learn("51010600002000000001");
    const std::string secret = "Via: SIP/2.0/UDP cam7.company.cn:5060;rport=40312;branch=z9hG4bK99;received=117.136.8.21\r\n"
                               "To: <sip:admin:pw1@117.136.8.21:5060>;tag=5 00:1A:2b:3c:4d:5e http://nvr.company.cn/a c=IN IP6 2400:3200::17 [2400:3200::17]:5060 5101060000";
    const std::string text = scrub(secret, aliases);
    for (const char* gone : {"company", "117.136.8.21", "admin", "pw1", "00:1A:2b", "2400:", "5101060000"}) CHECK_MESSAGE(text.find(gone) == std::string::npos, gone);
    for (const char* kept : {"SIP/2.0/UDP host1.example:5060;rport=40312;branch=z9hG4bK99;received=198.18.0.1\r\n", "<sip:user1@198.18.0.1:5060>;tag=5", "02:00:00:00:00:01", "http://host2.example/a",
                             "[2001:db8:0:1::1]:5060"})
        CHECK_MESSAGE(text.find(kept) != std::string::npos, kept);
    CHECK(scrub("14:02:11 rate 1.5.2 v=0 1700000000 12:34 a:b", aliases) == "14:02:11 rate 1.5.2 v=0 1700000000 12:34 a:b");
    CHECK(scrub_ids("V5.4.0.160 51010600002000000001", aliases).starts_with("V5.4.0.160 3"));
}

TEST_CASE("a user behind sip: is looked for within bounds, whatever follows") {
    Aliases aliases;
    std::string text;
    while (text.size() < 1'000'000) text += "sip:";
    CHECK(scrub(text, aliases).size() > 1'000);
    CHECK(scrub("sip:" + std::string(300, 'u') + "@8.8.8.8", aliases).find("8.8.8.8") == std::string::npos);
}

TEST_CASE("names keep their character set, also a broken one") {
    Aliases aliases;
    const std::string utf8 = "\xE5\xA4\xA7\xE9\x97\xA8", national = *utf8_to_gb18030(utf8);
    CHECK(is_utf8(scrub_name(utf8, aliases)));
    CHECK(scrub_name(utf8, aliases) != utf8);
    CHECK_FALSE(is_utf8(scrub_name(national, aliases)));
    CHECK(gb18030_to_utf8(scrub_name(national, aliases)));
    const std::string broken = national.substr(0, 3);
    CHECK_FALSE(is_utf8(scrub_name(broken, aliases)));
    CHECK_FALSE(gb18030_to_utf8(scrub_name(broken, aliases)));
    CHECK(scrub_name("Gate", aliases) == scrub_name("Gate", aliases));
    CHECK(scrub_name("", aliases).empty());
}

TEST_CASE("XML: elements, attributes, CDATA and comments; broken XML too") {
    Aliases aliases;
    const std::string xml = "<?xml version=\"1.0\" encoding=\"GB2312\"?>\r\n<Item><DeviceID Name='Gate 7' x=\"51010600001320000264\">51010600001310000001</DeviceID><Name><![CDATA[Mr Li's <gate>]]></Name>"
                            "<!-- by Li --><Longitude>104.123456</Longitude><Latitude>30.5</Latitude><Password>pw</Password><CivilCode>510106</CivilCode><SN>1700000000</SN><SerialNo>DS-2CD77</SerialNo>"
                            "<Manufacturer>Hikvision</Manufacturer><Firmware>V5.4.0.160</Firmware><IPAddress>192.168.1.64</IPAddress><Empty/><Longitude>0</Longitude></Item>\r\n";
    const std::string text = scrub_xml(xml, aliases);
    for (const char* gone : {"Gate", "51010600001320000264", "51010600001310000001", "Li", "104.123", "30.5<", ">pw<", "DS-2CD77", "192.168.1.64", "510106"})
        CHECK_MESSAGE(text.find(gone) == std::string::npos, gone);
    for (const char* kept : {"<?xml version=\"1.0\" encoding=\"GB2312\"?>\r\n<Item>", "<SN>1700000000</SN>", "Hikvision", "V5.4.0.160", "<Empty/>", "<Longitude>0</Longitude>", "<Longitude>110.0"})
        CHECK_MESSAGE(text.find(kept) != std::string::npos, kept);
    for (std::size_t cut = 0; cut < xml.size(); ++cut) {
        const std::string part = scrub_xml(std::string_view(xml).substr(0, cut), aliases);
        CHECK(part.find("51010600001310000001") == std::string::npos);
        CHECK(part.find("192.168.1.64") == std::string::npos);
    }
    CHECK(scrub_xml("", aliases).empty());
}

TEST_CASE("SDP: addresses and the domain in y= go, times and formats stay") {
    Aliases aliases;
    aliases.learn("51010600002000000001");
    const std::string text = scrub_sdp("v=0\r\no=51010600002000000001 1700000000 0 IN IP4 117.136.8.21\r\ns=Play\r\nc=IN IP4 117.136.8.21\r\nt=1700000000 1700003600\r\n"
                                       "m=video 30012 RTP/AVP 96\r\ny=0106003190\r\nf=v/2/5/25/1/4096a/1/8/1", aliases);
    CHECK(text.find("117.136") == std::string::npos);
    CHECK(text.find("0106003190") == std::string::npos);
    CHECK(text.find("t=1700000000 1700003600\r\nm=video 30012 RTP/AVP 96\r\ny=0") != std::string::npos);
    CHECK(text.ends_with("\r\nf=v/2/5/25/1/4096a/1/8/1"));
    CHECK(scrub_sdp("v=0", aliases) == "v=0");
}
