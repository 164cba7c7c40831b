// A body as text: character sets that look like each other, bare ampersands, what is left of broken XML.
#include "wire/manscdp_text.hpp"

#include <doctest/doctest.h>

using namespace gbkit::wire;

TEST_CASE("charset_of: what the bytes can be") {
    const BodyCharset ascii = charset_of("<?xml version='1.0' encoding='gb2312'?><a/>");
    CHECK(ascii.declared == "gb2312");
    CHECK((ascii.ascii && ascii.utf8 && ascii.gb2312 && ascii.gb18030));
    const BodyCharset gb = charset_of("<a>\xC9\xE3\xCF\xF1\xBB\xFA</a>");
    CHECK(gb.declared.empty());
    CHECK((!gb.ascii && !gb.utf8 && gb.gb2312 && gb.gb18030));
    const BodyCharset utf8 = charset_of("<?xml version=\"1.0\" encoding=\"UTF-8\"?><a>摄像机</a>");
    CHECK(utf8.declared == "UTF-8");
    CHECK((utf8.utf8 && !utf8.gb2312));
    const BodyCharset gbk = charset_of("<a>\x96\x7C</a>");
    CHECK((!gbk.utf8 && !gbk.gb2312 && gbk.gb18030));
    const BodyCharset cut = charset_of("<a>\xC9\xE3\xCF</a>");
    CHECK((!cut.utf8 && !cut.gb2312 && !cut.gb18030));
    CHECK_FALSE(charset_of("\xC9").gb2312);
}

TEST_CASE("charset_of: a declaration that is none") {
    CHECK(charset_of("").declared.empty());
    CHECK(charset_of("<?xml encoding=\"GB2312\"").declared.empty());
    CHECK(charset_of("<?xml encoding=\"GB2312?>").declared.empty());
    CHECK(charset_of("<?xml encoding?>").declared.empty());
    CHECK(charset_of("<a encoding=\"x\"/>").declared.empty());
    CHECK(charset_of("<?xml encoding='a\x01'?>").declared == "a\\x01");
}

TEST_CASE("find_bare_ampersand: references, CDATA and comments are none") {
    CHECK_FALSE(find_bare_ampersand("").has_value());
    CHECK_FALSE(find_bare_ampersand("<a>&amp; &#38; &#x26; &lt;</a>").has_value());
    CHECK_FALSE(find_bare_ampersand("<a><![CDATA[a & b]]><!-- & --></a>").has_value());
    CHECK(find_bare_ampersand("<a>&amp; a & b</a>") == 11);
    CHECK(find_bare_ampersand("&") == 0);
    CHECK(find_bare_ampersand("&amp") == 0);
    CHECK(find_bare_ampersand("&;") == 0);
    CHECK(find_bare_ampersand("&#;") == 0);
    CHECK(find_bare_ampersand("<![CDATA[ & ]]>&") == 15);
    CHECK_FALSE(find_bare_ampersand("<![CDATA[ & ").has_value());
}

TEST_CASE("element_before: the last start tag") {
    const std::string body = "<Item><Name>Gate < East</Name></Item>";
    CHECK(element_before(body, 17) == "Name");
    CHECK(element_before(body, 6) == "Item");
    CHECK(element_before(body, 0).empty());
    CHECK(element_before(body, 1000) == "Name");
    CHECK(element_before("no tags", 5).empty());
    CHECK(element_before("<" + std::string(100, 'a') + ">", 102).empty());
}

TEST_CASE("salvage: the head of broken XML, and every prefix of it") {
    const std::string body = "<?xml version=\"1.0\"?><Response><CmdType> Catalog </CmdType><SN>7</SN><DeviceID>34</DeviceID><Name>a < b</Name>";
    const Manscdp head = salvage_manscdp(body);
    CHECK(head.root == "Response");
    CHECK(head.cmd_type == "Catalog");
    CHECK(head.sn == "7");
    CHECK(head.device_id == "34");
    CHECK(head.status.empty());
    for (std::size_t length = 0; length < body.size(); ++length) {
        const Manscdp part = salvage_manscdp(body.substr(0, length));
        CHECK((part.root.empty() || part.root == "Response"));
    }
}
