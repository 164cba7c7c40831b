// Device tables as Excel writes them, and what is said of broken ones.
#include "wire/device_table.hpp"

#include <doctest/doctest.h>

#include "base/charset.hpp"
#include "base/random.hpp"

using namespace gbkit;
using namespace gbkit::wire;

namespace {

const std::string first = "34020000001320000001";
const std::string second = "34020000001320000002";

std::string error_of(std::string_view bytes) {
    const auto table = parse_device_table(bytes);
    return table ? "" : table.error().what;
}

}  // namespace

TEST_CASE("id,username,password,profile,transport; what is left out is empty") {
    const auto table = parse_device_table(first + ",user,pass word ,Dahua,UDP\n" + second + "\n");
    REQUIRE(table);
    REQUIRE(table->rows.size() == 2);
    CHECK(table->rows[0].id == first);
    CHECK(table->rows[0].username == "user");
    CHECK(table->rows[0].password == "pass word ");
    CHECK(table->rows[0].profile == "dahua");
    CHECK(table->rows[0].transport == "udp");
    CHECK(table->rows[1].id == second);
    CHECK(table->rows[1].username.empty());
    CHECK(table->rows[1].password.empty());
    CHECK(table->rows[1].line == 2);
}

TEST_CASE("as Excel writes it: byte order mark, CRLF, quotes, semicolons, columns in its own order, empty rows") {
    const auto table = parse_device_table("\xEF\xBB\xBFpassword;ID\r\n\"a;\"\"b\";" + first + "\r\n;;\r\n\r\n'x;=\"" + second + "\"\r\n");
    REQUIRE(table);
    REQUIRE(table->rows.size() == 2);
    CHECK(table->rows[0].password == "a;\"b");
    CHECK(table->rows[0].id == first);
    CHECK(table->rows[1].id == second);
    CHECK(table->rows[1].password == "'x");
    CHECK(table->rows[1].line == 5);
    CHECK(parse_device_table("id\tpassword\r" + first + "\tx\r" + second + "\ty")->rows.size() == 2);
}

TEST_CASE("GBK is read; a column nobody reads is named") {
    const auto gbk = utf8_to_gb18030("设备编号,密码,备注\r\n" + first + ",密码一,大门\r\n");
    REQUIRE(gbk);
    const auto table = parse_device_table(*gbk);
    REQUIRE(table);
    REQUIRE(table->rows.size() == 1);
    CHECK(table->rows[0].password == "密码一");
    REQUIRE(table->unused.size() == 1);
    CHECK(table->unused[0] == "备注");
    const auto named = parse_device_table("传输方式,厂商,编号\nTLS, Hikvision ," + first + "\n");
    REQUIRE(named);
    CHECK(named->rows.at(0).profile == "hikvision");
    CHECK(named->rows.at(0).transport == "tls");
    CHECK(parse_device_table("name,id\nx," + first + "\n")->rows.at(0).id == first);
}

TEST_CASE("errors name the line and no password") {
    CHECK(error_of(first + ",u,secret\n" + first + ",u,secret\n") == "line 2: the ID of line 1 again");
    CHECK(error_of("id\n" + first + "\n3.402E+19\n").starts_with("line 3: the ID was rounded by a spreadsheet"));
    CHECK(error_of(first + "\n\n,user,secret\n") == "line 3: no ID");
    CHECK(error_of(first + "\n\"" + second + ",\n\n") == "line 2: a quote that is not closed");
    CHECK(error_of("\"" + first + "\"x,u\n") == "line 1: text after a closing quote");
    CHECK(error_of("\"a\nb\",u\n") == "line 1: an ID holds letters, digits, - _ . (64 at most)");
    CHECK(error_of(first + ",u,secret,,sctp\n") == "line 1: the transport is udp, tcp or tls");
    CHECK(error_of(first + ",u,\"sec\nret\"\n") == "line 1: a control character in the user name or password");
    CHECK(error_of("id,id\n") == "line 1: the column id twice");
    CHECK(error_of("user,password\n") == "line 1: no column id");
    CHECK(error_of("\xFF\xFEi\0d\0").starts_with("line 1: UTF-16"));
    CHECK(error_of(first + "\n\xFF\xFF\n").starts_with("line 2: neither UTF-8 nor GB18030"));
    CHECK(error_of(first + "," + std::string(300, 'x') + "\n") == "line 1: a cell of more than 256 bytes");
    CHECK(error_of(first + std::string(70, ',') + "\n") == "line 1: more than 64 cells");
    const auto many = parse_device_table("a1\na2\na3\n", {.rows = 2});
    REQUIRE_FALSE(many);
    CHECK(many.error().what == "line 3: more than 2 devices");
    CHECK(many.error().code == Errc::too_large);
    CHECK(parse_device_table("")->rows.empty());
}

TEST_CASE("any bytes give a table or an error with a line; every prefix of a good table too") {
    const std::string good = "\xEF\xBB\xBFid,username,password,transport\r\n" + first + ",\"a,\"\"b\",\"p\",udp\r\n=\"" + second + "\",,,\r\n";
    for (std::size_t cut = 0; cut <= good.size(); ++cut) {
        const std::string what = error_of(good.substr(0, cut));
        CHECK((what.empty() || what.starts_with("line ")));
    }
    Random random(7);
    const std::string alphabet = "\",;\t\r\n'=1aE+.\xC4\xE3\xEF\xBB\xBF ";
    for (int round = 0; round < 20000; ++round) {
        std::string bytes = random.below(2) == 0 ? good : std::string();
        for (std::uint64_t edits = random.below(12); edits > 0; --edits) {
            const auto at = static_cast<std::ptrdiff_t>(random.below(bytes.size() + 1));
            bytes.insert(bytes.begin() + at, alphabet[random.below(alphabet.size())]);
        }
        const auto table = parse_device_table(bytes);
        if (!table) {
            CHECK(table.error().what.starts_with("line "));
            continue;
        }
        for (const DeviceRow& row : table->rows) {
            CHECK_FALSE(row.id.empty());
            CHECK(row.id.find_first_of("\",;\r\n ") == std::string::npos);
        }
    }
}
