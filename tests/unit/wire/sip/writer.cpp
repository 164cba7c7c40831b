// Writer, reason phrases, and the round trip: what is written is read back.
#include <doctest/doctest.h>

#include <random>
#include <stdexcept>

#include "wire/sip/message.hpp"
#include "wire/sip/writer.hpp"

using namespace gbkit::wire::sip;

TEST_CASE("writer: order, spelling and bytes are the caller's") {
    CHECK(Writer::request("REGISTER", "sip:a@b").header("CSEQ", "1 REGISTER").header("f", "<sip:\xB4\xF3@b>").header("Expires", 0).finish() ==
          "REGISTER sip:a@b SIP/2.0\r\nCSEQ: 1 REGISTER\r\nf: <sip:\xB4\xF3@b>\r\nExpires: 0\r\nContent-Length: 0\r\n\r\n");
    CHECK(Writer::response(200, "OK").finish("ab") == "SIP/2.0 200 OK\r\nContent-Length: 2\r\n\r\nab");
    CHECK(Writer::response(999, "").finish() == "SIP/2.0 999 \r\nContent-Length: 0\r\n\r\n");
}

TEST_CASE("writer: no value can start a header of its own") {
    CHECK_THROWS_AS(Writer::request("A\rB", "sip:a"), std::logic_error);
    CHECK_THROWS_AS(Writer::request("A", "sip:a\nVia: x"), std::logic_error);
    CHECK_THROWS_AS(Writer::response(200, "OK\r\n"), std::logic_error);
    CHECK_THROWS_AS(Writer::response(0, "OK"), std::logic_error);
    CHECK_THROWS_AS(Writer::response(1000, "OK"), std::logic_error);
    CHECK_THROWS_AS(Writer::response(200, "OK").header("To", std::string_view("a\0b", 3)), std::logic_error);
    CHECK_THROWS_AS(Writer::response(200, "OK").header("T\no", "a"), std::logic_error);
}

TEST_CASE("reason phrases") {
    CHECK(reason_phrase(100) == "Trying");
    CHECK(reason_phrase(401) == "Unauthorized");
    CHECK(reason_phrase(423) == "Interval Too Brief");
    CHECK(reason_phrase(606) == "Not Acceptable");
    CHECK(reason_phrase(99) == "Unknown");
    CHECK(reason_phrase(299) == "Unknown");
    CHECK(reason_phrase(700) == "Unknown");
}

TEST_CASE("writer and scan: round trip of random headers") {
    std::mt19937 random(28181);
    const std::string_view names[] = {"Via", "From", "f", "X-GB-Ver", "Subject", "User-Agent", "a-b.c!%*_+`'~"};
    for (int round = 0; round < 2000; ++round) {
        std::vector<std::pair<std::string, std::string>> sent;
        Writer writer = round % 2 == 0 ? Writer::request("MESSAGE", "sip:a@b") : Writer::response(100 + static_cast<int>(random() % 600), "a b");
        for (auto count = random() % 12; count > 0; --count) {
            std::string value(random() % 40, 'x');
            for (char& c : value) {
                c = static_cast<char>(random() % 256);
                if (c == '\0' || c == '\r' || c == '\n' || c == ' ' || c == '\t') c = '.';
            }
            sent.emplace_back(names[random() % std::size(names)], value);
            writer.header(sent.back().first, sent.back().second);
        }
        std::string body(random() % 50, 'b');
        for (char& c : body) c = static_cast<char>(random() % 256);
        const std::string bytes = std::move(writer).finish(body);
        Limits limits;
        limits.separators_per_line = limits.separators = bytes.size();
        const auto message = scan(bytes, limits);
        REQUIRE(message);
        REQUIRE(message->headers().size() == sent.size() + 1);
        for (std::size_t i = 0; i < sent.size(); ++i) {
            CHECK(message->headers()[i].name == sent[i].first);
            CHECK(message->headers()[i].value == sent[i].second);
        }
        CHECK(message->body() == body);
    }
}
