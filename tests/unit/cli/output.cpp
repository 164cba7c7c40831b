// Output's book of findings and the page's end.
#include <algorithm>
#include <stdexcept>

#include <doctest/doctest.h>

#include "base/charset.hpp"
#include "cli/finding_text.hpp"
#include "cli/terminal.hpp"
#include "unit/cli/captured.hpp"
#include "unit/cli/demo_program.hpp"

using namespace gbkit;
using namespace gbkit::cli;
using test::Captured;
using test::Demo;

namespace {

// An entry of that severity that neither implies nor is implied, so that it stands for itself.
FindingId plain(Severity severity) {
    const auto& all = finding_catalogue();
    const auto implied = [&](FindingId id) {
        return std::any_of(all.begin(), all.end(), [&](const FindingInfo& info) {
            return std::find(info.implies.begin(), info.implies.end(), id) != info.implies.end();
        });
    };
    for (const FindingInfo& info : all)
        if (info.severity == severity && info.implies.empty() && !implied(info.id)) return info.id;
    throw std::runtime_error("no such finding");
}

Finding of(FindingId id, std::string subject, std::uint64_t frame) {
    Finding finding{id};
    finding.subject = std::move(subject);
    finding.where = {frame, std::nullopt, from_unix(100)};
    finding.expected = "WANTED";
    finding.observed = "GIVEN";
    return finding;
}

Captured run_with(std::vector<Finding> findings, const std::vector<std::string>& arguments) {
    Demo demo;
    demo.verify = [findings = std::move(findings)](Output& out) {
        for (const Finding& finding : findings) out.finding(finding);
        out.root_causes();
        return out.verdict();
    };
    return test::run(demo.program(), arguments);
}

std::size_t count(const std::string& text, const std::string& part) {
    std::size_t times = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++times;
    return times;
}

std::string last_line(const std::string& text) { return test::lines_of(text).back(); }

}  // namespace

TEST_CASE("one record an id and subject; repeats are counted with the last place") {
    const FindingId id = plain(Severity::error);
    const std::vector<Finding> findings{of(id, "A", 1), of(id, "A", 5), of(id, "B", 3)};
    const Captured once = run_with(findings, {"--json"});
    CHECK(count(once.out, "\"type\":\"finding\"") == 2);
    const std::string slug(id.slug);
    CHECK(last_line(once.out).find("\"findings\":{\"" + slug + "\":3},\"findings_last_frame\":{\"" + slug + "\":5}") != std::string::npos);
    for (const std::string& line : test::lines_of(once.out)) CHECK(validate_line(line).empty());
    CHECK(count(run_with(findings, {"--json", "--all"}).out, "\"type\":\"finding\"") == 3);
}

TEST_CASE("who listens hears the first of each id and subject, with --all every one, and nothing that is ignored") {
    const FindingId id = plain(Severity::error);
    const auto heard = [&](const std::vector<std::string>& arguments) {
        std::string subjects;
        Demo demo;
        demo.verify = [&](Output& out) {
            out.finding(of(id, "before", 1));
            out.on_finding([&](const Finding& finding) { subjects += finding.subject + " "; });
            for (const char* subject : {"a", "b", "a"}) out.finding(of(id, subject, 1));
            out.on_finding({});
            out.finding(of(id, "after", 1));
            return ExitCode::yes;
        };
        (void)test::run(demo.program(), arguments);
        return subjects;
    };
    CHECK(heard({"verify"}) == "a b ");
    CHECK(heard({"verify", "--all"}) == "a b a ");
    CHECK(heard({"verify", "--ignore", std::string(id.slug)}).empty());
}

TEST_CASE("a finding that is weighed too light decides nothing") {
    Demo demo;
    demo.verify = [&](Output& out) {
        out.weigh_findings([](Finding& finding) { if (finding.subject == "light") finding.certainty = Certainty::possible; });
        out.finding(of(plain(Severity::error), "light", 1));
        CHECK(out.verdict() == ExitCode::yes);
        CHECK(out.findings()[0].certainty == Certainty::possible);
        out.finding(of(plain(Severity::error), "heavy", 1));
        return out.verdict();
    };
    CHECK(test::run(demo.program(), {"verify"}).code == 1);
}

TEST_CASE("a finding that waits is weighed when it is let go, and the end of the run lets go of all") {
    Demo demo;
    demo.verify = [&](Output& out) {
        out.hold_findings([](const Finding& finding) { return finding.subject == "doubtful"; });
        out.finding(of(plain(Severity::error), "doubtful", 1));
        out.finding(of(plain(Severity::violation), "sure", 2));
        CHECK(out.findings().size() == 1);
        CHECK(out.verdict() == ExitCode::yes);
        out.weigh_findings([](Finding& finding) { finding.certainty = Certainty::possible; });
        out.release_findings();
        REQUIRE(out.findings().size() == 2);
        CHECK(out.findings()[1].certainty == Certainty::possible);
        CHECK(out.findings()[0].certainty == Certainty::certain);
        out.finding(of(plain(Severity::error), "doubtful", 3));   // nothing is held any more
        CHECK(out.repeats(out.findings()[1]) == 2);
        return out.verdict();
    };
    CHECK(test::run(demo.program(), {"verify"}).code == 0);
    demo.verify = [&](Output& out) -> ExitCode {
        out.hold_findings([](const Finding&) { return true; });
        out.finding(of(plain(Severity::error), "doubtful", 1));
        return ExitCode::yes;
    };
    const auto run = test::run(demo.program(), {"verify", "--json"});
    CHECK(run.out.find("\"subject\":\"doubtful\"") != std::string::npos);
}

TEST_CASE("one finding is shown as the page's end shows it") {
    const Finding finding = of(plain(Severity::error), "cam", 7);
    const auto shown = [&](const std::vector<std::string>& arguments, bool alone) {
        Demo demo;
        demo.verify = [&](Output& out) {
            out.finding(finding);
            if (alone) out.show(finding);
            else out.root_causes();
            return ExitCode::yes;
        };
        return test::run(demo.program(), arguments).out;
    };
    CHECK(shown({"verify"}, true) == shown({"verify"}, false));
    CHECK(shown({"verify"}, true).find("WRONG") == 0);
    CHECK(shown({"verify", "--json"}, true).find("WRONG") == std::string::npos);
}

TEST_CASE("the verdict follows --fail-on") {
    const std::pair<Severity, const char*> severities[] = {{Severity::error, "error"}, {Severity::violation, "violation"}, {Severity::vendor, "vendor"}};
    for (std::size_t worst = 0; worst < 3; ++worst)
        for (std::size_t bar = 0; bar < 3; ++bar) {
            const Captured result = run_with({of(plain(severities[worst].first), "A", 1)}, {"--fail-on", severities[bar].second});
            CHECK(result.code == (worst <= bar ? 1 : 0));
        }
    CHECK(run_with({of(plain(Severity::error), "A", 1)}, {"--fail-on", "never"}).code == 0);
    CHECK(run_with({of(plain(Severity::info), "A", 1)}, {"--fail-on", "vendor"}).code == 0);
    CHECK(run_with({}, {}).code == 0);
}

TEST_CASE("what is only possible is told and decides nothing") {
    Finding doubtful = of(plain(Severity::error), "A", 1);
    doubtful.certainty = Certainty::possible;
    const Captured result = run_with({doubtful}, {"--lang", "en"});
    CHECK(result.code == 0);
    CHECK(result.out.find("WRONG     ") != std::string::npos);
    Finding likely = doubtful;
    likely.certainty = Certainty::likely;
    CHECK(run_with({doubtful, likely}, {}).code == 1);
}

TEST_CASE("--ignore leaves a finding out of everything") {
    const FindingId id = plain(Severity::error);
    const Captured result = run_with({of(id, "A", 1)}, {"--json", "--ignore", std::string(id.slug)});
    CHECK(result.code == 0);
    CHECK(result.out.find("\"type\":\"finding\"") == std::string::npos);
    CHECK(result.out.find("\"findings\"") == std::string::npos);
}

TEST_CASE("the page's end: what is wrong, where, what to do, what it is not") {
    Finding finding = of(plain(Severity::error), "34020000001320000001", 119);
    finding.ruled_out = {plain(Severity::violation)};
    const Captured page = run_with({finding, finding, finding}, {"--lang", "en"});
    CHECK(page.out.starts_with("WRONG     " + std::string(finding.id.slug) + "  certain  34020000001320000001  #119 and 2 more\n"));
    CHECK(page.out.find("\nDO        ") != std::string::npos);
    CHECK(page.out.find("\nNOT IT    " + std::string(finding.ruled_out[0].slug)) != std::string::npos);
    const Captured chinese = run_with({finding, finding, finding}, {"--lang", "zh"});
    CHECK(chinese.out.starts_with("错误      " + std::string(finding.id.slug) + "  确定"));
    CHECK(chinese.out.find("#119 等 3 处") != std::string::npos);
    CHECK(chinese.out.find("\n处理      ") != std::string::npos);
    CHECK(chinese.out.find("DO ") == std::string::npos);
    for (const std::string& line : test::lines_of(chinese.out)) CHECK(display_width(line) <= 100);
}

TEST_CASE("nothing wrong is said, and notes stay notes") {
    CHECK(run_with({}, {"--lang", "en"}).out == "Nothing is wrong.\n");
    CHECK(run_with({}, {"--lang", "zh"}).out == "没有发现问题。\n");
    const Captured habit = run_with({of(plain(Severity::vendor), "A", 1)}, {"--lang", "en"});
    CHECK(habit.out.starts_with("Nothing is wrong.\nHABIT     "));
    CHECK(run_with({of(plain(Severity::violation), "A", 1)}, {"--lang", "en"}).out.starts_with("VIOLATES  "));
}

TEST_CASE("the same cause on many devices is told once") {
    std::vector<Finding> findings;
    for (int device = 10; device < 30; ++device) findings.push_back(of(plain(Severity::error), "D" + std::to_string(device), 1));
    const Captured page = run_with(findings, {"--lang", "en"});
    CHECK(count(page.out, "WRONG ") == 1);
    CHECK(page.out.find("the same for D11, D12") != std::string::npos);
    CHECK(page.out.find("and 11 more") != std::string::npos);
}

TEST_CASE("advice of a finding that is not certain says so") {
    Finding finding = of(plain(Severity::error), "A", 1);
    CHECK(careful_advice(finding, Language::english) == advice_of(finding, Language::english));
    finding.certainty = Certainty::likely;
    CHECK(careful_advice(finding, Language::english).starts_with("this may help: "));
    CHECK(careful_advice(finding, Language::chinese).starts_with("可尝试"));
}

TEST_CASE("text of a device cannot write on the terminal") {
    Finding finding = of(plain(Severity::error), "\x1b[2Jevil\n", 1);
    const Captured page = run_with({finding}, {"--lang", "en"});
    CHECK(page.out.find('\x1b') == std::string::npos);
    CHECK(page.out.find("\\x1b[2Jevil\\n") != std::string::npos);
}

TEST_CASE("colour when it is wanted") {
    const std::vector<Finding> findings{of(plain(Severity::error), "A", 1)};
    CHECK(run_with(findings, {"--color", "always"}).out.find("\x1b[1;31m") != std::string::npos);
    CHECK(run_with(findings, {"--color", "never"}).out.find('\x1b') == std::string::npos);
    CHECK(run_with(findings, {}).out.find('\x1b') == std::string::npos);
    CHECK(in_style(Style::plain, "x") == "x");
    CHECK(in_style(Style::good, "x") == "\x1b[32mx\x1b[0m");
}

TEST_CASE("hostile traffic cannot make the book of findings grow for ever") {
    Demo demo;
    const FindingId id = plain(Severity::error);
    demo.verify = [id](Output& out) {
        for (std::uint64_t i = 0; i < 21'000; ++i) out.finding(of(id, std::to_string(i), i + 1));
        CHECK(out.findings().size() == 20'000);
        return out.verdict();
    };
    const Captured result = test::run(demo.program(), {"--json"});
    CHECK(last_line(result.out).find(":21000}") != std::string::npos);
    CHECK(last_line(result.out).find("\"findings_dropped\":1000") != std::string::npos);
}

TEST_CASE("messages in records are English unless a language is asked for") {
    const std::vector<Finding> findings{of(plain(Severity::error), "A", 1)};
    setenv("LC_ALL", "zh_CN.UTF-8", 1);
    CHECK(run_with(findings, {}).out.starts_with("错误"));
    const std::string english = run_with(findings, {"--json"}).out;
    CHECK(english.find(message_of(findings[0], Language::chinese)) == std::string::npos);
    CHECK(run_with(findings, {"--json", "--lang", "zh"}).out.find(message_of(findings[0], Language::chinese)) != std::string::npos);
    setenv("LC_ALL", "C.UTF-8", 1);
}

TEST_CASE("the environment's language") {
    setenv("LC_ALL", "", 1);
    setenv("LC_MESSAGES", "zh_CN.UTF-8", 1);
    CHECK(language_of_environment() == Language::chinese);
    setenv("LC_ALL", "en_US.UTF-8", 1);
    CHECK(language_of_environment() == Language::english);
    unsetenv("LC_MESSAGES");
    setenv("LC_ALL", "C.UTF-8", 1);
}
