#include "proto/gb/authenticator.hpp"

#include <doctest/doctest.h>

#include "wire/digest/formula.hpp"

using namespace gbkit;
using namespace gbkit::proto::gb;

namespace {

const Time start = from_unix(1'700'000'000);

struct Bench {
    Random random{1};
    NonceStore nonces{};
    wire::digest::Inputs inputs;

    Bench() {
        inputs.username = "34020000001320000264";
        inputs.realm = "3402000000";
        inputs.password = "12345678";
        inputs.method = "REGISTER";
        inputs.uri = "sip:34020000002000000001@3402000000";
        inputs.nonce = nonces.issue(start, random);
        inputs.qop = "auth";
        inputs.nc = "00000001";
        inputs.cnonce = "0a4f113b";
    }
    Proof check(const std::string& authorization, Time now = start, bool qop_required = false) {
        const auto message = wire::sip::parse(
            "REGISTER sip:34020000002000000001@3402000000 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\n"
            "From: <sip:34020000001320000264@3402000000>;tag=f\r\nTo: <sip:34020000001320000264@3402000000>\r\n"
            "Call-ID: c\r\nCSeq: 2 REGISTER\r\n" + authorization + "Content-Length: 0\r\n\r\n");
        REQUIRE(message);
        return check_proof(*message, {"3402000000", "12345678", qop_required}, now, nonces);
    }
    std::string header(std::optional<std::string> algorithm = "MD5") {
        return "Authorization: " + wire::digest::authorization_value(inputs, std::nullopt, algorithm) + "\r\n";
    }
};

}  // namespace

TEST_CASE("the right password, once per nc") {
    Bench b;
    CHECK(b.check(b.header()) == Proof::right);
    CHECK(b.check(b.header()) == Proof::stale);
    b.inputs.nc = "0000000a";
    CHECK(b.check(b.header()) == Proof::right);
}

TEST_CASE("no credentials, another scheme, unreadable ones") {
    Bench b;
    CHECK(b.check("") == Proof::none);
    CHECK(b.check("Authorization: Capability algorithm=\"A:SM2\"\r\n") == Proof::none);
    CHECK(b.check("Authorization: Digest username=\"x\"\r\n") == Proof::malformed);
}

TEST_CASE("wrong: password, realm, algorithm, qop nobody knows, upper-case response") {
    for (const int what : {0, 1, 2, 3}) {
        Bench b;
        if (what == 0) b.inputs.password = "12345679";
        if (what == 1) b.inputs.realm = "3402000001";
        if (what == 2) b.inputs.algorithm.hash = HashAlgorithm::sha256;
        if (what == 3) b.inputs.qop = "null";
        CAPTURE(what);
        CHECK(b.check(b.header(what == 2 ? "SHA-256" : "MD5")) == Proof::wrong);
    }
}

TEST_CASE("without qop: accepted unless it is required") {
    Bench b;
    b.inputs.qop.reset();
    CHECK(b.check(b.header()) == Proof::right);
    CHECK(b.check(b.header()) == Proof::right);
    CHECK(b.check(b.header(), start, true) == Proof::wrong);
}

TEST_CASE("an old or foreign nonce with a right digest is stale, with a wrong one wrong") {
    Bench b;
    CHECK(b.check(b.header(), start + minutes{6}) == Proof::stale);
    b.inputs.nonce = "6eb1340d99c404a0e4d3b68d15d1d46f";
    CHECK(b.check(b.header()) == Proof::stale);
    b.inputs.password = "x";
    CHECK(b.check(b.header()) == Proof::wrong);
}

TEST_CASE("the uri parameter is hashed as sent") {
    Bench b;
    b.inputs.uri = "sip:34020000002000000001@192.0.2.9:5060";
    CHECK(b.check(b.header()) == Proof::right);
}

TEST_CASE("the challenge") {
    CHECK(challenge_value("3402000000", "abc", false) == "Digest realm=\"3402000000\", nonce=\"abc\", algorithm=MD5, qop=\"auth\"");
    CHECK(challenge_value("3402000000", "abc", true) == "Digest realm=\"3402000000\", nonce=\"abc\", algorithm=MD5, qop=\"auth\", stale=true");
}
