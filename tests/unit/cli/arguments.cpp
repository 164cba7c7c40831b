// The command line before CLI11 sees it.
#include <doctest/doctest.h>

#include "cli/arguments.hpp"
#include "cli/suggest.hpp"
#include "unit/cli/demo_program.hpp"

using namespace gbkit;
using namespace gbkit::cli;
using Words = std::vector<std::string>;

namespace {

Words verbed(Words words) {
    const test::Demo demo;
    const Program program = demo.program();
    return with_verb(*make_app(program), program.default_verb, std::move(words));
}

}  // namespace

TEST_CASE("the default verb is inserted where none is named") {
    CHECK(verbed({}) == Words{"verify"});
    CHECK(verbed({"a"}) == Words{"verify", "a"});
    CHECK(verbed({"verify", "a"}) == Words{"verify", "a"});
    CHECK(verbed({"compute"}) == Words{"compute"});
    CHECK(verbed({"a", "compute"}) == Words{"verify", "a", "compute"});  // the first argument decides
    CHECK(verbed({"./compute"}) == Words{"verify", "./compute"});
    CHECK(verbed({"--password", "compute", "b"}) == Words{"verify", "--password", "compute", "b"});
    CHECK(verbed({"-"}) == Words{"verify", "-"});
}

TEST_CASE("common options may stand before the verb") {
    CHECK(verbed({"--json", "compute", "a"}) == Words{"compute", "--json", "a"});
    CHECK(verbed({"-vq", "-o", "compute", "--lang=zh", "compute"}) == Words{"compute", "-vq", "-o", "compute", "--lang=zh"});
    CHECK(verbed({"-ofile", "compute"}) == Words{"compute", "-ofile"});
    CHECK(verbed({"--json"}) == Words{"verify", "--json"});
    CHECK(verbed({"-o"}) == Words{"verify", "-o"});
    CHECK(verbed({"--unknown", "compute"}) == Words{"verify", "--unknown", "compute"});
}

TEST_CASE("help and version before a verb belong to the program") {
    CHECK(verbed({"-h"}) == Words{"-h"});
    CHECK(verbed({"--json", "--version"}) == Words{"--json", "--version"});
    CHECK(verbed({"compute", "-h"}) == Words{"compute", "-h"});
    CHECK(verbed({"a", "-h"}) == Words{"verify", "a", "-h"});
}

TEST_CASE("behind -- everything is an argument") {
    CHECK(verbed({"--", "compute"}) == Words{"verify", "compute"});
    CHECK(verbed({"a", "--", "-x", "--json", "-", "b"}) == Words{"verify", "a", "./-x", "./--json", "-", "b"});
}

TEST_CASE("an empty value stays the value of its option") {
    CHECK(verbed({"--password=", "a"}) == Words{"verify", "--password", "", "a"});
    CHECK(verbed({"--json=", "a"}) == Words{"verify", "--json=", "a"});
    CHECK(verbed({"--", "--password="}) == Words{"verify", "./--password="});
}

TEST_CASE("secrets are replaced in both forms") {
    const std::vector<std::string_view> secret{"--password", "-p"};
    CHECK(without_secrets({"--password", "geheim", "a"}, secret) == Words{"--password", "***", "a"});
    CHECK(without_secrets({"--password=geheim"}, secret) == Words{"--password=***"});
    CHECK(without_secrets({"--password="}, secret) == Words{"--password=***"});  // not even that it is empty
    CHECK(without_secrets({"-p", "--password"}, secret) == Words{"-p", "***"});
    CHECK(without_secrets({"--password-file", "f", "--password"}, secret) == Words{"--password-file", "f", "--password"});
    CHECK(without_secrets({"--", "--password", "x"}, secret) == Words{"--", "--password", "x"});
}

TEST_CASE("edit distance") {
    CHECK(edit_distance("", "abc") == 3);
    CHECK(edit_distance("abc", "") == 3);
    CHECK(edit_distance("--pasword", "--password") == 1);
    CHECK(edit_distance("--pasdword", "--password") == 1);
    CHECK(edit_distance("ab", "ba") == 1);
    CHECK(edit_distance("kitten", "sitting") == 3);
}

TEST_CASE("the nearest name, when one is near") {
    const Words names{"--password", "--password-file", "--server", "--json"};
    CHECK(nearest("--pasword", names) == "--password");
    CHECK(nearest("--passwordfile", names) == "--password-file");
    CHECK(nearest("--jsno", names) == "--json");
    CHECK(nearest("--serv", names) == "--server");
    CHECK_FALSE(nearest("--frobnicate", names));
    CHECK_FALSE(nearest("x", {}));
    CHECK_FALSE(nearest(std::string(100'000, 'a'), names));
    CHECK(did_you_mean("--jsno", names) == "; did you mean --json?");
    CHECK(did_you_mean("--frobnicate", names).empty());
}
