// Digest conversations: what the device or the platform does wrong is found to be that (rows R of the field table).
#include "proto/observe/digest_observer.hpp"

#include <doctest/doctest.h>

#include "base/findings/digest.hpp"
#include "unit/proto/observe/digest_wire.hpp"

using namespace gbkit;
using namespace gbkit::proto::observe;
using namespace gbkit::test;
namespace ids = gbkit::findings;

TEST_CASE("R3: the password differs") {
    Wire wire("other");
    refused(wire, {});
    CHECK(wire.root() == "digest-password-differs");
    CHECK(wire.findings[0].certainty == Certainty::certain);
    CHECK(wire.findings.size() == 1);
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
