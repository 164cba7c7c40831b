// 20-digit IDs: parts, domain, type names.
#include <doctest/doctest.h>

#include "wire/gb_id.hpp"

using namespace gbkit;
using namespace gbkit::wire;

TEST_CASE("gb_id: parts of a camera's ID") {
    const GbId id = *parse_gb_id("34020000001320000264");
    CHECK(id == GbId{"34020000001320000264", "34020000", "00", 132, 0, "000264"});
    CHECK(is_device_type(id.type));
    CHECK_FALSE(is_platform_type(id.type));
    CHECK(gb_type_name(id.type).english == "IPC");
    CHECK(gb_type_name(200).english == "SIP server");
    CHECK_FALSE(gb_type_name(200).chinese.empty());
    CHECK(gb_type_name(450).english == "terminal user");
    CHECK(gb_type_name(199).english.empty());
    CHECK(domain_of("34020000002000000001") == "3402000000");
    CHECK(domain_of("340200000") == "");
}

TEST_CASE("gb_id: what is no 20-digit ID") {
    CHECK(is_twenty_digits("34020000001320000264"));
    CHECK_FALSE(is_twenty_digits("340200000013200002"));
    CHECK_FALSE(is_twenty_digits("3402000000132000026x"));
    CHECK(parse_gb_id("340200000013200002").error() == Error{Errc::malformed, "an ID of 18 digits instead of 20", 18});
    CHECK(parse_gb_id("3402 000001320000264").error().offset == 4);
    CHECK(parse_gb_id("340200000013200002640").error().offset == 20);
    CHECK_FALSE(parse_gb_id(""));
}

TEST_CASE("gb_id: devices and platforms") {
    CHECK(is_device_type(111));
    CHECK(is_device_type(139));
    CHECK_FALSE(is_device_type(110));
    CHECK_FALSE(is_device_type(200));
    CHECK(is_platform_type(200));
    CHECK(is_platform_type(505));
    CHECK_FALSE(is_platform_type(215));
    CHECK_FALSE(is_platform_type(216));
    CHECK_FALSE(is_platform_type(300));
}

TEST_CASE("counting up an ID stays within its serial") {
    CHECK(counted_id("34020000001320000001", 0).value() == "34020000001320000001");
    CHECK(counted_id("34020000001320000001", 99'999).value() == "34020000001320100000");
    CHECK(counted_id("34020000001320999998", 1).value() == "34020000001320999999");
    REQUIRE_FALSE(counted_id("34020000001320999998", 2));
    CHECK(counted_id("34020000001320999998", 2).error().code == Errc::too_large);
    CHECK(counted_id("camera-009", 3).value() == "camera-012");
    CHECK_FALSE(counted_id("camera-9", 1));
    CHECK_FALSE(counted_id("camera", 1));
}
