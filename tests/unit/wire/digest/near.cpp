// Near passwords: what people do between the paper and the form.
#include "wire/digest/near.hpp"

#include <set>

#include <doctest/doctest.h>

#include "wire/digest/candidates.hpp"
#include "wire/digest/explain.hpp"

using namespace gbkit;
using namespace gbkit::wire::digest;

namespace {
/// What leads from one password to the other; empty when nothing does.
std::string way(std::string_view given, std::string_view held) {
    for (const NearGuess& guess : near_guesses(given))
        if (guess.password == held) return std::string(guess.what.english) + (guess.detail.empty() ? "" : " " + guess.detail);
    return {};
}
}  // namespace

TEST_CASE("each thing people do is found and named") {
    CHECK(way("abc", "abc ") == "a space at the end");
    CHECK(way("abc", "abc\r") == "a CR at the end");
    CHECK(way("abc ", "abc") == "the space or line end at its ends removed");
    CHECK(way("Admin123", "aDMIN123") == "upper and lower case exchanged (caps lock)");
    CHECK(way("Admin123", "admin123") == "all letters in lower case");
    CHECK(way("adminCam", "admincam") == "all letters in lower case");
    CHECK(way("adminCaM", "adminCam") == "one letter in the other case, at place 8");
    CHECK_FALSE(way("passw0rd", "passwOrd").empty());
    CHECK_FALSE(way("l33t", "133t").empty());
    CHECK(way("00x0", "00xO") == "one look-alike character exchanged, at place 4");
    CHECK(way("a1", "\xEF\xBD\x81\xEF\xBC\x91") == "full-width characters (Chinese input method)");
    CHECK(way("\xEF\xBD\x81\xEF\xBC\x91", "a1") == "half-width characters instead of full-width ones");
    CHECK(way("a&b", "a&amp;b") == "HTML escapes such as &amp;");
    CHECK(way("a&amp;b", "a&b") == "HTML escapes such as &amp; undone");
    CHECK(way("a@b", "a%40b") == "URL escapes such as %40");
    CHECK(way("a%40b", "a@b") == "URL escapes such as %40 undone");
    CHECK(way("0123456789abcdefXYZ", "0123456789abcdef") == "the end cut off, at length 16");
    CHECK(way("123456789", "12345678") != "");
    CHECK(way(std::string(40, 'x') + "y", std::string(32, 'x')) == "the end cut off, at length 32");
}

TEST_CASE("guesses are distinct, never the password itself, bounded, and described in both languages") {
    for (const std::string& password : {std::string("a&B 0l@"), std::string(), std::string(200, 'O'), std::string(10'000, 'l')}) {
        const auto guesses = near_guesses(password);
        std::set<std::string> seen;
        for (const NearGuess& guess : guesses) {
            CHECK(guess.password != password);
            CHECK(seen.insert(guess.password).second);
            CHECK_FALSE(guess.what.english.empty());
            CHECK_FALSE(guess.what.chinese.empty());
        }
        CHECK(guesses.size() < 1500);
    }
}

TEST_CASE("the fast search says the same as the formula") {
    for (const char* algorithm : {"MD5", "MD5-sess", "SHA-256", "SHA-512-256-sess", "SM3"}) {
        for (const bool qop : {false, true}) {
            Recipe claimed;
            claimed.inputs.algorithm = *parse_algorithm(algorithm);
            claimed.inputs.username = std::string(70, 'u');  // the prefix is longer than a block
            claimed.inputs.realm = "r";
            claimed.inputs.nonce = "n";
            claimed.inputs.cnonce = "c";
            claimed.inputs.nc = "00000001";
            claimed.inputs.method = "REGISTER";
            claimed.inputs.uri = "sip:a@b";
            if (qop) claimed.inputs.qop = "auth";
            Inputs right = claimed.inputs;
            right.password = "the one";
            CandidateSearch search(claimed, response_of(right));
            CHECK_FALSE(search.matches("other"));
            CHECK(search.matches("the one"));
            CHECK_FALSE(search.matches(""));
            CHECK(search.matches("the one"));
        }
    }
}
