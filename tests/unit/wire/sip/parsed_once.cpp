// wire/sip/parsed_once: what was looked at is handed over once, and only for the same bytes.
#include <string>

#include <doctest/doctest.h>

#include "wire/sip/parsed_once.hpp"

using namespace gbkit;
using namespace gbkit::wire::sip;

namespace {

std::string options_of(const std::string& call_id) {
    return "OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP c;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: " + call_id +
           "\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n";
}

}  // namespace

TEST_CASE("the message looked at last is taken with its text, not parsed again") {
    ParsedOnce once;
    const std::string bytes = options_of("1");
    const char* const text = once.look(bytes)->text().data();
    const auto taken = once.take(bytes);
    REQUIRE(taken);
    CHECK(taken->text().data() == text);
    CHECK(taken->call_id == "1");
    const auto again = once.take(bytes);  // it is gone: parsed anew
    REQUIRE(again);
    CHECK(again->text().data() != text);
    CHECK(again->call_id == "1");
}

TEST_CASE("other bytes get a parse of their own") {
    ParsedOnce once;
    CHECK(once.look(options_of("1"))->call_id == "1");
    CHECK(once.take(options_of("2"))->call_id == "2");
    CHECK(once.take(options_of("1"))->call_id == "1");
    CHECK_FALSE(once.look("no SIP at all"));
    CHECK_FALSE(once.take("no SIP at all"));
    CHECK(once.take(options_of("3"))->call_id == "3");
    CHECK_FALSE(ParsedOnce().take(""));
}
