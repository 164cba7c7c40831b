// The queue between a loop and its reader: order, limits, a reader that goes away, one that never reads.
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <string>
#include <thread>

#include "cli/run.hpp"
#include "cli/spool.hpp"

using namespace gbkit;
using namespace gbkit::cli;

namespace {

struct Pipe {
    Pipe() {
        std::array<int, 2> ends{};
        REQUIRE(::pipe(ends.data()) == 0);
        out = ends[0];
        in = ends[1];
    }
    ~Pipe() {
        close_out();
        ::close(in);
    }
    void close_out() {
        if (out >= 0) ::close(out);
        out = -1;
    }
    [[nodiscard]] Sink sink() const { return Sink::file_or_descriptor("fd:" + std::to_string(in)); }
    // Everything up to `bytes`, or the end.
    [[nodiscard]] std::string read(std::size_t bytes) const {
        std::string all;
        std::array<char, 4096> piece{};
        while (all.size() < bytes) {
            const ssize_t count = ::read(out, piece.data(), piece.size());
            if (count <= 0) break;
            all.append(piece.data(), static_cast<std::size_t>(count));
        }
        return all;
    }
    void fill() const {
        ::fcntl(in, F_SETFL, O_NONBLOCK);
        const std::string block(4096, 'f');
        while (::write(in, block.data(), block.size()) > 0) {}
        ::fcntl(in, F_SETFL, 0);
    }
    int out = -1;
    int in = -1;
};

}  // namespace

TEST_CASE("lines arrive in order, also long ones") {
    Pipe pipe;
    Sink sink = pipe.sink();
    std::string expected;
    for (int i = 0; i < 2000; ++i) expected += std::string(static_cast<std::size_t>(i % 300), 'x') + std::to_string(i) + "\n";
    expected += std::string(200'000, 'y') + "\n";
    std::string got;
    std::thread reader([&] { got = pipe.read(expected.size()); });
    {
        Spool spool(sink);
        for (std::size_t at = 0; at < expected.size();) {
            const std::size_t end = expected.find('\n', at) + 1;
            spool.write(expected.substr(at, end - at));
            at = end;
        }
        spool.close();
        CHECK(spool.dropped() == 0);
    }
    reader.join();
    CHECK(got == expected);
}

TEST_CASE("a reader that does not read costs lines, not time") {
    Pipe pipe;
    pipe.fill();
    Sink sink = pipe.sink();
    Spool spool(sink, 10'000);
    const std::string line(1000, 'z');
    for (int i = 0; i < 1000; ++i) spool.write(line);
    CHECK(spool.dropped() >= 986);  // 10 wait, and at most one batch of 4 is in the writer's hands
    try {
        spool.close(milliseconds{50});
        FAIL("close() must say that nobody reads");
    } catch (const Failure& failure) {
        CHECK(failure.code == ExitCode::system);
        CHECK(failure.message.find("nobody reads the output") != std::string::npos);
    }
}

TEST_CASE("a reader that has gone is told with the next line") {
    std::signal(SIGPIPE, SIG_IGN);
    Pipe pipe;
    Sink sink = pipe.sink();
    Spool spool(sink);
    pipe.close_out();
    const auto insist = [&] {
        for (int i = 0; i < 1000; ++i) {
            spool.write("line\n");
            std::this_thread::sleep_for(milliseconds{1});
        }
    };
    CHECK_THROWS_AS(insist(), ClosedPipe);
    CHECK_THROWS_AS(spool.close(), ClosedPipe);
}

TEST_CASE("a full disk is named") {
    Sink sink = Sink::file("/dev/full");
    Spool spool(sink);
    spool.write("line\n");
    CHECK_THROWS_AS(spool.close(), Failure);
}
