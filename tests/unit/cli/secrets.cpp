// Passwords from files: exactly one trailing line end dropped, nothing trimmed.
#include <doctest/doctest.h>

#include "cli/run.hpp"
#include "cli/secrets.hpp"
#include "unit/cli/captured.hpp"

using namespace gbkit;
using namespace gbkit::cli;

namespace {

ExitCode failure_of(const PasswordOptions& options) {
    try {
        (void)password_of(options);
    } catch (const Failure& failure) {
        CHECK(failure.message.find("geheim") == std::string::npos);
        return failure.code;
    }
    return ExitCode::yes;
}

}  // namespace

TEST_CASE("one line end goes, everything else stays") {
    const test::Folder folder;
    const std::pair<const char*, const char*> rows[] = {{"pw", "pw"},         {"pw\n", "pw"},       {"pw\r\n", "pw"}, {"pw\n\n", "pw\n"},
                                                        {" pw \n", " pw "}, {"pw\r", "pw\r"}, {"\npw", "\npw"}, {"a\nb\n", "a\nb"}};
    for (const auto& [content, password] : rows) CHECK(read_secret_file(folder.with("f", content)) == password);
    CHECK(read_secret_file(folder.with("f", "\n")).empty());
}

TEST_CASE("where a password comes from") {
    const test::Folder folder;
    CHECK_FALSE(password_of({}));
    CHECK(password_of({.password = "x", .password_file = {}}) == "x");
    CHECK(password_of({.password = "", .password_file = {}}) == "");
    CHECK(password_of({.password = {}, .password_file = folder.with("f", "secret\n")}) == "secret");
    CHECK(failure_of({.password = {}, .password_file = folder.with("empty", "\n")}) == ExitCode::bad_input);
    CHECK(failure_of({.password = {}, .password_file = folder.file("absent")}) == ExitCode::bad_input);
    CHECK(failure_of({.password = {}, .password_file = folder.with("large", std::string(100'000, 'x'))}) == ExitCode::bad_input);
}
