// base/text: case, pieces, numbers, and columns where Chinese takes two.
#include <chrono>

#include <doctest/doctest.h>

#include "base/text.hpp"

using namespace gbkit;

TEST_CASE("case of ASCII letters only") {
    CHECK(to_lower("Via: ÄB") == "via: Äb");
    CHECK(to_upper("register 中z") == "REGISTER 中Z");
    CHECK(iequals("CSeq", "cseq"));
    CHECK_FALSE(iequals("CSeq", "cse"));
    CHECK_FALSE(iequals("@", "`"));  // 0x40 and 0x60 differ by the case bit and are no letters
    CHECK(istarts_with("SIP/2.0 200", "sip/"));
    CHECK_FALSE(istarts_with("SI", "SIP"));
}

TEST_CASE("ifind") {
    CHECK(ifind("WWW-Authenticate: Digest", "digest") == 18);
    CHECK(ifind("abc", "d") == std::string_view::npos);
    CHECK(ifind("abc", "") == 0);
    CHECK(ifind("", "") == 0);
    CHECK(ifind("", "a") == std::string_view::npos);
}

TEST_CASE("trim, split, join, replace") {
    CHECK(trim(" \t a b \r\n") == "a b");
    CHECK(trim(" \r\n").empty());
    CHECK(split("a,,b", ',') == std::vector<std::string_view>{"a", "", "b"});
    CHECK(split("", ',') == std::vector<std::string_view>{""});
    CHECK(join({"a", "b", ""}, ", ") == "a, b, ");
    CHECK(join({}, ", ").empty());
    CHECK(join({"same", "same"}, "-") == "same-same");
    CHECK(replace_all("a.b.", ".", "..") == "a..b..");
    CHECK(replace_all("aaa", "aa", "b") == "ba");
    CHECK(replace_all("abc", "", "x") == "abc");
    CHECK(replace_all("abc", "abc", "").empty());
    CHECK(replace_all("", "a", "b").empty());
}

TEST_CASE("replace_all is linear") {
    const auto start = std::chrono::steady_clock::now();
    CHECK(replace_all(std::string(4'000'000, 'a'), "a", "bc").size() == 8'000'000);
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(2));  // quadratic: minutes
}

TEST_CASE("numbers") {
    CHECK(to_number("0") == 0);
    CHECK(to_number("18446744073709551615") == UINT64_MAX);
    CHECK_FALSE(to_number("18446744073709551616"));
    CHECK_FALSE(to_number("65536", 65535));
    for (const std::string_view bad : {"", "+1", "-1", " 1", "1 ", "1a", "0x1"}) CHECK_FALSE(to_number(bad));
    CHECK(hex_value('f') == 15);
    CHECK(hex_value('F') == 15);
    CHECK(hex_value('g') == -1);
    CHECK(hex_value('/') == -1);
}

TEST_CASE("columns") {
    CHECK(display_width("abc") == 3);
    CHECK(display_width("错误") == 4);
    CHECK(display_width("e\xcc\x81") == 1);  // e and a combining accent
    CHECK(display_width("\uff0c\u3002") == 4);
    CHECK(display_width("\xff\xfe") == 2);   // broken bytes count one each
    CHECK(display_width("\xe9\x94") == 2);
    CHECK(pad("错误", 6) == "错误  ");
    CHECK(pad("abcdef", 3) == "abcdef");
}

TEST_CASE("wrapping at spaces and between wide characters") {
    CHECK(wrap("one two three", 7) == std::vector<std::string>{"one two", "three"});
    CHECK(wrap("abcdefghij k", 4) == std::vector<std::string>{"abcdefghij", "k"});
    CHECK(wrap("", 10).empty());
    CHECK(wrap("平台发回来源", 8) == std::vector<std::string>{"平台发回", "来源"});
    CHECK(wrap("按 rport 回包", 8) == std::vector<std::string>{"按 rport", "回包"});
    for (const std::string& line : wrap("平台把应答发到 192.168.1.64:5060,没有发回来源;设备收不到。", 20)) CHECK(display_width(line) <= 20);
}

TEST_CASE("closing punctuation does not start a line") {
    CHECK(wrap("设备收不到\uff0c只好重发\u3002", 10) == std::vector<std::string>{"设备收不", "到\uff0c只好重", "发\u3002"});
    CHECK(wrap("abcd\uff0cefgh", 4) == std::vector<std::string>{"abcd\uff0c", "efgh"});
}

TEST_CASE("cut: what is too wide ends with an ellipsis, never in the middle of a character, never wider than asked for") {
    CHECK(cut("abc", 3) == "abc");
    CHECK(cut("abcd", 3) == "ab\u2026");
    CHECK(cut("设备编号", 8) == "设备编号");
    CHECK(cut("设备编号", 7) == "设备编\u2026");
    CHECK(cut("设备编号", 6) == "设备\u2026");
    CHECK(cut("设备", 1) == "\u2026");
    CHECK(cut("设备", 0).empty());
    CHECK(cut("", 0).empty());
    for (std::size_t columns = 0; columns < 12; ++columns) CHECK(display_width(cut("a设b备\xFF\xFE编号", columns)) <= columns);
}
