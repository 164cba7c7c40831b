// base/crypto: published vectors (RFC 1321 A.5, FIPS 180-4, GB/T 32905-2016 A.1) and the life of a Hash.
#include <doctest/doctest.h>

#include "base/crypto/hash.hpp"

using namespace gbkit;

TEST_CASE("published vectors of abc") {
    CHECK(hash_hex(HashAlgorithm::md5, {"abc"}) == "900150983cd24fb0d6963f7d28e17f72");
    CHECK(hash_hex(HashAlgorithm::sha256, {"abc"}) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(hash_hex(HashAlgorithm::sha512_256, {"abc"}) == "53048e2681941ef99b2e29b76b4c7dabe4c2d0c634fc6d46e0e2f13107e7af23");
    CHECK(hash_hex(HashAlgorithm::sha512_cut_256, {"abc"}) == "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a");
    CHECK(hash_hex(HashAlgorithm::sm3, {"abc"}) == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
    CHECK(hash_hex(HashAlgorithm::md5, {}) == "d41d8cd98f00b204e9800998ecf8427e");
}

TEST_CASE("pieces, copies and reuse give the same digest") {
    const std::string whole = hash_hex(HashAlgorithm::md5, {"user:realm:password"});
    CHECK(hash_hex(HashAlgorithm::md5, {"user", ":realm:", "", "password"}) == whole);
    Hash prefix(HashAlgorithm::md5);
    prefix.update("user:realm:");
    Hash copy(prefix);
    CHECK(copy.update("password").finish_hex() == whole);
    copy.copy_state(prefix);
    CHECK(copy.update("password").finish_hex() == whole);
    copy = prefix;
    CHECK(copy.update("password").finish_hex() == whole);
    CHECK(copy.update("user:realm:password").finish_hex() == whole);  // empty again after finish
    CHECK(prefix.update("password").finish_hex() == whole);           // the copies left it alone
    Hash moved(std::move(copy));
    CHECK(moved.update("user:realm:password").finish_hex() == whole);
}

TEST_CASE("a state may come from a Hash of another algorithm") {
    Hash target(HashAlgorithm::md5);
    Hash source(HashAlgorithm::sha256);
    source.update("abc");
    target = source;
    CHECK(target.finish_hex().size() == 64);
}

TEST_CASE("comparison in constant time") {
    CHECK(equal_constant_time("abc", "abc"));
    CHECK_FALSE(equal_constant_time("abc", "abd"));
    CHECK_FALSE(equal_constant_time("abc", "ab"));
    CHECK(equal_constant_time("", ""));
}
