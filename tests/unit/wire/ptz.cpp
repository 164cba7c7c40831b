// PTZCmd bytes: the standard's own examples, every command, wrong check digits, and anything else as text.
#include "wire/ptz.hpp"

#include <doctest/doctest.h>

#include <fmt/format.h>

using namespace gbkit;
using namespace gbkit::wire;

namespace {

std::string summed(std::string seven_bytes) {
    const PtzCommand command = *parse_ptz(seven_bytes + "00");
    return seven_bytes + fmt::format("{:02X}", command.checksum);
}

std::string english(const std::string& hex) { return words_of(parse_ptz(hex).value(), Language::english); }

}  // namespace

TEST_CASE("ptz: the known vectors") {
    for (const auto& [hex, words] : {std::pair{"A50F01021F0000D6", "left 31"}, {"A50F0108001F00DC", "up 31"}, {"A50F0100000000B5", "stop"}}) {
        const std::string bytes = hex;
        CAPTURE(bytes);
        const auto command = parse_ptz(bytes);
        REQUIRE(command.has_value());
        CHECK(command->well_formed());
        CHECK(words_of(*command, Language::english) == words);
    }
    const auto wrong = parse_ptz("A50F0102320000DA");
    REQUIRE(wrong.has_value());
    CHECK_FALSE(wrong->checksum_right);
    CHECK(wrong->checksum == 0xE9);
    CHECK(wrong->pan == -1);
    CHECK(wrong->pan_speed == 0x32);
}

TEST_CASE("ptz: every command in words, both languages") {
    const std::pair<const char*, const char*> table[] = {
        {"A50F0119203040", "right 32, up 48, zoom in 4"}, {"A50F0120000070", "zoom out 7"}, {"A50F0142050600", "focus near 5"},
        {"A50F0144050600", "iris open 6"},  {"A50F0140000000", "stop"},          {"A50F0181000300", "set preset 3"},
        {"A50F018200FF00", "call preset 255"}, {"A50F0183000100", "delete preset 1"}, {"A50F0184020500", "add preset 5 to cruise 2"},
        {"A50F0185020000", "delete cruise 2"}, {"A50F0185020700", "take preset 7 out of cruise 2"}, {"A50F0186022010", "cruise 2 speed 288"},
        {"A50F0187020A00", "cruise 2 dwell 10 s"}, {"A50F0188020000", "start cruise 2"}, {"A50F0189010000", "start scan 1"},
        {"A50F0189010100", "scan 1 left limit"}, {"A50F0189010200", "scan 1 right limit"}, {"A50F018A010500", "scan 1 speed 5"},
        {"A50F018C010000", "switch 1 on"},  {"A50F018D010000", "switch 1 off"},  {"A50F018B000000", "unknown command 8B"},
        {"A50F01FF000000", "unknown command FF"}};
    for (const auto& [seven, words] : table) {
        const std::string bytes = seven;
        CAPTURE(bytes);
        CHECK(english(summed(bytes)) == words);
        CHECK_FALSE(words_of(*parse_ptz(bytes + "00"), Language::chinese).empty());
        CHECK(parse_ptz(summed(bytes))->well_formed());
    }
}

TEST_CASE("ptz: both directions at once, another start, the address") {
    CHECK(parse_ptz(summed("A50F0103101000"))->contradiction);
    CHECK(parse_ptz(summed("A50F010C101000"))->contradiction);
    CHECK(parse_ptz(summed("A50F0130000010"))->contradiction);
    CHECK(parse_ptz(summed("A50F0143000000"))->contradiction);
    CHECK_FALSE(parse_ptz(summed("A50F010A101000"))->contradiction);
    CHECK_FALSE(parse_ptz(summed("A50E0102100000"))->start_right);
    CHECK_FALSE(parse_ptz(summed("A60F0102100000"))->start_right);
    CHECK(parse_ptz(summed("A5100102100000"))->start_right);  // version 1: (A + 5 + 1) mod 16 = 0
    CHECK(parse_ptz(summed("A50F3402100001"))->address == 0x134);
}

TEST_CASE("ptz: what is no command") {
    CHECK(parse_ptz("").error().code == Errc::truncated);
    CHECK(parse_ptz("   ").error().code == Errc::truncated);
    CHECK(parse_ptz("A50F01021F0000D").error().offset == 15);
    CHECK(parse_ptz(" A50F01021F0000D6 ").has_value());
    CHECK(parse_ptz("A50F01021F0000D6F").error().code == Errc::malformed);
    CHECK(parse_ptz("A50F0102zz0000D6").error().offset == 8);
    CHECK(parse_ptz(" left").error().offset == 1);
}
