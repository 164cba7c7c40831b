// tests/fixtures/rows.tsv: every row of the field tables has its findings or a reason, every finding its cause.
#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>

#include "base/text.hpp"
#include "proto/fault/fault.hpp"
#include "proto/fault/pack_fault.hpp"
#include "proto/fault/rtp_fault.hpp"
#include "scenarios/causes.hpp"
#include "scenarios/media_causes.hpp"

using namespace gbkit;

namespace {

struct Row {
    std::string name;
    std::vector<std::string> ids;
    std::vector<std::string> causes;
    std::string note;
};

struct RowTable {
    std::vector<Row> rows;
    std::size_t later_limit = 0;
};

std::string source(std::string_view path) {
    const char* folder = std::getenv("GBKIT_SOURCE");
    std::ifstream file(std::string(folder == nullptr ? "." : folder) + '/' + std::string(path), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::string> list(std::string_view field) {
    std::vector<std::string> out;
    for (const std::string_view piece : split(field, ','))
        if (!trim(piece).empty()) out.emplace_back(trim(piece));
    return out;
}

RowTable read_rows() {
    RowTable table;
    const std::string text = source("tests/fixtures/rows.tsv");
    for (const std::string_view line : split(text, '\n')) {
        if (line.starts_with("# later: ")) table.later_limit = to_number(trim(line.substr(9))).value_or(0);
        if (line.empty() || line.front() == '#' || line.starts_with("row\t")) continue;
        const auto fields = split(line, '\t');
        REQUIRE(fields.size() == 4);
        table.rows.push_back({std::string(fields[0]), list(fields[1]), list(fields[2]), std::string(fields[3])});
    }
    return table;
}

bool has_scenario(std::string_view id) {
    for (const scenario::Cause& cause : scenario::causes())
        if (cause.id.slug == id) return true;
    for (const scenario::MediaCause& cause : scenario::media_causes())
        if (cause.id.slug == id) return true;
    return false;
}

bool has_fault(std::string_view id) {
    for (const proto::fault::Fault& fault : proto::fault::all_faults())
        if (fault.id.slug == id) return true;
    return proto::fault::find_pack_fault(id) != nullptr || proto::fault::find_rtp_fault(id) != nullptr;
}

/// The file speaks of the finding, by its slug or by its constant.
bool mentions(const std::string& text, const std::string& id) {
    return text.find(id) != std::string::npos || text.find(replace_all(id, "-", "_")) != std::string::npos;
}

}  // namespace

TEST_CASE("every row of the tables stands in rows.tsv exactly once") {
    const RowTable table = read_rows();
    std::multiset<std::string> names;
    for (const Row& row : table.rows) names.insert(row.name);
    const std::map<char, int> sizes{{'R', 31}, {'K', 5}, {'C', 17}, {'I', 21}, {'M', 23}, {'P', 36}};
    std::size_t expected = names.count("+");
    for (const auto& [letter, count] : sizes)
        for (int i = 1; i <= count; ++i) {
            const std::string name = letter + std::to_string(i);
            CAPTURE(name);
            CHECK(names.count(name) == 1);
            ++expected;
        }
    CHECK(names.size() == expected);
}

TEST_CASE("a row names findings that exist, and why where it names none; the list of rows to come only shrinks") {
    const RowTable table = read_rows();
    std::size_t later = 0;
    for (const Row& row : table.rows) {
        CAPTURE(row.name);
        REQUIRE(!row.ids.empty());
        if (row.ids.front() == "later") {
            ++later;
            CHECK(row.causes.empty());
            CHECK(!row.note.empty());
        } else if (row.ids.front() == "-") {
            CHECK(row.causes.empty());
            CHECK(!row.note.empty());
        } else {
            for (const std::string& id : row.ids) {
                CAPTURE(id);
                CHECK(find_finding(id) != nullptr);
            }
            CHECK(!row.causes.empty());
        }
    }
    MESSAGE("rows not produced yet: " << later << " (limit " << table.later_limit << ")");
    CHECK(later <= table.later_limit);
}

TEST_CASE("every cause that rows.tsv names exists") {
    for (const Row& row : read_rows().rows)
        for (const std::string& cause : row.causes) {
            CAPTURE(row.name);
            CAPTURE(cause);
            const std::size_t colon = cause.find(':');
            REQUIRE(colon != std::string::npos);
            const std::string kind = cause.substr(0, colon);
            const std::string what = cause.substr(colon + 1);
            if (kind == "fault") CHECK(has_fault(what));
            else if (kind == "scenario") CHECK(has_scenario(what));
            else {
                CHECK(kind == "test");
                CHECK(!source(what).empty());
            }
        }
}

TEST_CASE("every error and violation has a cause: a fault or scenario of its name, or a test that makes it") {
    std::map<std::string, std::vector<std::string>> causes;  // by finding
    for (const Row& row : read_rows().rows)
        for (const std::string& id : row.ids) causes[id].insert(causes[id].end(), row.causes.begin(), row.causes.end());
    for (const FindingInfo& info : finding_catalogue()) {
        const std::string id(info.id.slug);
        CAPTURE(id);
        if (info.severity > Severity::violation) continue;
        bool made = false;
        for (const std::string& cause : causes[id]) {
            if (cause == "fault:" + id || cause == "scenario:" + id) made = true;
            if (cause.starts_with("test:") && mentions(source(cause.substr(5)), id)) made = true;
        }
        CHECK(made);
    }
}

TEST_CASE("no scenario is missing from rows.tsv") {
    std::set<std::string> named;
    for (const Row& row : read_rows().rows) named.insert(row.ids.begin(), row.ids.end());
    for (const scenario::Cause& cause : scenario::causes()) {
        CAPTURE(cause.id.slug);
        CHECK(named.contains(std::string(cause.id.slug)));
    }
    for (const scenario::MediaCause& cause : scenario::media_causes()) {
        CAPTURE(cause.id.slug);
        CHECK(named.contains(std::string(cause.id.slug)));
    }
}
