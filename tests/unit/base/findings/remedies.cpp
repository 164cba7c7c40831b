// base/findings/remedies: the table holds together, and a lookup gives both sides or nothing.
#include "base/findings/remedies.hpp"

#include <set>

#include <doctest/doctest.h>

#include "base/findings/digest.hpp"
#include "base/findings/register.hpp"

using namespace gbkit;

TEST_CASE("each remedy has its finding, a maker, both languages, and is the only one of its kind") {
    REQUIRE(remedies().size() > 40);
    std::set<std::pair<FindingId, Vendor>> seen;
    std::set<FindingId> findings;
    for (const Remedy& remedy : remedies()) {
        CAPTURE(remedy.finding.slug);
        REQUIRE(find_finding(remedy.finding.slug) != nullptr);
        CHECK(remedy.vendor != Vendor::unknown);
        CHECK_FALSE(name_of(remedy.vendor).empty());
        CHECK(seen.emplace(remedy.finding, remedy.vendor).second);
        CHECK(find_remedy(remedy.finding, remedy.vendor) == &remedy);
        CHECK_FALSE(remedy.setting.english.empty());
        CHECK_FALSE(remedy.setting.chinese.empty());
        CHECK(remedy.place.english.empty() == remedy.place.chinese.empty());
        for (const Language language : {Language::english, Language::chinese}) CHECK(text_of(remedy, language).find('{') == std::string::npos);
        findings.insert(remedy.finding);
    }
    CHECK(findings.size() >= 30);
}

TEST_CASE("a text names the maker, the place and the setting") {
    const Remedy* remedy = find_remedy(findings::register_server_id_differs, Vendor::hikvision);
    REQUIRE(remedy != nullptr);
    CHECK(text_of(*remedy, Language::english).starts_with("Hikvision: Configuration > Network > Advanced Settings > Platform Access (mode 28181): SIP Server ID"));
    CHECK(text_of(*remedy, Language::chinese).starts_with("Hikvision: 配置 > 网络 > 高级配置 > 平台接入"));
    const Remedy* key = find_remedy(findings::register_server_id_differs, Vendor::wvp);
    REQUIRE(key != nullptr);
    CHECK(text_of(*key, Language::english) == "wvp: application.yml: sip.id");
}

TEST_CASE("both ends are asked; who is unknown has nothing to say") {
    const FindingId id = findings::digest_password_differs;
    const auto told = [&](Parties parties) { return remedies_for(id, parties, Language::english); };
    CHECK(told({}).empty());
    REQUIRE(told({Vendor::dahua, Vendor::unknown}).size() == 1);
    CHECK(told({Vendor::dahua, Vendor::unknown})[0].starts_with("Dahua: "));
    const auto both = told({Vendor::hikvision, Vendor::wvp});
    REQUIRE(both.size() == 2);
    CHECK(both[0].starts_with("Hikvision: "));
    CHECK(both[1].find("sip.password") != std::string::npos);
    CHECK(remedies_for(findings::register_logging_out, {Vendor::hikvision, Vendor::wvp}, Language::english).empty());
}
