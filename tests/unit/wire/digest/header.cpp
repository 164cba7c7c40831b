// Digest headers as devices write them.
#include "wire/digest/header.hpp"

#include <doctest/doctest.h>

using namespace gbkit;
using namespace gbkit::wire::digest;

TEST_CASE("a camera's Authorization is read as sent") {
    const auto c = parse_credentials(
        R"(Digest username="34020000001320000264", realm="3402000000",nonce="6eb1", uri="sip:34020000002000000001@3402000000", )"
        R"(response="4c97657aa0412c25d4b862219b635c17", algorithm=MD5, cnonce="0a4f113b", opaque="", qop=auth, nc=00000001)");
    REQUIRE(c);
    CHECK(c->username == "34020000001320000264");
    CHECK(c->realm == "3402000000");
    CHECK(c->uri == "sip:34020000002000000001@3402000000");
    CHECK(c->qop == "auth");
    CHECK(c->nc == "00000001");
    CHECK(c->opaque == "");
    CHECK_FALSE(c->header.find("qop")->quoted);
    CHECK(c->header.find("NONCE")->quoted);
    CHECK(c->header.find("realm")->offset == 40);
}

TEST_CASE("what devices get wrong is still read") {
    CHECK(parse_credentials(R"(Digest username="a" realm="b" nonce="c" uri="d" response="e")"));       // no commas
    CHECK(parse_credentials(R"(digest username = a ,, realm= b, nonce =c, uri=d, response=e,)")->realm == "b");
    CHECK(parse_credentials(R"(Digest username="a\"b\\c", realm="", nonce="c", uri="d", response="e")")->username == "a\"b\\c");
    const auto escaped = parse_credentials(R"(Digest username="dom\user", realm="", nonce="c", uri="d", response="e")");
    CHECK(escaped->username == "domuser");
    CHECK(escaped->header.find("username")->raw == "dom\\user");
    const auto many = parse_credentials(R"(Digest username="\"a\\b\"", realm="", nonce="\c", uri="d", response="e")");
    CHECK(many->username == "\"a\\b\"");
    CHECK(many->header.find("username")->raw == R"(\"a\\b\")");
    CHECK(many->nonce == "c");
    CHECK_FALSE(parse_credentials(R"(Digest username="a\)"));  // a backslash at the very end
    CHECK_FALSE(parse_credentials(R"(Digest username="a\")"));
    const auto twice = parse_credentials(R"(Digest realm="x", username="a", realm="y", nonce="c", uri="d", response="e")");
    CHECK(twice->realm == "x");
    CHECK(twice->header.parameters.size() == 6);
    const auto extended = parse_credentials(
        R"(Digest username*=UTF-8''J%C3%A4s%C3%B8n%20Doe, realm="x", nonce="c", uri="d", response="e", userhash=true)");
    CHECK(extended->username == "J\xC3\xA4s\xC3\xB8n Doe");
    CHECK(extended->userhash);
}

TEST_CASE("what is wrong is said with its place") {
    CHECK(parse_credentials(R"(Digest realm="x", nonce="c", uri="d", response="e")").error().what == "no username parameter");
    CHECK(parse_credentials("Basic QWxhZGRpbjpvcGVu==").error().code == Errc::unsupported);
    CHECK(parse_credentials("").error().code == Errc::unsupported);
    const auto open = parse_header(R"(Digest realm="x)");
    REQUIRE_FALSE(open);
    CHECK(open.error().offset == 13);
    CHECK(parse_header("Digest realm").error().offset == 7);
    CHECK(parse_header("Digest =x").error().code == Errc::malformed);
    CHECK(parse_header(R"(Digest realm="x"y)").error().offset == 16);
    std::string many = "Digest a=b";
    for (int i = 0; i < 70; ++i) many += ",a=b";
    CHECK(parse_header(many).error().code == Errc::too_large);
}

TEST_CASE("challenges: stale, lists of qop, several in one line") {
    const auto one = parse_challenge(R"(Digest realm="3402000000",nonce="n",qop="auth,auth-int",stale=TRUE,algorithm=SHA-256)");
    REQUIRE(one);
    CHECK(one->stale);
    CHECK(one->offers_qop("AUTH-INT"));
    CHECK_FALSE(one->offers_qop("aut"));
    CHECK(parse_challenge(R"(Digest realm="x", nonce="y", stale=false)")->stale == false);
    CHECK_FALSE(parse_challenge(R"(Digest realm="x", nonce="y")")->offers_qop("auth"));
    const auto several = parse_challenges(
        R"(Basic realm="b", Digest realm="x", nonce="1", algorithm=SHA-256, Digest realm="x", nonce="2", algorithm=MD5)");
    REQUIRE(several);
    REQUIRE(several->size() == 2);
    CHECK((*several)[1].nonce == "2");
    CHECK((*several)[0].algorithm == "SHA-256");
    CHECK(parse_challenge("Negotiate, Digest realm=\"x\", nonce=\"y\"")->realm == "x");
    CHECK(parse_challenge(R"(Digest realm="x")").error().what == "no nonce parameter");
}

TEST_CASE("Authentication-Info has no scheme") {
    const auto info = parse_authentication_info(R"(nextnonce="n2", qop=auth, rspauth="6629", cnonce="c", nc=00000001)");
    REQUIRE(info);
    CHECK(info->nextnonce == "n2");
    CHECK(info->rspauth == "6629");
    CHECK_FALSE(parse_authentication_info(R"(qop="auth)"));
}

TEST_CASE("every cut of a header gives an answer") {
    const std::string whole = R"(Digest username="a\"b", realm="x", nonce=n, uri="sip:a@b", response="e", qop=auth)";
    for (std::size_t cut = 0; cut <= whole.size(); ++cut) (void)parse_credentials(std::string_view(whole).substr(0, cut));
    CHECK(parse_credentials(whole));
}
