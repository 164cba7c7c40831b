// io/capture_ring and io/frame_file: the last traffic, never more than was asked for, always readable.
#include "io/capture_ring.hpp"

#include <csignal>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <doctest/doctest.h>

#include "unit/io/capture_runs.hpp"
#include "unit/wire/frames.hpp"

using namespace gbkit;
using namespace gbkit::test;
using namespace gbkit::io;

namespace {

constexpr std::uint64_t limit = CaptureRing::least_bytes;

/// Frame `number`, about 1 kB of it; one a millisecond.
Bytes numbered(std::uint32_t number) { return ethernet(ipv4({.id = number & 0xFFFF}, udp(1, 2, join({test::number(number, 4), Bytes(1000)})))); }
wire::CapturedFrame captured(const Bytes& bytes, std::uint32_t number, std::uint32_t link_type = 1) {
    wire::CapturedFrame frame;
    frame.time = at(std::int64_t{number} * 1000);
    frame.link_type = link_type;
    frame.bytes = bytes;
    frame.wire_length = bytes.size();
    return frame;
}

std::uint64_t bytes_in(const TemporaryFolder& folder) {
    std::uint64_t bytes = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path)) bytes += entry.file_size();
    return bytes;
}

void fill(CaptureRing& ring, std::uint32_t first, std::uint32_t count) {
    for (std::uint32_t i = 0; i < count; ++i) {
        const Bytes bytes = numbered(first + i);
        ring.write(captured(bytes, first + i));
    }
}

/// The numbers in all files of the folder, by time.
std::vector<std::uint32_t> numbers_in(const TemporaryFolder& folder) {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path)) names.push_back(entry.path().string());
    std::vector<std::uint32_t> numbers;
    const CaptureRun run = read_files(names);
    for (const CaptureFile& file : run.facts.files) CHECK_FALSE(file.cut);
    for (const KeptPacket& packet : run.packets) {
        std::uint32_t number = 0;
        for (std::size_t i = 0; i < 4; ++i) number = number << 8 | static_cast<std::uint8_t>(packet.bytes[i]);
        numbers.push_back(number);
    }
    return numbers;
}

}  // namespace

TEST_CASE("a ring keeps the last frames, all of them, and never more than its size") {
    const TemporaryFolder place;
    const OutputFolder folder(place.path.string(), {});
    {
        CaptureRing ring(folder, limit);
        for (std::uint32_t i = 0; i < 40; ++i) {
            fill(ring, i * 100, 100);
            CHECK(ring.bytes() <= limit);
            CHECK(bytes_in(place) <= limit);
        }
    }
    const std::vector<std::uint32_t> numbers = numbers_in(place);
    REQUIRE(!numbers.empty());
    CHECK(numbers.back() == 3999);
    for (std::size_t i = 1; i < numbers.size(); ++i) REQUIRE(numbers[i] == numbers[i - 1] + 1);  // nothing between is missing
    CHECK(numbers.size() > limit / 1200 * 3 / 4);
}

TEST_CASE("files of an earlier run are the oldest; other files are left alone") {
    const TemporaryFolder place;
    const OutputFolder folder(place.path.string(), {});
    place.write("notes.txt", Bytes(limit));
    place.write("ring-of-mine.txt", Bytes(10));
    {
        CaptureRing ring(folder, limit);
        fill(ring, 0, 700);
    }
    {
        CaptureRing ring(folder, limit);
        CHECK(ring.bytes() > limit / 2);
        fill(ring, 700, 700);
    }
    CHECK(std::filesystem::file_size(place.file("notes.txt")) == limit);
    CHECK(std::filesystem::exists(place.file("ring-of-mine.txt")));
    std::filesystem::remove(place.file("notes.txt"));
    std::filesystem::remove(place.file("ring-of-mine.txt"));
    CHECK(bytes_in(place) <= limit);
    const std::vector<std::uint32_t> numbers = numbers_in(place);
    CHECK(numbers.back() == 1399);
    CHECK(numbers.size() > limit / 1200 * 3 / 4);
}

TEST_CASE("what was flushed can be read while the ring runs") {
    const TemporaryFolder place;
    const OutputFolder folder(place.path.string(), {});
    CaptureRing ring(folder, limit);
    fill(ring, 0, 3);
    ring.flush();
    CHECK(numbers_in(place) == std::vector<std::uint32_t>{0, 1, 2});
}

TEST_CASE("a frame file has an interface for each link type, and comments") {
    const TemporaryFolder place;
    const std::string name = place.file("x.pcapng");
    {
        FrameFile file(::open(name.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644), name, "why");
        const Bytes one = numbered(1), two = numbered(2), three = numbered(3), raw(two.begin() + 14, two.end());
        file.write(captured(one, 1), "look here");
        file.write(captured(raw, 2, 12));  // raw IP as libpcap numbers it
        file.write(captured(three, 3));
    }
    const CaptureRun run = read_files({name});
    CHECK(run.packets.size() == 3);
    CHECK(run.facts.files[0].link_types == std::vector<std::string>{"Ethernet", "raw IP"});
    CHECK(run.packets[1].packet.time == at(2000));
    std::ifstream in(name, std::ios::binary);
    const std::string content((std::istreambuf_iterator<char>(in)), {});
    CHECK(content.find("look here") != std::string::npos);
    CHECK(content.find("why") != std::string::npos);
}

TEST_CASE("a full disk is told once and leaves whole blocks") {
    const TemporaryFolder place;
    const std::string name = place.file("x.pcapng");
    std::signal(SIGXFSZ, SIG_IGN);
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
    {
        FrameFile file(::open(name.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644), name, "");
        rlimit small = before;
        small.rlim_cur = 100'000;
        REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
        std::string error;
        for (std::uint32_t i = 0; i < 200; ++i) {
            const Bytes bytes = numbered(i);
            try {
                file.write(captured(bytes, i));
            } catch (const CaptureError& told) {
                CHECK(error.empty());
                CHECK(told.system);
                error = told.what();
            }
        }
        CHECK(error == "cannot write " + name + ": file too large");
    }
    ::setrlimit(RLIMIT_FSIZE, &before);
    const CaptureRun run = read_files({name});
    CHECK_FALSE(run.facts.files[0].cut);
    CHECK(run.packets.size() > 10);
}

TEST_CASE("a folder is made, held, and neither overwrites nor follows links") {
    const TemporaryFolder place;
    const OutputFolder folder(place.file("new/"), {});
    CHECK(folder.path() == place.file("new"));
    folder.check_writable();
    const int fd = folder.create("a");
    CHECK(fd >= 0);
    ::close(fd);
    CHECK(folder.create("a") == -1);
    std::filesystem::create_symlink(place.file("elsewhere"), place.file("new/b"));
    CHECK(folder.create("b") == -1);
    CHECK_FALSE(std::filesystem::exists(place.file("elsewhere")));
    std::filesystem::rename(place.file("new"), place.file("moved"));
    const int later = folder.create("c");  // held, wherever it lies now
    CHECK(later >= 0);
    ::close(later);
    CHECK(std::filesystem::exists(place.file("moved/c")));
    CHECK_THROWS_AS(OutputFolder(place.file("no/such/place"), {}), CaptureError);
    place.write("file", {});
    CHECK_THROWS_AS(OutputFolder(place.file("file"), {}), CaptureError);
}
