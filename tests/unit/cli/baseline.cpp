// --baseline: what it takes for known, what it refuses, and what page, records and verdict make of it; and advice_here.
#include "cli/baseline.hpp"

#include <doctest/doctest.h>

#include "base/findings/register.hpp"
#include "cli/output.hpp"
#include "unit/cli/captured.hpp"
#include "unit/cli/demo_program.hpp"

using namespace gbkit;
using namespace gbkit::cli;
using test::Captured;
using test::Folder;

namespace {

const FindingId first = findings::register_server_id_differs;   // an error
const FindingId second = findings::register_duplicate_id;       // an error

Finding of(FindingId id, std::string subject) {
    Finding finding{id};
    finding.subject = std::move(subject);
    return finding;
}

Captured run_with(const std::vector<Finding>& findings, std::vector<std::string> arguments, Parties parties = {}) {
    test::Demo demo;
    demo.verify = [&](Output& out) {
        out.know_parties([parties](const Finding& finding) { return finding.subject == "stranger" ? Parties{} : parties; });
        for (const Finding& finding : findings) out.finding(finding);
        out.root_causes();
        return out.verdict();
    };
    return test::run(demo.program(), std::move(arguments));
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

std::string refusal(const std::string& content) {
    const Folder folder;
    try {
        (void)Baseline(folder.with("known", content));
    } catch (const Failure& failure) {
        CHECK(failure.code == ExitCode::bad_input);
        return failure.message;
    }
    return {};
}

}  // namespace

TEST_CASE("lines by hand: an id everywhere, or for one subject") {
    const Folder folder;
    const Baseline baseline(folder.with("known", "# accepted in May\n\n  register-server-id-differs  \r\nregister-duplicate-id\t34020000001320000001\n"));
    CHECK(baseline.holds(of(first, "A")));
    CHECK(baseline.holds(of(first, "")));
    CHECK(baseline.holds(of(second, "34020000001320000001")));
    CHECK_FALSE(baseline.holds(of(second, "34020000001320000002")));
    CHECK_FALSE(baseline.holds(of(second, "")));
    CHECK_FALSE(Baseline().holds(of(first, "A")));
    CHECK_FALSE(Baseline(folder.with("empty", "")).holds(of(first, "A")));
}

TEST_CASE("a baseline that is none is refused with its line") {
    CHECK(has(refusal("register-duplicate-id\nregister-duplicat-id A\n"), ", line 2: no finding is called register-duplicat-id; did you mean register-duplicate-id?"));
    CHECK(has(refusal("WRONG     register-duplicate-id  certain\n"), "no finding is called WRONG"));
    CHECK(has(refusal("{\"type\":\"finding\""), "line 1: a line that is not JSON"));
    CHECK(has(refusal(std::string("\x1b[2J\0x", 6)), "\\x1b[2J"));
    CHECK(run_with({}, {"--baseline", "/no/such/file"}).code == 3);
}

TEST_CASE("the records of a run are the baseline of the next: nothing new, exit 0; another device is new") {
    const Folder folder;
    const std::string records = folder.file("records");
    const std::vector<Finding> findings{of(first, "A\x01"), of(second, "B"), of(first, "A\x01")};
    CHECK(run_with(findings, {"--records", records}).code == 1);

    const Captured again = run_with(findings, {"--baseline", records, "--lang", "en"});
    CHECK(again.code == 0);
    CHECK(again.out == "Nothing new is wrong.\nknown     register-duplicate-id, register-server-id-differs (--baseline)\n");
    CHECK(run_with({}, {"--baseline", records, "--lang", "en"}).out == "Nothing is wrong.\n");

    std::vector<Finding> more = findings;
    more.push_back(of(first, "C"));
    const Captured page = run_with(more, {"--baseline", records, "--lang", "zh"});
    CHECK(page.code == 1);
    CHECK(has(page.out, "register-server-id-differs  确定  C"));
    CHECK_FALSE(has(page.out, "没有发现"));
    CHECK(has(page.out, "已知      register-duplicate-id, register-server-id-differs(--baseline)"));

    const Captured json = run_with(more, {"--baseline", records, "--json"});
    std::size_t known = 0, fresh = 0;
    for (const std::string& line : test::lines_of(json.out)) {
        CHECK(validate_line(line).empty());
        if (has(line, "\"type\":\"finding\"")) ++(has(line, "\"known\":true") ? known : fresh);
    }
    CHECK(known == 2);
    CHECK(fresh == 1);
    CHECK(has(json.out, "\"findings\":{\"register-duplicate-id\":1,\"register-server-id-differs\":3}"));
    CHECK(has(json.out, "\"findings_known\":2"));
}

TEST_CASE("a known finding is not told as it comes") {
    const Folder folder;
    const std::string baseline = folder.with("known", "register-duplicate-id\n");
    std::string heard;
    test::Demo demo;
    demo.verify = [&](Output& out) {
        out.on_finding([&](const Finding& finding) { heard += finding.subject; });
        out.finding(of(first, "new"));
        out.finding(of(second, "old"));
        return ExitCode::yes;
    };
    CHECK(test::run(demo.program(), {"--baseline", baseline}).code == 0);
    CHECK(heard == "new");
}

TEST_CASE("advice names the menu of the device and the key of the platform, when they are known") {
    const Parties parties{Vendor::hikvision, Vendor::wvp};
    const Captured page = run_with({of(first, "A")}, {"--lang", "en"}, parties);
    CHECK(has(page.out, "\n          Hikvision: Configuration > Network > Advanced Settings > Platform Access"));
    CHECK(has(page.out, "\n          wvp: application.yml: sip.id\n"));
    CHECK(has(run_with({of(first, "A")}, {"--lang", "zh"}, parties).out, "Hikvision: 配置 > 网络 > 高级配置 > 平台接入"));
    CHECK_FALSE(has(run_with({of(first, "A")}, {"--lang", "en"}).out, "Hikvision"));
    // The same cause on devices of two makes: both menus, each once.
    const Captured shared = run_with({of(first, "stranger"), of(first, "A"), of(first, "B")}, {"--lang", "en"}, parties);
    CHECK(has(shared.out, "the same for A, B"));
    CHECK(has(shared.out, "wvp: application.yml: sip.id\n"));
    CHECK(shared.out.find("wvp: ") == shared.out.rfind("wvp: "));

    const Captured json = run_with({of(first, "A"), of(first, "stranger")}, {"--json"}, parties);
    for (const std::string& line : test::lines_of(json.out)) {
        CHECK(validate_line(line).empty());
        if (has(line, "\"subject\":\"A\"")) CHECK(has(line, "\"advice_here\":[\"Hikvision: Configuration > Network > Advanced Settings"));
        if (has(line, "\"subject\":\"stranger\"")) CHECK_FALSE(has(line, "advice_here"));
    }
}
