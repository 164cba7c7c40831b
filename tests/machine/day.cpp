// A day of a fleet in virtual time: everybody stays, memory stays flat, and a clock that jumps disturbs nobody.
//
// In CI a small fleet lives a day and a large one an hour. GBKIT_FULL_DAY=1 makes it 10,000 devices for 24 hours and
// says what it took.
#include <doctest/doctest.h>

#include <cstdlib>
#include <ctime>
#include <fstream>
#include <unistd.h>

#include <malloc.h>

#include "base/text.hpp"
#include "proto/fault/message_edit.hpp"
#include "world/pair.hpp"

using namespace world;

namespace {

/// Bytes in use on the heap; 0 under a sanitizer, which has a heap of its own.
std::size_t heap_bytes() { return mallinfo2().uordblks; }

std::size_t resident_bytes() {
    std::ifstream file("/proc/self/statm");
    std::size_t pages = 0, resident = 0;
    file >> pages >> resident;
    return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

struct Fleet {
    explicit Fleet(std::uint32_t devices) : count(devices), pair(options(devices)) {
        pair.net.keeps_reports = false;
        pair.net.reported = [this](const proto::Report& report) {
            if (const auto* keepalive = std::get_if<proto::KeepaliveReport>(&report)) ++(keepalive->answered ? answered : missed);
            const auto* change = std::get_if<proto::RegistrationReport>(&report);
            if (change && (change->state == State::refused || change->state == State::unanswered || change->state == State::expired)) ++lost;
        };
        pair.start();
    }
    static PairOptions options(std::uint32_t devices) {
        PairOptions options;
        options.devices = devices;
        options.once = false;
        options.expires = 3600;
        options.link = {.loss = 0.001, .shortest = milliseconds{1}, .longest = milliseconds{40}};
        return options;
    }
    void check_all_here() {
        std::size_t here = 0;
        for (const auto& device : pair.fleet->members()) here += device.registered() || device.busy();
        CHECK(here == count);
        CHECK(pair.registrar->locations().size() == count);
        CHECK(lost == 0);
    }
    std::uint32_t count;
    std::uint64_t answered = 0, missed = 0, lost = 0;
    Pair pair;
};

// The sanitizers' allocator is ten times slower and keeps what was freed: fewer devices, and no word on the heap.
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
constexpr std::size_t fewer = sanitized ? 20 : 1;

}  // namespace

TEST_CASE("a day of 150 devices: nobody is lost, the heap after 24 hours is the heap after one") {
    constexpr std::size_t count = 150 / fewer;
    Fleet fleet(count);
    fleet.pair.run(hours{1});
    const std::size_t early = heap_bytes();
    fleet.pair.run(hours{23});
    const std::size_t late = heap_bytes();
    MESSAGE("heap " << early / 1024 << " KiB after an hour, " << late / 1024 << " KiB after 24; " << fleet.answered << " heartbeats");
    if (!sanitized) CHECK(late <= early + early / 50);
    CHECK(fleet.answered >= 2 * count * 1400);  // seen by both sides; a refresh puts the next one off
    fleet.check_all_here();
}

TEST_CASE("an hour of 10,000 devices at a heartbeat in ten minutes: nobody is lost, the heap is flat") {
    Fleet fleet(10'000 / fewer);
    fleet.pair.settings.keepalive = minutes{10};
    fleet.pair.run(minutes{21});
    const std::size_t early = heap_bytes();
    fleet.pair.run(minutes{40});
    const std::size_t late = heap_bytes();
    MESSAGE("heap " << early / 1024 << " KiB after 21 minutes, " << late / 1024 << " KiB after 61");
    if (!sanitized) CHECK(late <= early + early / 20);
    fleet.check_all_here();
}

TEST_CASE("the full day of 10,000 devices, when it is asked for") {
    if (std::getenv("GBKIT_FULL_DAY") == nullptr) return;
    Fleet fleet(10'000);
    for (const int hour : {1, 12, 24}) {
        while (fleet.pair.net.now < from_unix(1'700'000'000) + hours{hour}) fleet.pair.run(minutes{1});
        MESSAGE(hour << " h: heap " << heap_bytes() / 1024 << " KiB, RSS " << resident_bytes() / 1024 << " KiB, CPU " << cpu_seconds() << " s, "
                     << fleet.answered << " heartbeats seen, " << fleet.missed << " missed, " << fleet.lost << " lost");
    }
    fleet.check_all_here();
}

TEST_CASE("the platform's clock jumps: nobody registers again, nobody is lost") {
    for (const Duration jump : {Duration{hours{8}}, -Duration{hours{24 * 365}}, Duration{seconds{-7}}}) {
        PairOptions options;
        options.once = false;
        options.expires = 3600;
        options.devices = 5;
        Pair pair(options);
        Duration off{};
        const proto::Machine machine = pair.platform->machine;
        std::size_t dated = 0;
        pair.platform->machine = {[&off, &dated, machine](Time now, const proto::Event& event, proto::Actions& actions) {
                                      machine.step(now, event, actions);
                                      for (proto::Action& action : actions) {
                                          auto* send = std::get_if<proto::Send>(&action);
                                          auto edit = send ? proto::fault::MessageEdit::read(send->bytes) : Result<proto::fault::MessageEdit>(fail(Errc::not_found, "none"));
                                          if (!edit || !edit->find("Date")) continue;
                                          edit->set("Date", to_gb_date(now + off));
                                          send->bytes = edit->text();
                                          ++dated;
                                      }
                                  },
                                  machine.deadline};
        pair.start();
        pair.run(hours{2});
        off = jump;
        pair.run(hours{4});
        CHECK(dated >= 5 * 6);
        std::size_t registrations = 0;
        for (const auto& report : pair.device->registrations) {
            CHECK(report.state != State::unanswered);
            CHECK(report.state != State::refused);
            registrations += report.state == State::registered;
        }
        CHECK(registrations <= 5 * 9);  // a refresh after 42 to 54 minutes, no more
        CHECK(pair.registrar->locations().size() == 5);
    }
}
