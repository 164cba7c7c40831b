// base/finding: the catalogue holds together, sentences are filled in, root causes come out.
#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <stdexcept>

#include <doctest/doctest.h>

#include "base/charset.hpp"
#include "base/finding.hpp"

using namespace gbkit;

namespace {

// A value that is a phrase has a name in each language: {what} and {what_zh}.
std::set<std::string> in_both_languages(const std::set<std::string>& names) {
    std::set<std::string> plain;
    for (const std::string& name : names) plain.insert(name.ends_with("_zh") ? name.substr(0, name.size() - 3) : name);
    return plain;
}

std::set<std::string> placeholders(std::string_view text) {
    std::set<std::string> names;
    for (std::size_t open = text.find('{'); open != std::string_view::npos; open = text.find('{', open + 1))
        names.emplace(text.substr(open + 1, text.find('}', open) - open - 1));
    return names;
}

bool balanced(std::string_view text) {
    bool open = false;
    for (const char c : text) {
        if ((c == '{' && open) || (c == '}' && !open)) return false;
        if (c == '{') open = true;
        if (c == '}') open = false;
    }
    return !open;
}

// The first entry of that severity which implies another one, and which is implied by none.
const FindingInfo& with_consequence() {
    for (const FindingInfo& info : finding_catalogue())
        if (!info.implies.empty() && info.implies.front() != info.id) return info;
    throw std::runtime_error("no finding implies another");
}

Finding of(FindingId id, std::string subject, Time time = from_unix(100)) {
    Finding finding{id};
    finding.subject = std::move(subject);
    finding.where.time = time;
    return finding;
}

}  // namespace

TEST_CASE("slugs are unique and readable") {
    REQUIRE_FALSE(finding_catalogue().empty());
    std::set<std::string_view> seen;
    for (const FindingInfo& info : finding_catalogue()) {
        CAPTURE(info.id.slug);
        CHECK(seen.insert(info.id.slug).second);
        CHECK(info.id.slug.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos);
        CHECK(find_finding(info.id.slug) == &info);
    }
}

TEST_CASE("every entry speaks both languages and fills the same words in") {
    for (const FindingInfo& info : finding_catalogue()) {
        CAPTURE(info.id.slug);
        CHECK_FALSE(info.message.english.empty());
        CHECK_FALSE(info.message.chinese.empty());
        CHECK(info.advice.english.empty() == info.advice.chinese.empty());
        CHECK((info.severity == Severity::info || !info.advice.english.empty()));
        for (const std::string_view text : {info.message.english, info.message.chinese, info.advice.english, info.advice.chinese}) {
            CHECK(balanced(text));
            CHECK(is_utf8(text));
        }
        CHECK(placeholders(info.message.english) == in_both_languages(placeholders(info.message.chinese)));
        CHECK(placeholders(info.advice.english) == in_both_languages(placeholders(info.advice.chinese)));
    }
}

TEST_CASE("what a finding implies exists, and nothing implies itself in a circle") {
    std::map<std::string_view, int> state;  // 1: on the path, 2: done
    const std::function<void(const FindingInfo&)> visit = [&](const FindingInfo& info) {
        CAPTURE(info.id.slug);
        REQUIRE(state[info.id.slug] != 1);
        if (state[info.id.slug] == 2) return;
        state[info.id.slug] = 1;
        for (const FindingId id : info.implies) {
            CAPTURE(id.slug);
            const FindingInfo* next = find_finding(id.slug);
            REQUIRE(next != nullptr);
            visit(*next);
        }
        state[info.id.slug] = 2;
    };
    for (const FindingInfo& info : finding_catalogue()) visit(info);
}

TEST_CASE("sentences are filled in once") {
    const auto& catalogue = finding_catalogue();
    const auto entry = std::find_if(catalogue.begin(), catalogue.end(), [](const FindingInfo& info) {
        return placeholders(info.message.english).contains("observed");
    });
    REQUIRE(entry != catalogue.end());
    Finding finding{entry->id};
    finding.observed = "{expected} 中文";
    finding.expected = "EXPECTED";
    const std::string message = message_of(finding, Language::english);
    CHECK(message.find("{expected} 中文") != std::string::npos);  // a value is not searched for placeholders again
    CHECK(message.find("{observed}") == std::string::npos);
    CHECK(message_of(finding, Language::chinese).find("{observed}") == std::string::npos);
}

TEST_CASE("an id outside the catalogue is a bug") {
    CHECK(find_finding("no-such-finding") == nullptr);
    CHECK_THROWS_AS((void)info_of(FindingId{"no-such-finding"}), std::logic_error);
    CHECK_THROWS_AS((void)message_of(Finding{FindingId{"no-such-finding"}}, Language::english), std::logic_error);
}

TEST_CASE("what follows from another finding about the same subject is no root cause") {
    const FindingInfo& cause = with_consequence();
    const FindingId consequence = cause.implies.front();
    const std::vector<Finding> findings{of(consequence, "A"), of(cause.id, "A"), of(consequence, "B")};
    std::set<std::pair<std::string_view, std::string>> roots;
    for (const Finding& root : root_causes(findings)) roots.emplace(root.id.slug, root.subject);
    CHECK(roots == std::set<std::pair<std::string_view, std::string>>{{cause.id.slug, "A"}, {consequence.slug, "B"}});
}

TEST_CASE("root causes are ordered by severity, certainty and time") {
    const auto first_of = [](Severity severity) {
        const auto& all = finding_catalogue();
        const auto entry = std::find_if(all.begin(), all.end(), [&](const FindingInfo& info) { return info.severity == severity; });
        REQUIRE(entry != all.end());
        return entry->id;
    };
    const FindingId error = first_of(Severity::error);
    const FindingId info = first_of(Severity::info);
    Finding likely = of(error, "likely", from_unix(1));
    likely.certainty = Certainty::likely;
    const std::vector<Finding> findings{of(info, "info", from_unix(0)), likely, of(error, "late", from_unix(9)), of(error, "early", from_unix(5))};
    std::vector<std::string> order;
    for (const Finding& root : root_causes(findings)) order.push_back(root.subject);
    CHECK(order == std::vector<std::string>{"early", "late", "likely", "info"});
}

TEST_CASE("names and labels") {
    CHECK(name_of(Severity::violation) == "violation");
    CHECK(name_of(Certainty::likely) == "likely");
    CHECK(name_of(SeenFrom::platform) == "platform");
    CHECK(name_of(SeenFrom::unknown) == "unknown");
    CHECK(label_of(Severity::error).in(Language::chinese) == "错误");
    CHECK(label_of(Certainty::possible).in(Language::chinese) == "可能");
}
