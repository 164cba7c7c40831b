// Digest conversations, told as text: what each one is found to be.
#include "proto/observe/digest_observer.hpp"

#include <algorithm>

#include <doctest/doctest.h>

#include "base/findings/digest.hpp"
#include "proto/observe/digest_passwords.hpp"
#include "wire/digest/formula.hpp"

using namespace gbkit;
using namespace gbkit::proto::observe;
namespace ids = gbkit::findings;

namespace {

const std::string device = "34020000001320000264";
const std::string server = "sip:34020000002000000001@3402000000";

/// What a device sends; every field can be made wrong.
struct Answer {
    wire::digest::Inputs inputs;
    std::string realm_sent, uri_sent, response;
    std::string request_uri = server;

    Answer() {
        inputs.username = device;
        inputs.realm = "3402000000";
        inputs.password = "12345678";
        inputs.method = "REGISTER";
        inputs.uri = server;
        inputs.nonce = "n1";
        inputs.nc = "00000001";
        inputs.cnonce = "c1";
        inputs.qop = "auth";
    }
};

class Wire {
public:
    explicit Wire(std::optional<std::string> password = "12345678", Context context = {})
        : observer_(
              std::move(context),
              [password](std::string_view, std::string_view) {
                  return password ? std::optional(Secret{*password, {}}) : std::nullopt;
              },
              [this](Finding finding) {
                  for (const Language language : {Language::english, Language::chinese})
                      CHECK((message_of(finding, language) + advice_of(finding, language)).find('?') == std::string::npos);
                  findings.push_back(std::move(finding));
              },
              [this](const DigestCheck& check) { checks.push_back(check); }) {}

    void text(const std::string& pasted) {
        for (const wire::PastedMessage& message : wire::read_pasted(pasted)) observer_.see(auth_seen(message));
    }
    void challenge(const std::string& parameters) { response(401, "WWW-Authenticate: Digest " + parameters + "\n"); }
    void plain_challenge(const std::string& nonce = "n1") {
        challenge("realm=\"3402000000\", nonce=\"" + nonce + "\", qop=\"auth\", algorithm=MD5");
    }
    void send(const Answer& answer) {
        wire::digest::Inputs shown = answer.inputs;
        std::string value = wire::digest::authorization_value(shown, std::nullopt, std::nullopt);
        if (!answer.response.empty()) value = replace_all(value, wire::digest::response_of(shown), answer.response);
        raw("Authorization: " + value + "\n", answer.request_uri);
    }
    void raw(const std::string& header, const std::string& request_uri = server) {
        ++cseq_;
        text("REGISTER " + request_uri + " SIP/2.0\nFrom: <sip:" + device + "@3402000000>;tag=1\nCall-ID: c\nCSeq: " +
             std::to_string(cseq_) + " REGISTER\n" + header);
    }
    void response(int status, const std::string& header = {}) {
        text("SIP/2.0 " + std::to_string(status) + " Reason\nFrom: <sip:" + device + "@3402000000>;tag=1\nCall-ID: c\nCSeq: " +
             std::to_string(cseq_) + " REGISTER\n" + header);
    }
    void end() { observer_.finish(); }

    [[nodiscard]] std::vector<std::string> found() const {
        std::vector<std::string> all;
        for (const Finding& finding : findings) all.emplace_back(finding.id.slug);
        return all;
    }
    [[nodiscard]] bool has(FindingId id) const {
        return std::any_of(findings.begin(), findings.end(), [&](const Finding& f) { return f.id == id; });
    }
    /// The worst that was found; info when nothing was.
    [[nodiscard]] Severity worst() const {
        Severity worst = Severity::info;
        for (const Finding& finding : findings) worst = std::min(worst, info_of(finding.id).severity);
        return worst;
    }
    [[nodiscard]] std::string root() const {
        const auto roots = root_causes(findings);
        return roots.empty() ? std::string() : std::string(roots[0].id.slug);
    }
    [[nodiscard]] const DigestObserver::Counts& counts() const { return observer_.counts(); }

    std::vector<Finding> findings;
    std::vector<DigestCheck> checks;

private:
    int cseq_ = 1;
    DigestObserver observer_;
};

void refused(Wire& wire, const Answer& answer) {
    wire.plain_challenge();
    wire.send(answer);
    wire.response(403);
    wire.end();
}

}  // namespace

TEST_CASE("a healthy registration says nothing") {
    Wire wire;
    wire.plain_challenge();
    wire.send({});
    wire.response(200);
    wire.end();
    REQUIRE(wire.checks.size() == 1);
    CHECK(wire.checks[0].verdict == DigestVerdict::match);
    CHECK(wire.checks[0].status == 200);
    CHECK(wire.checks[0].challenge != nullptr);
    CHECK(wire.checks[0].device == device);
    CHECK(wire.found().empty());
}

TEST_CASE("R3: the password differs") {
    Wire wire("other");
    refused(wire, {});
    CHECK(wire.root() == "digest-password-differs");
    CHECK(wire.findings[0].certainty == Certainty::certain);
    CHECK(wire.findings.size() == 1);
}

TEST_CASE("no answer was seen: the same, and less certain") {
    Wire wire("other");
    wire.plain_challenge();
    wire.send({});
    wire.end();
    CHECK(wire.root() == "digest-password-differs");
    CHECK(wire.findings[0].certainty == Certainty::likely);
    CHECK(wire.checks[0].status == 0);
}

TEST_CASE("accepted, and the given password is another: no error") {
    Wire wire("other");
    wire.plain_challenge();
    wire.send({});
    wire.response(200);
    wire.end();
    CHECK(wire.found() == std::vector<std::string>{"digest-given-password-differs"});
    CHECK(wire.worst() == Severity::info);
    CHECK(wire.counts().mismatched == 1);
}

TEST_CASE("the right digest refused with 403 is not about the password") {
    Wire wire;
    refused(wire, {});
    CHECK(wire.found() == std::vector<std::string>{"digest-right-still-refused"});
    CHECK(wire.findings[0].observed == "403 Reason");
    CHECK(wire.findings[0].ruled_out.size() == 3);
    CHECK(message_of(wire.findings[0], Language::english).find("403 Reason") != std::string::npos);
}

TEST_CASE("the right digest answered 401 again and again is a refusal") {
    Wire wire;
    for (const char* nonce : {"n1", "n2", "n3"}) {
        wire.plain_challenge(nonce);
        Answer answer;
        answer.inputs.nonce = nonce;
        wire.send(answer);
    }
    wire.response(401, "WWW-Authenticate: Digest realm=\"3402000000\", nonce=\"n4\", qop=\"auth\"\n");
    wire.end();
    CHECK(wire.root() == "digest-right-still-refused");
    CHECK_FALSE(wire.has(ids::digest_stale_nonce));
}

TEST_CASE("R15: a cached nonce answered 401, and the next try works: no error") {
    for (const bool says_stale : {true, false}) {
        Wire wire;
        wire.plain_challenge();
        wire.send({});
        wire.response(200);
        Answer refresh;
        refresh.inputs.nc = "00000002";
        wire.send(refresh);
        wire.challenge(std::string("realm=\"3402000000\", nonce=\"n2\", qop=\"auth\"") + (says_stale ? ", stale=true" : ""));
        Answer again;
        again.inputs.nonce = "n2";
        again.inputs.cnonce = "c2";
        wire.send(again);
        wire.response(200);
        wire.end();
        CHECK(wire.found() == std::vector<std::string>{"digest-stale-nonce"});
        CHECK(wire.counts().matched == 3);
    }
}

TEST_CASE("a wrong given password and a stale nonce: still no error when the device gets in") {
    Wire wire("other");
    wire.send({});
    wire.plain_challenge("n2");
    Answer again;
    again.inputs.nonce = "n2";
    wire.send(again);
    wire.response(200);
    wire.end();
    CHECK(wire.worst() == Severity::info);
    CHECK(wire.has(ids::digest_given_password_differs));
}

TEST_CASE("R5: another realm than the one challenged") {
    Answer answer;
    answer.inputs.realm = "3707000008";
    Wire wire;
    refused(wire, answer);
    CHECK(wire.root() == "digest-realm-not-challenged");
    CHECK(wire.has(ids::digest_realm_not_challenged));
    CHECK(wire.findings[0].expected == "3402000000");
    CHECK(wire.findings[0].observed == "3707000008");
    Wire works;
    works.plain_challenge();
    works.send(answer);
    works.response(200);
    CHECK(works.has(ids::digest_deviation_accepted));
    CHECK(works.worst() == Severity::vendor);
}

TEST_CASE("R7: uri and Request-URI differ: legal, and named when the digest fits the other") {
    Answer answer;
    answer.request_uri = "sip:34020000002000000001@10.0.0.5:5060";
    Wire wire;
    wire.plain_challenge();
    wire.send(answer);
    wire.response(200);
    CHECK(wire.found() == std::vector<std::string>{"digest-uri-differs"});
    wire::digest::Inputs wrong = answer.inputs;
    wrong.uri = answer.request_uri;
    answer.response = wire::digest::response_of(wrong);
    Wire bad;
    refused(bad, answer);
    CHECK(bad.root() == "digest-uri-hashed-differs");
    CHECK(bad.checks[0].explanation->variant_ids() == "uri-request-uri");
    CHECK(bad.findings[0].ruled_out == std::vector<FindingId>{ids::digest_password_differs});
}

TEST_CASE("R8: qop=null") {
    Wire wire;
    wire.challenge("realm=\"3402000000\", nonce=\"n1\"");
    Answer answer;
    answer.inputs.qop = "null";
    wire.send(answer);
    wire.response(403);
    wire.end();
    CHECK(wire.root() == "digest-qop-null");
    CHECK(wire.checks[0].explanation->variant_ids() == "qop-null-hashed");
}

TEST_CASE("R9: qop offered and not answered") {
    Answer answer;
    answer.inputs.qop.reset();
    Wire wire;
    refused(wire, answer);
    CHECK(wire.root() == "digest-qop-ignored");
    Wire works;
    works.plain_challenge();
    works.send(answer);
    works.response(200);
    CHECK(works.found() == std::vector<std::string>{"digest-deviation-accepted"});
}

TEST_CASE("R11: nc in upper case, and a platform that stumbles over its first letter") {
    Answer answer;
    answer.inputs.nc = "0000000a";
    wire::digest::Inputs wrong = answer.inputs;
    wrong.nc = "0000000A";
    answer.response = wire::digest::response_of(wrong);
    Wire wire;
    refused(wire, answer);
    CHECK(wire.root() == "digest-nc-case");
    Wire tenth;
    tenth.plain_challenge();
    for (int i = 1; i <= 9; ++i) {
        Answer each;
        each.inputs.nc = "0000000" + std::to_string(i);
        tenth.send(each);
        tenth.response(200);
    }
    Answer last;
    last.inputs.nc = "0000000a";
    tenth.send(last);
    tenth.response(403);
    CHECK(tenth.root() == "digest-nc-case");
    CHECK(tenth.findings.back().certainty == Certainty::likely);
}

TEST_CASE("R12: response in upper case") {
    Answer answer;
    answer.response = to_upper(wire::digest::response_of(answer.inputs));
    Wire wire;
    refused(wire, answer);
    CHECK(wire.root() == "digest-response-upper-case");
    CHECK(wire.checks[0].verdict == DigestVerdict::mismatch);
}

TEST_CASE("R13: a space at the end of the user name or the password") {
    Answer answer;
    answer.inputs.username = device + " ";
    Wire wire;
    refused(wire, answer);
    CHECK(wire.root() == "digest-space-trimmed");
    Answer password;
    wire::digest::Inputs wrong = password.inputs;
    wrong.password += ' ';
    password.response = wire::digest::response_of(wrong);
    Wire other;
    refused(other, password);
    CHECK(other.root() == "digest-space-trimmed");
}

TEST_CASE("R14: another algorithm than the one challenged") {
    Wire wire;
    wire.challenge("realm=\"3402000000\", nonce=\"n1\", qop=\"auth\", algorithm=SHA-256");
    wire.send({});
    wire.response(403);
    CHECK(wire.root() == "digest-algorithm-differs");
    CHECK(wire.findings[0].expected == "SHA-256");
    CHECK(wire.findings[0].observed == "MD5");
    Wire unknown;
    unknown.raw("Authorization: Digest username=\"a\", realm=\"b\", nonce=\"c\", uri=\"d\", response=\"e\", algorithm=AKAv1-MD5\n");
    unknown.response(200);
    CHECK(unknown.has(ids::digest_algorithm_unknown));
    CHECK(unknown.checks[0].verdict == DigestVerdict::unverified);
}

TEST_CASE("R16: a constant cnonce is a note") {
    Wire wire;
    for (const char* nonce : {"n1", "n2"}) {
        wire.plain_challenge(nonce);
        Answer answer;
        answer.inputs.nonce = nonce;
        wire.send(answer);
        wire.response(200);
    }
    CHECK(wire.found() == std::vector<std::string>{"digest-constant-cnonce"});
    CHECK(wire.findings[0].certainty == Certainty::certain);
}

TEST_CASE("password in another form, and a formula without HA2") {
    Answer answer;
    wire::digest::Inputs wrong = answer.inputs;
    wrong.password = hash_hex(HashAlgorithm::md5, {"12345678"});
    answer.response = wire::digest::response_of(wrong);
    Wire wire;
    refused(wire, answer);
    CHECK(wire.root() == "digest-password-form");
    wire::digest::Deviation without;
    without.ha2 = wire::digest::Deviation::Ha2::omitted;
    answer.response = work_out(answer.inputs, without).response;
    Wire other;
    refused(other, answer);
    CHECK(other.root() == "digest-formula-differs");
}

TEST_CASE("user and realm that are not the device ID and the domain are notes") {
    Wire wire;
    wire.challenge("realm=\"hik\", nonce=\"n1\"");
    Answer answer;
    answer.inputs.username = "admin";
    answer.inputs.realm = "hik";
    answer.inputs.qop.reset();
    wire.send(answer);
    wire.response(200);
    CHECK(wire.found() == std::vector<std::string>{"digest-username-not-device-id", "digest-realm-not-domain"});
    CHECK(wire.findings[1].expected == "3402000000");
}

TEST_CASE("without a password: pairs, and only what the headers show") {
    Wire wire(std::nullopt);
    refused(wire, {});
    CHECK(wire.found().empty());
    CHECK(wire.checks[0].verdict == DigestVerdict::unverified);
    CHECK(wire.checks[0].claimed);
    Answer answer;
    answer.inputs.realm = "own";
    Wire realm(std::nullopt);
    refused(realm, answer);
    CHECK(realm.has(ids::digest_realm_not_challenged));
    CHECK(realm.findings[0].certainty == Certainty::likely);
}

TEST_CASE("rspauth is verified with an empty method") {
    Wire wire;
    wire.plain_challenge();
    const Answer answer;
    wire.send(answer);
    wire.response(200, "Authentication-Info: qop=auth, cnonce=\"c1\", nc=00000001, rspauth=\"" + wire::digest::rspauth_of(answer.inputs) +
                           "\", nextnonce=\"next\"\n");
    REQUIRE(wire.checks.size() == 2);
    CHECK(wire.checks[1].header == DigestHeader::authentication_info);
    CHECK(wire.checks[1].verdict == DigestVerdict::match);
    Answer second;
    second.inputs.nonce = "next";
    wire.send(second);
    wire.response(200, "Authentication-Info: rspauth=\"" + wire::digest::response_of(second.inputs) + "\"\n");
    CHECK(wire.checks[2].challenge != nullptr);
    CHECK(wire.checks[3].explanation->variant_ids() == "method-register");
    CHECK(wire.has(ids::digest_rspauth_differs));
    CHECK(wire.worst() == Severity::vendor);
}

TEST_CASE("a header that cannot be read is an error only where the device never gets in") {
    Wire wire;
    wire.plain_challenge();
    wire.raw("Authorization: Digest username=\"a, realm=b\n");
    wire.response(400);
    wire.end();
    CHECK(wire.root() == "digest-header-malformed");
    CHECK(wire.counts().unreadable == 1);
    Wire works;
    works.plain_challenge();
    works.raw("Authorization: Digest username=\"a, realm=b\n");
    works.response(401);
    works.send({});
    works.response(200);
    works.end();
    CHECK(works.found().empty());
    Wire other;
    other.raw("Authorization: Basic QWxhZGRpbjpvcGVu\n");
    other.end();
    CHECK(other.counts().unreadable == 0);
}

TEST_CASE("several challenges with one nonce: the one with the answer's algorithm counts") {
    Wire wire;
    wire.response(401, "WWW-Authenticate: Digest realm=\"3402000000\", nonce=\"n1\", qop=\"auth\", algorithm=SHA-256\n"
                       "WWW-Authenticate: Digest realm=\"3402000000\", nonce=\"n1\", qop=\"auth\", algorithm=MD5\n");
    wire.send({});
    wire.response(200);
    CHECK(wire.found().empty());
    CHECK(wire.checks[0].challenge->algorithm == "MD5");
}

TEST_CASE("a resend is judged once; HTTP answers come in order") {
    Wire wire;
    wire.plain_challenge();
    const std::string request = "REGISTER " + server + " SIP/2.0\nFrom: <sip:" + device + "@d>\nCall-ID: z\nCSeq: 9 REGISTER\nAuthorization: " +
                                wire::digest::authorization_value(Answer{}.inputs, std::nullopt, std::nullopt) + "\n";
    wire.text(request + request);
    wire.text("SIP/2.0 100 Trying\nCall-ID: z\nCSeq: 9 REGISTER\nSIP/2.0 200 OK\nCall-ID: z\nCSeq: 9 REGISTER\n" + request);
    wire.end();
    CHECK(wire.checks.size() == 1);
    Wire http("Circle Of Life");
    http.text("HTTP/1.1 401 Unauthorized\nWWW-Authenticate: Digest realm=\"testrealm@host.com\", nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", "
              "qop=\"auth,auth-int\"\n\nGET /dir/index.html HTTP/1.1\nAuthorization: Digest username=\"Mufasa\", realm=\"testrealm@host.com\", "
              "nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", uri=\"/dir/index.html\", qop=auth, nc=00000001, cnonce=\"0a4f113b\", "
              "response=\"6629fae49393a05397450978507c4ef1\"\n\nHTTP/1.1 200 OK\n\n");
    REQUIRE(http.checks.size() == 1);
    CHECK(http.checks[0].verdict == DigestVerdict::match);
    CHECK(http.checks[0].status == 200);
    CHECK(http.checks[0].device == "Mufasa");
}

TEST_CASE("a bare Authorization: the method that verifies is found") {
    Wire wire;
    Answer answer;
    answer.inputs.method = "MESSAGE";
    wire.text("Authorization: " + wire::digest::authorization_value(answer.inputs, std::nullopt, std::nullopt) + "\n");
    wire.end();
    REQUIRE(wire.checks.size() == 1);
    CHECK(wire.checks[0].verdict == DigestVerdict::match);
    CHECK(wire.checks[0].facts.method == "MESSAGE");
}

TEST_CASE("pairs are not searched for ever for a device whose password is simply another") {
    Wire wire("other");
    for (int i = 1; i <= 8; ++i) {
        wire.plain_challenge("n" + std::to_string(i));
        Answer answer;
        answer.inputs.nonce = "n" + std::to_string(i);
        wire.send(answer);
        wire.response(403);
    }
    CHECK(wire.checks[0].explanation->tried > 200);
    CHECK(wire.checks[7].explanation->tried < 100);
}

TEST_CASE("state is bounded") {
    std::uint64_t checks = 0;
    DigestObserver observer({}, {}, [](Finding) {}, [&](const DigestCheck&) { ++checks; }, {8, 8, 8, 1});
    for (int i = 0; i < 1000; ++i) {
        const std::string n = std::to_string(i);
        for (const wire::PastedMessage& message : wire::read_pasted(
                 "SIP/2.0 401 x\nWWW-Authenticate: Digest realm=\"r\", nonce=\"" + n + "\"\nREGISTER sip:a@b SIP/2.0\nFrom: <sip:" + n +
                 "@b>\nCall-ID: " + n + "\nCSeq: 1 REGISTER\nAuthorization: Digest username=\"u\", realm=\"r\", nonce=\"" + n +
                 "\", uri=\"sip:a@b\", response=\"0\"\n"))
            observer.see(auth_seen(message));
    }
    CHECK(checks == 992);  // eight still wait
    observer.finish();
    CHECK(checks == 1000);
}

TEST_CASE("every digest finding has both languages") {
    for (const FindingInfo& info : findings::digest_table()) {
        CAPTURE(info.id.slug);
        CHECK_FALSE(info.message.english.empty());
        CHECK_FALSE(info.message.chinese.empty());
        CHECK_FALSE(info.advice.english.empty());
        CHECK_FALSE(info.advice.chinese.empty());
    }
}

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
