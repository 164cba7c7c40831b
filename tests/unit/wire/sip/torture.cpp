// RFC 4475: the verdict on each of the 49 torture messages, against the table beside this file. The messages
// themselves are shared captures and stay outside the project; absent, the test says so and skips.
#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "wire/sip/message.hpp"

using namespace gbkit;
using namespace gbkit::wire::sip;

namespace {

struct Row {
    std::string file, section, ours, allowed;
};

std::string from_environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string() : std::string(value);
}

std::vector<Row> table() {
    std::ifstream file(from_environment("GBKIT_SOURCE") + "/tests/unit/wire/sip/torture.tsv");
    std::vector<Row> rows;
    for (std::string line; std::getline(file, line);) {
        if (line.empty() || line[0] == '#') continue;
        const std::vector<std::string_view> columns = split(line, '\t');
        REQUIRE(columns.size() == 4);
        rows.push_back({std::string(columns[0]), std::string(columns[1]), std::string(columns[2]), std::string(columns[3])});
    }
    return rows;
}

std::optional<std::string> torture_message(const std::string& name) {
    std::ifstream file(from_environment("GBKIT_SHARED") + "/captures/sip-torture/" + name + ".dat", std::ios::binary);
    if (!file) return std::nullopt;
    return std::string(std::istreambuf_iterator<char>(file), {});
}

std::string verdict(const std::string& bytes) {
    const Result<Message> message = parse(bytes);
    if (!message) return "drop";  // there is no message to answer
    const Judgement judgement = judge(*message);
    if (judgement.verdict == Verdict::reject) return "reject " + std::to_string(judgement.status);
    return judgement.verdict == Verdict::accept ? "accept" : "drop";
}

bool allows(const std::string& allowed, const std::string& ours) {
    const std::string list = replace_all(allowed, " or ", "|");
    for (const std::string_view each : split(list, '|'))
        if (each == ours) return true;
    return false;
}

bool absent() {
    if (!from_environment("GBKIT_SOURCE").empty() && torture_message("wsinv")) return false;
    MESSAGE("SKIPPED: no torture messages (GBKIT_SOURCE, GBKIT_SHARED/captures/sip-torture)");
    return true;
}

}  // namespace

TEST_CASE("RFC 4475: 49 of 49 verdicts") {
    if (absent()) return;
    const std::vector<Row> rows = table();
    REQUIRE(rows.size() == 49);
    for (const Row& row : rows) {
        CAPTURE(row.file);
        const std::optional<std::string> bytes = torture_message(row.file);
        REQUIRE(bytes);
        CHECK(verdict(*bytes) == row.ours);
        CHECK(allows(row.allowed, row.ours));
    }
}

TEST_CASE("RFC 4475: a verdict does not hang on how a copy of the message ends") {
    if (absent()) return;
    // The copy of baddn lacks its blank line: with it, the display name is still refused.
    CHECK(verdict(*torture_message("baddn") + "\r\n") == "reject 400");
    CHECK(parse(*torture_message("baddn") + "\r\n")->defect->what == "a name or address that is not well formed in From");
    // Bytes after the body (the second request of dblreq) are not the message's business.
    CHECK(verdict(*torture_message("wsinv") + "\r\nINVITE") == "accept");
}

TEST_CASE("RFC 4475: every prefix of every message is refused or read, never a crash") {
    if (absent()) return;
    for (const Row& row : table()) {
        const std::string bytes = *torture_message(row.file);
        for (std::size_t length = 0; length < bytes.size(); length += length < 600 ? 1 : 7) {
            const std::string prefix = bytes.substr(0, length);  // its own allocation: an over-read is seen
            if (const Result<Message> message = parse(prefix)) CHECK(judge(*message).status >= 0);
        }
    }
}

TEST_CASE("RFC 4475: typed fields of the hard ones") {
    if (absent()) return;
    const Message wsinv = *parse(*torture_message("wsinv"));
    CHECK(wsinv.cseq.number == 9);
    CHECK(wsinv.cseq.method == "INVITE");
    CHECK(wsinv.from.display == "J Rosenberg \\\"");
    CHECK(wsinv.from.tag == "98asjd8");
    CHECK(wsinv.to.tag == "1918181833n");
    REQUIRE(wsinv.vias.size() == 3);
    CHECK(wsinv.vias[0].host == "192.0.2.2");
    CHECK(wsinv.vias[0].branch == "390skdjuw");
    CHECK(wsinv.vias[1].transport == "TCP");
    CHECK(wsinv.vias[1].host == "spindle.example.com");
    CHECK(wsinv.vias[2].branch == "z9hG4bK30239");
    CHECK(wsinv.body().size() == 150);
    CHECK(wsinv.value("NewFangledHeader") == "newfangled value   continued newfangled value");

    const Message escnull = *parse(*torture_message("escnull"));
    CHECK(escnull.to.uri.user == "null-%00-null");
    REQUIRE(escnull.contacts.size() == 2);
    CHECK(escnull.contacts[0].uri.user == "%00");
    CHECK(escnull.contacts[1].uri.user == "%00%00");

    const Message intmeth = *parse(*torture_message("intmeth"));
    CHECK(intmeth.method() == "!interesting-Method0123456789_*+`.%indeed'~");
    CHECK(intmeth.to.display == std::string("BEL:\x07 NUL:\0 DEL:\x7F", 17));
    CHECK(intmeth.from.tag == "_token~1'+`*%!-.");
    CHECK(intmeth.vias.front().branch == "z9hG4bK-.!%66*_+`'~");

    const Message semiuri = *parse(*torture_message("semiuri"));
    CHECK(semiuri.uri.user == "user;par=u%40example.net");
    CHECK(semiuri.uri.host == "example.com");

    const Message unksm2 = *parse(*torture_message("unksm2"));
    CHECK(unksm2.to.uri.scheme == "isbn");
    CHECK(unksm2.to.uri.text == "isbn:2983792873");
    CHECK(unksm2.from.uri.text == "http://www.example.com");
    CHECK(unksm2.contacts.front().uri.text == "name:John_Smith");

    CHECK(parse(*torture_message("esc02"))->contacts.size() == 2);
    CHECK(parse(*torture_message("noreason"))->reason().empty());
    CHECK(parse(*torture_message("dblreq"))->body().empty());
    CHECK(parse(*torture_message("longreq"))->vias.size() == 34);
    CHECK(parse(*torture_message("regescrt"))->contacts.front().uri.text == "sip:user@example.com?Route=%3Csip:sip.example.com%3E");
}
