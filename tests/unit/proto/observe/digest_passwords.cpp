// A table of passwords, as --passwords reads it.
#include "proto/observe/digest_passwords.hpp"

#include <doctest/doctest.h>

using namespace gbkit;
using namespace gbkit::proto::observe;

TEST_CASE("a table of passwords") {
    const auto table = PasswordTable::parse("\xEF\xBB\xBF# accounts\r\n1 one\r\n\n2\ttwo words \tname\n*  all\n");
    REQUIRE(table);
    CHECK(table->find("1", "x")->password == "one");
    CHECK(table->find("2", "x")->password == "two words ");
    CHECK(table->find("9", "name")->username == "name");
    CHECK(table->find("9", "9")->password == "all");
    CHECK_FALSE(PasswordTable::parse("1 one\n")->find("2", "2"));
    CHECK(PasswordTable::parse("1 one\nsecret\n").error().what.find("line 2") == 0);
    CHECK(PasswordTable::parse("secret\n").error().what.find("secret") == std::string::npos);
}
