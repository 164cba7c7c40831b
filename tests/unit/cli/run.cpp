// The frame: verbs, usage errors, exceptions, the first and the last record.
#include <new>
#include <stdexcept>
#include <system_error>

#include <doctest/doctest.h>

#include "io/capture.hpp"
#include "unit/cli/captured.hpp"
#include "unit/cli/demo_program.hpp"

using namespace gbkit;
using namespace gbkit::cli;
using test::Captured;
using test::Demo;

namespace {

Captured run_demo(const std::vector<std::string>& arguments) { return test::run(Demo().program(), arguments); }

template <class Exception>
Captured run_throwing(const Exception& exception, const std::vector<std::string>& arguments = {}) {
    Demo demo;
    demo.verify = [exception](Output&) -> ExitCode { throw exception; };
    return test::run(demo.program(), arguments);
}

}  // namespace

TEST_CASE("version and help") {
    for (const auto& arguments : {std::vector<std::string>{"-V"}, {"--version"}, {"compute", "-V"}}) {
        const Captured result = run_demo(arguments);
        CHECK(result.code == 0);
        CHECK(result.out == "gb-demo " GBKIT_VERSION " (gbkit)\n");
    }
    const Captured help = run_demo({"-h"});
    CHECK(help.code == 0);
    CHECK(help.err.empty());
    for (const char* part : {"A demonstration.", "verify", "compute", "--json", "gb-demo a.txt"}) CHECK(help.out.find(part) != std::string::npos);
    CHECK(help.out.find("--server") == std::string::npos);
    const Captured verb = run_demo({"verify", "--help"});
    for (const char* part : {"--server HOST:PORT", "[FILE]...", "(default 5s)", "auto|always|never", "gb-demo verify --password"})
        CHECK(verb.out.find(part) != std::string::npos);
    CHECK(verb.out.find("Excludes") == std::string::npos);
}

TEST_CASE("usage errors are 2, with the nearest name and without values") {
    const std::pair<std::vector<std::string>, const char*> rows[] = {
        {{"--pasword=geheim"}, "gb-demo: unknown option --pasword; did you mean --password?\n"},
        {{"--pasword", "geheim", "a"}, "gb-demo: unknown option --pasword; did you mean --password?\n"},
        {{"--frobnicate"}, "gb-demo: unknown option --frobnicate\n"},
        {{"compute", "a"}, "gb-demo: unexpected argument a\n"},
        {{"compute", "verfy"}, "gb-demo: unexpected argument verfy; did you mean verify?\n"},
        {{"--password"}, "gb-demo: --password needs a value\n"},
        {{"--timeout", "soon"}, "gb-demo: --timeout: a duration that is no number"},
        {{"--server", "a:b:c"}, "gb-demo: --server: an address with several colons"},
        {{"--color", "blue"}, "gb-demo: --color: blue is not one of auto, always, never\n"},
        {{"--color", "allways"}, "gb-demo: --color: allways is not one of auto, always, never; did you mean always?\n"},
        {{"--password", "a", "--password-file", "b"}, "gb-demo: --password excludes --password-file\n"},
        {{"--ignore", "no-such-finding-at-all"}, "gb-demo: --ignore: no finding is called no-such-finding-at-all"},
        {{"--records", "fd:999"}, "gb-demo: fd:999 is no open file descriptor\n"},
    };
    for (const auto& [arguments, message] : rows) {
        const Captured result = run_demo(arguments);
        CAPTURE(result.err);
        CHECK(result.code == 2);
        CHECK(result.out.empty());
        CHECK(result.err.starts_with(message));
        CHECK(result.err.find("geheim") == std::string::npos);
    }
}

TEST_CASE("options reach their values in every form") {
    const auto given = [](const std::vector<std::string>& arguments) {
        const Demo demo;
        CHECK(test::run(demo.program(), arguments).code == 0);
        return *demo.options;
    };
    CHECK(given({"--server", "[::1]:99"}).server == HostPort{"::1", 99});
    CHECK(given({"--server=h"}).server == HostPort{"h", 5060});
    CHECK(given({"--server=h:0"}).server == HostPort{"h", 0});
    CHECK(given({"--timeout=500ms"}).timeout == milliseconds(500));
    CHECK_FALSE(given({}).duration);
    CHECK(given({"--duration", "1m"}).duration == minutes(1));
    CHECK(given({"--password="}).password.password == "");
    CHECK(given({"--password", ""}).password.password == "");
    CHECK(given({"--password", "-x"}).password.password == "-x");
    CHECK(given({"a", "--lang", "en", "b", "-q", "--", "-c"}).files == std::vector<std::string>{"a", "b", "./-c"});
    CHECK(given({"-vv"}).common.verbose == 2);
    CHECK(given({"--fail-on", "never", "--all"}).common.fail_on == "never");
}

TEST_CASE("every exception has its exit code and one line on stderr") {
    CHECK(run_throwing(Failure{ExitCode::unreachable, "cannot connect"}).code == 4);
    CHECK(run_throwing(Failure{ExitCode::unreachable, "cannot connect"}).err == "gb-demo: cannot connect\n");
    CHECK(run_throwing(std::system_error(std::make_error_code(std::errc::permission_denied), "open")).code == 7);
    CHECK(run_throwing(std::runtime_error("no random bytes")).code == 7);
    CHECK(run_throwing(std::bad_alloc()).code == 7);
    CHECK(run_throwing(io::CaptureError("no capture", false)).code == 3);
    CHECK(run_throwing(io::CaptureError("permission denied", true)).code == 7);
    CHECK(run_throwing(std::out_of_range("index")).code == 70);
    CHECK(run_throwing(std::out_of_range("index")).err.find("this is a bug") != std::string::npos);
    CHECK(run_throwing(std::bad_function_call()).code == 70);
    CHECK(run_throwing(42).code == 70);
}

TEST_CASE("the first record is run, the last is summary, whatever happens") {
    const Captured result = run_throwing(Failure{ExitCode::timeout, "nobody answers"}, {"--json", "--password", "geheim"});
    const auto lines = test::lines_of(result.out);
    REQUIRE(lines.size() == 2);
    for (const std::string& line : lines) CHECK(validate_line(line).empty());
    CHECK(read_record(lines[0])->type == "run");
    CHECK(read_record(lines[0])->value("argv") == R"(["--json","--password","***"])");
    CHECK(read_record(lines[0])->value("verb") == "verify");
    CHECK(read_record(lines[1])->type == "summary");
    CHECK(read_record(lines[1])->value("exit_code") == "5");
    CHECK(read_record(lines[1])->value("error") == "nobody answers");
    CHECK(result.code == 5);
}

TEST_CASE("text wherever stdout goes; records where they are asked for") {
    Demo demo;
    demo.verify = [](Output& out) {
        out.line("a page");
        return ExitCode::yes;
    };
    const test::Folder folder;
    CHECK(test::run(demo.program(), {}).out == "a page\n");
    const Captured both = test::run(demo.program(), {"--records", folder.file("r")});
    CHECK(both.out == "a page\n");
    CHECK(test::lines_of(test::content_of(folder.file("r"))).size() == 2);
    CHECK(test::run(Demo(demo).program(), {"-o", folder.file("p")}).out.empty());
    CHECK(test::content_of(folder.file("p")) == "a page\n");
}

TEST_CASE("GBKIT_OUTPUT=json is honoured and --text overrides it") {
    Demo demo;
    demo.verify = [](Output& out) {
        out.line("a page");
        return ExitCode::yes;
    };
    setenv("GBKIT_OUTPUT", "json", 1);
    CHECK(test::run(demo.program(), {}).out.starts_with("{\"type\":\"run\""));
    CHECK(test::run(demo.program(), {"--text"}).out == "a page\n");
    setenv("GBKIT_OUTPUT", "text", 1);
    unsetenv("GBKIT_OUTPUT");
}

TEST_CASE("a full disk is exit 7, with the name") {
    const Captured out = run_demo({"--json", "-o", "/dev/full"});
    CHECK(out.code == 7);
    CHECK(out.err == "gb-demo: cannot write to /dev/full: no space left on device\n");
    CHECK(run_demo({"--records", "/dev/full"}).code == 7);
    CHECK(run_demo({"-o", "/no/such/folder/file"}).code == 7);
}

TEST_CASE("quiet takes the talk away, not the page") {
    Demo demo;
    demo.verify = [](Output& out) {
        out.talk("listening");
        out.progress("half");
        out.line("a page");
        return ExitCode::yes;
    };
    const Captured loud = test::run(demo.program(), {});
    CHECK(loud.err == "gb-demo: listening\n");  // stderr is no terminal here: no progress
    const Captured quiet = test::run(Demo(demo).program(), {"-q"});
    CHECK(quiet.err.empty());
    CHECK(quiet.out == "a page\n");
    demo.options = std::make_shared<test::DemoOptions>();
    CHECK(test::run(demo.program(), {"--progress", "always"}).err.find("half") != std::string::npos);
}
