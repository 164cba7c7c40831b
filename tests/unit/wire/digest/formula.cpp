// The digest against the vectors of the RFCs and of the field.
#include "wire/digest/formula.hpp"

#include <doctest/doctest.h>

using namespace gbkit;
using namespace gbkit::wire::digest;

namespace {

Inputs http(HashAlgorithm hash) {
    Inputs in;
    in.algorithm = {hash, false};
    in.username = "Mufasa";
    in.realm = "http-auth@example.org";
    in.password = "Circle of Life";
    in.method = "GET";
    in.uri = "/dir/index.html";
    in.nonce = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v";
    in.nc = "00000001";
    in.cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";
    in.qop = "auth";
    return in;
}

Inputs unicode(HashAlgorithm hash) {
    Inputs in = http(hash);
    in.username = "J\xC3\xA4s\xC3\xB8n Doe";
    in.realm = "api@example.org";
    in.password = "Secret, or not?";
    in.uri = "/doe.json";
    in.nonce = "5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK";
    in.cnonce = "NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v";
    return in;
}

}  // namespace

TEST_CASE("RFC 2617 section 3.5") {
    Inputs in = http(HashAlgorithm::md5);
    in.realm = "testrealm@host.com";
    in.password = "Circle Of Life";
    in.nonce = "dcd98b7102dd2f0e8b11d0f600bfb0c093";
    in.cnonce = "0a4f113b";
    const Worked worked = work_out(in);
    CHECK(worked.ha1 == "939e7578ed9e3c518a452acee763bce9");
    CHECK(worked.ha2 == "39aff3a2bab6126f332b942af96d3366");
    CHECK(worked.response == "6629fae49393a05397450978507c4ef1");
}

TEST_CASE("RFC 7616 section 3.9.1: MD5 and SHA-256") {
    CHECK(response_of(http(HashAlgorithm::md5)) == "8ca523f5e9506fed4657c9700eebdbec");
    CHECK(response_of(http(HashAlgorithm::sha256)) == "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1");
}

TEST_CASE("RFC 7616 section 3.9.2 is SHA-512 cut to 256 bits, not SHA-512/256 (erratum 4897)") {
    CHECK(response_of(unicode(HashAlgorithm::sha512_cut_256)) == "ae66e67d6b427bd3f120414a82e4acff38e8ecd9101d6c861229025f607a79dd");
    CHECK(response_of(unicode(HashAlgorithm::sha512_256)).substr(0, 8) == "3798d413");
    const Inputs in = unicode(HashAlgorithm::sha512_cut_256);
    CHECK(userhash_of(in.algorithm, in.username, in.realm) == "488869477bf257147b804c45308cd62ac4e25eb717b12b298c79e62dcea254ec");
    CHECK(userhash_of({HashAlgorithm::sha512_256, false}, in.username, in.realm).substr(0, 8) == "793263ca");
}

TEST_CASE("the vectors of the field") {
    Inputs v1;
    v1.username = "44010200492000400301";
    v1.realm = "gbt@future_oriented.com";
    v1.password = "d383cf85b0e8ce0b";
    v1.method = "REGISTER";
    v1.uri = "sip:44010200492000000001@4401020049";
    v1.nonce = "f89d0eaccaf1c90453e2f84688ec800f05";
    CHECK(response_of(v1) == "ec26084d0d848dda1482ca9ad58a634a");
    Inputs v2;
    v2.username = "34020000001320000264";
    v2.realm = "3402000000";
    v2.password = "12345678";
    v2.method = "REGISTER";
    v2.uri = "sip:34020000002000000001@3402000000";
    v2.nonce = "6eb1340d99c404a0e4d3b68d15d1d46f";
    v2.nc = "00000001";
    v2.cnonce = "0a4f113b";
    v2.qop = "auth";
    CHECK(response_of(v2) == "4c97657aa0412c25d4b862219b635c17");
}

TEST_CASE("-sess, auth-int and rspauth are their formulas") {
    Inputs in = http(HashAlgorithm::md5);
    in.algorithm.session = true;
    const std::string plain = hash_hex(HashAlgorithm::md5, {"Mufasa:http-auth@example.org:Circle of Life"});
    CHECK(work_out(in).ha1 == hash_hex(HashAlgorithm::md5, {plain, ":", in.nonce, ":", in.cnonce}));
    in.algorithm.session = false;
    in.qop = "auth-int";
    in.body = "v=0\r\n";
    CHECK(work_out(in).a2 == "GET:/dir/index.html:" + hash_hex(HashAlgorithm::md5, {"v=0\r\n"}));
    in.qop = "auth";
    Inputs answer = in;
    answer.method.clear();
    CHECK(rspauth_of(in) == response_of(answer));
    CHECK(rspauth_of(in) != response_of(in));
    in.qop.reset();
    CHECK(work_out(in).joined == work_out(in).ha1 + ":" + in.nonce + ":" + work_out(in).ha2);
}

TEST_CASE("algorithm names") {
    CHECK(parse_algorithm(std::nullopt)->hash == HashAlgorithm::md5);
    CHECK(parse_algorithm("md5-SESS")->session);
    CHECK(parse_algorithm("SHA-512-256")->hash == HashAlgorithm::sha512_256);
    CHECK(parse_algorithm("SM3")->hash == HashAlgorithm::sm3);
    CHECK_FALSE(parse_algorithm("AKAv1-MD5"));
    CHECK_FALSE(parse_algorithm(""));
    for (const char* name : {"MD5", "MD5-sess", "SHA-256", "SHA-256-sess", "SHA-512-256", "SM3-sess"})
        CHECK(name_of(*parse_algorithm(name)) == name);
}

TEST_CASE("the header line is quoted as RFC 7616 section 3.4 says, and read back the same") {
    Inputs in = http(HashAlgorithm::sha256);
    in.username = "a\"b\\c";
    const std::string value = authorization_value(in, "op", "SHA-256");
    CHECK(value.find("qop=auth,") != std::string::npos);
    CHECK(value.find("nc=00000001,") != std::string::npos);
    CHECK(value.find("algorithm=SHA-256,") != std::string::npos);
    CHECK(value.find("cnonce=\"") != std::string::npos);
    const auto read = parse_credentials(value);
    REQUIRE(read);
    CHECK(inputs_of(*read, "GET", in.password) == in);
    CHECK(read->response == response_of(in));
    const auto hashed = parse_credentials(authorization_value(in, std::nullopt, "SHA-256", true));
    CHECK(hashed->userhash);
    CHECK(hashed->username == userhash_of(in.algorithm, in.username, in.realm));
    CHECK(hashed->response == response_of(in));
    Inputs old = in;
    old.qop.reset();
    CHECK(authorization_value(old, std::nullopt, std::nullopt).find("nc=") == std::string::npos);
}
