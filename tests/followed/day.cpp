// pcap-replay inspect --follow for a day in virtual time: whoever comes, the heap of the second half is that of the first.
//
// The real inspection, fed with frames as the interface gives them. In CI a quarter of a day in 5,000 rounds, after which the
// largest tables are almost full; GBKIT_FULL_DAY=1 makes it 24 hours in 50,000 rounds and says what it took.
#include <doctest/doctest.h>

#include <cstdlib>
#include <ctime>

#include <malloc.h>

#include "cli/run.hpp"
#include "followed/traffic.hpp"
#include "io/capture_intake.hpp"
#include "tools/pcap-replay/inspection.hpp"

using namespace gbkit;

namespace {

std::size_t heap_bytes() {
    const struct mallinfo2 heap = mallinfo2();
    return heap.uordblks + heap.hblkhd;
}
double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif
#elif defined(__SANITIZE_ADDRESS__)
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif

replay_tool::Options followed_options() {
    replay_tool::Options options;
    options.common.output = options.common.records = "/dev/null";
    options.common.progress = "never";
    options.intake.follow = true;
    return options;
}

struct Followed {
    Followed() {
        sink = inspection.sink();
        sink.tick = [this](Time now) { inspection.advance(now); };
    }
    void rounds(unsigned count, Duration length) {
        for (unsigned i = 0; i < count; ++i) {
            traffic.round(length);
            sink.tick(traffic.now());
        }
    }
    replay_tool::Options options = followed_options();
    cli::Output output{"pcap-replay", options.common};
    replay_tool::Inspection inspection{output, options};
    io::CaptureOptions capture;
    io::CaptureFacts facts;
    io::CaptureSink sink;
    io::CaptureIntake intake{capture, sink, facts, nullptr};
    followed::Traffic traffic{from_unix(1'700'000'000), [this](const wire::CapturedFrame& frame) { intake.take(frame, traffic.frames() + 1, 0); }};
};

/// So many rounds of that length; the heap in the middle and at the end, which may have grown by a part in `most`.
void follow(unsigned rounds, Duration length, std::size_t most) {
    Followed followed;
    std::size_t heap[4] = {};
    for (std::size_t& bytes : heap) {
        followed.rounds(rounds / 4, length);
        bytes = heap_bytes();
        const double passed = to_seconds(followed.traffic.now() - from_unix(1'700'000'000)) / 3600;
        MESSAGE(passed << " h: " << followed.traffic.frames() << " frames, heap " << bytes / 1024 << " KiB, CPU " << cpu_seconds() << " s");
    }
    if (!sanitized) CHECK(heap[3] <= heap[1] + heap[1] / most);
    followed.intake.finish();
    // What came was what it claims to be.
    CHECK(followed.facts.frames == followed.traffic.frames());
    CHECK(followed.facts.fragments == rounds);
    CHECK(followed.facts.incomplete_datagrams > rounds / 2);
    CHECK(followed.facts.tcp_connections >= 30 * rounds);
    const double before = cpu_seconds();
    CHECK(followed.inspection.close(followed.facts) == cli::ExitCode::no);
    std::string ids;
    for (const auto& [id, count] : followed.output.findings_by_id()) ids += id + ' ';
    INFO(ids);
    for (const std::string_view id : {"sip-malformed", "register-refused", "dialog-direction-conflict", "media-profile-above-baseline"})
        CHECK(ids.find(id) != std::string::npos);
    MESSAGE("the page after it: " << cpu_seconds() - before << " s");
}

}  // namespace

TEST_CASE("followed for a quarter of a day: the heap of its second half is the heap of its first") { follow(sanitized ? 200 : 5'000, milliseconds(4'320), 20); }

TEST_CASE("followed for the full day, when it is asked for") {
    if (std::getenv("GBKIT_FULL_DAY") != nullptr) follow(50'000, milliseconds(1'728), 100);
}
