// A file that is looked at first, read, and skipped in.
#include "io/media_input.hpp"

#include <algorithm>

#include <doctest/doctest.h>

#include "io/capture.hpp"
#include "unit/io/capture_runs.hpp"

using namespace gbkit;
using namespace gbkit::test;
using io::MediaInput;

namespace {

Bytes counting(std::size_t size) {
    Bytes bytes(size);
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(i * 7 + i / 256);
    return bytes;
}

Bytes rest_of(MediaInput& input, std::size_t room) {
    Bytes all, buffer(room);
    while (const std::size_t count = input.read(buffer)) all.insert(all.end(), buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(count));
    return all;
}

}  // namespace

TEST_CASE("what was looked at is read all the same") {
    const TemporaryFolder folder;
    const Bytes bytes = counting(100'000);
    const std::string name = folder.write("media", bytes);
    for (const std::size_t room : std::initializer_list<std::size_t>{1000, 16 * 1024, 200'000}) {
        MediaInput input(name);
        CHECK(input.total() == bytes.size());
        CHECK(input.head().empty());
        CHECK(input.look_further());
        CHECK(input.look_further());
        CHECK(std::equal(input.head().begin(), input.head().end(), bytes.begin()));
        CHECK(rest_of(input, room) == bytes);
        CHECK(input.done() == bytes.size());
    }
}

TEST_CASE("a file is skipped in, but not before its head was read, and not past its end") {
    const TemporaryFolder folder;
    const Bytes bytes = counting(100'000);
    MediaInput input(folder.write("media", bytes));
    CHECK(input.look_further());
    CHECK(input.skip(10) == 0);
    Bytes buffer(16 * 1024);
    REQUIRE(input.read(buffer) == buffer.size());
    CHECK(input.skip(50'000) == 50'000);
    const Bytes rest = rest_of(input, 4096);
    CHECK(rest == Bytes(bytes.begin() + 16 * 1024 + 50'000, bytes.end()));
    CHECK(input.skip(1) == 0);

    MediaInput again(folder.write("media", bytes));
    CHECK(again.skip(1 << 30) == bytes.size());
    CHECK(again.done() == bytes.size());
    CHECK(again.read(buffer) == 0);
}

TEST_CASE("an empty file, one that is not there, and a folder") {
    const TemporaryFolder folder;
    MediaInput empty(folder.write("media", {}));
    CHECK_FALSE(empty.look_further());
    Bytes buffer(10);
    CHECK(empty.read(buffer) == 0);
    CHECK_THROWS_AS(MediaInput((folder.path / "absent").string()), io::CaptureError);
    CHECK_THROWS_AS(MediaInput(folder.path.string()), io::CaptureError);
}
