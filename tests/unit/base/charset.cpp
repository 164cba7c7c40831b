// base/charset: what devices send, made fit for a page.
#include <doctest/doctest.h>

#include "base/charset.hpp"

using namespace gbkit;

namespace {
const std::string camera_gb = "\xc9\xe3\xcf\xf1\xbb\xfa";  // 摄像机 in GB2312
}

TEST_CASE("UTF-8, RFC 3629") {
    for (const std::string_view good : {"", "abc", "摄像机", "\xf0\x9f\x93\xb7", "\xed\x9f\xbf", "\xf4\x8f\xbf\xbf"}) CHECK(is_utf8(good));
    for (const std::string_view bad : {"\x80", "\xc0\xaf", "\xc1\x81", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80",
                                       "\xe6\x91", "\xff", "a\xc3"}) CHECK_FALSE(is_utf8(bad));
    CHECK_FALSE(is_utf8(camera_gb));
}

TEST_CASE("GB2312 and GB18030") {
    CHECK(gb18030_to_utf8(camera_gb) == "摄像机");
    CHECK(utf8_to_gb18030("摄像机") == camera_gb);
    CHECK(gb18030_to_utf8("\x95\x32\x82\x36") == "\xf0\xa0\x80\x80");  // four bytes: U+20000
    CHECK(gb18030_to_utf8("").value().empty());
    CHECK_FALSE(gb18030_to_utf8("a\xff"));
    CHECK(gb18030_to_utf8("a\xff").error().offset == 1);
    CHECK(gb18030_to_utf8("\xc9").error().code == Errc::truncated);
    CHECK_FALSE(utf8_to_gb18030("\xff"));
}

TEST_CASE("printable text is UTF-8 without controls, whatever came") {
    CHECK(printable("摄像机") == "摄像机");
    CHECK(printable(camera_gb) == "摄像机");
    CHECK(printable("a\r\n\tb") == "a\\r\\n\\tb");
    CHECK(printable("\x1b[31mred\x7f") == "\\x1b[31mred\\x7f");
    CHECK(printable("\xc2\x9b" "31m") == "\\x9b31m");  // CSI as a C1 control
    CHECK(printable("\xff\xfe") == "\\xff\\xfe");
    CHECK(printable(std::string_view("a\0b", 3)) == "a\\x00b");
    std::string every;
    for (int byte = 0; byte < 256; ++byte) every.push_back(static_cast<char>(byte));
    CHECK(is_utf8(printable(every)));
    for (const char c : printable(every)) CHECK(static_cast<unsigned char>(c) >= 0x20);
}
