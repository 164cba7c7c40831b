// wire/sanitize/course: places move with what was written before them, and never back.
#include "wire/sanitize/course.hpp"

#include <doctest/doctest.h>

using namespace gbkit;
using namespace gbkit::wire::sanitize;

namespace {

Bytes of(char letter, std::size_t count) { return Bytes(count, static_cast<std::uint8_t>(letter)); }

}  // namespace

TEST_CASE("spans that grow, shrink and are missing: begin and end fit, in between nothing runs ahead") {
    Course course;
    course.begin(0xFFFFFFF0U);   // wraps inside
    course.add(10, of('a', 30), false);
    course.add(20, {}, true);
    course.add(40, of('b', 5), false);
    const auto at = [&](std::uint32_t offset) { return course.sequence(0xFFFFFFF0U + offset) - 0xFFFFFFF0U; };
    CHECK(at(0) == 0);
    CHECK(at(9) == 9);
    CHECK(at(10) == 30);
    CHECK(at(25) == 45);
    CHECK(at(30) == 50);
    CHECK(at(33) == 53);
    CHECK(at(60) == 55);
    CHECK(at(70) == 55);
    CHECK(at(71) == 56);   // a FIN
    std::uint32_t before = 0;
    for (std::uint32_t offset = 0; offset < 100; ++offset) {
        CHECK(at(offset) >= before);
        before = at(offset);
    }
    CHECK(course.sequence(0xFFFFFFEFU) == 0xFFFFFFEFU);   // the SYN
    CHECK(course.bytes(0, 10) == of('a', 30));
    CHECK(course.bytes(5, 10) == of('a', 25));
    CHECK(course.bytes(10, 30) == Bytes(20, 0));
    CHECK(course.bytes(30, 70) == of('b', 5));
    CHECK(course.bytes(65, 70).empty());
    CHECK(course.bytes(-4, 0) == Bytes(4, 0));
}

TEST_CASE("what is not known yet is told, until nothing more comes") {
    Course course;
    CHECK(course.knows(5));   // nobody has said where it begins
    course.begin(1);
    course.received(100);
    CHECK_FALSE(course.knows(100));
    CHECK(course.knows(101));   // never captured: nothing to wait for
    course.add(60, of('a', 60), false);
    CHECK(course.knows(60));
    CHECK_FALSE(course.knows(61));
    course.close();
    CHECK(course.knows(100));
}

TEST_CASE("a resend of long ago is zeros in its place, and memory is bounded") {
    Course course;
    course.begin(1);
    for (int i = 0; i < 2000; ++i) course.add(100, of('a', 150), false);   // of 300,000 bytes kept_bytes are remembered
    CHECK(static_cast<std::int32_t>(course.sequence(101) - 200'000U) < 0);   // behind what was written: a reader knows it already
    CHECK(course.bytes(0, 100) == Bytes(100, 0));
    CHECK(course.bytes(199'900, 200'000) == of('a', 150));
    CHECK(course.sequence(200'001) == 300'001U);
}
