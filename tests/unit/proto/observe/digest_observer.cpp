// Digest conversations: how they end, what belongs together, what is remembered.
#include "proto/observe/digest_observer.hpp"

#include <doctest/doctest.h>

#include "base/findings/digest.hpp"
#include "unit/proto/observe/digest_wire.hpp"

using namespace gbkit;
using namespace gbkit::proto::observe;
using namespace gbkit::test;
namespace ids = gbkit::findings;

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
