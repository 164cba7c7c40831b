// The location table in a file: what a restart finds, and files that are not ours, damaged, locked or on a full disk.
#include "io/store_locations.hpp"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/random.hpp"

using namespace gbkit;
using namespace gbkit::io;
using namespace gbkit::proto;
using gb::Location;
using gb::Locations;

namespace {

const Time start = from_unix(1'700'000'000);
const Endpoint home{IpAddress::v4(0x0A000002), 5060};

struct Folder {
    Folder() {
        std::string pattern = (std::filesystem::temp_directory_path() / "gbkit-store-XXXXXX").string();
        path = mkdtemp(pattern.data());
    }
    ~Folder() { std::filesystem::remove_all(path); }
    [[nodiscard]] std::string file(const std::string& name = "s.db") const { return (path / name).string(); }
    std::filesystem::path path;
};

std::vector<std::string> names(std::vector<Locations::Step> steps) {
    std::vector<std::string> all;
    for (Locations::Step& step : steps) all.push_back(std::move(step.device));
    return all;
}

struct Table {
    void put(const std::string& device, int seconds_left = 60, const std::string& uri = "sip:a@10.0.0.2", Transport transport = Transport::udp) {
        locations.put(start, device, home, {uri, "call-" + device, 7, start + seconds{seconds_left}}, transport == Transport::udp ? 0 : 9, transport);
    }
    LocationStore::Health save(LocationStore& store, Time now = start) { return store.save(now, names(locations.take_steps()), locations); }
    Locations locations;
};

std::optional<StoreError> refused(const std::string& name) {
    try {
        LocationStore store(name);
        (void)store.load();
    } catch (const StoreError& error) {
        return error;
    }
    return std::nullopt;
}

void write_file(const std::string& name, const std::string& bytes) { std::ofstream(name, std::ios::binary) << bytes; }

void run_sql(const std::string& name, const char* sql) {
    Database database(name, {0x67624B31, 1, ""});
    database.execute(sql);
}

}  // namespace

TEST_CASE("a store gives back what was saved: contacts, address, transport, offline; removed ones are gone") {
    Folder folder;
    Table table;
    {
        LocationStore store(folder.file());
        CHECK(store.load().empty());
        table.put("a", 60, "sip:a@10.0.0.2");
        table.put("a", 90, "sip:a@10.0.0.3");
        table.put("b", 60, "sip:b@10.0.0.4", Transport::tcp);
        table.put("c");
        table.put("weird '\"; DROP TABLE device; --\xFF\xC3");
        CHECK(table.save(store) == LocationStore::Health::fine);
        table.locations.remove("c");
        CHECK(table.save(store) == LocationStore::Health::fine);
    }
    LocationStore store(folder.file());
    const std::vector<Location> all = store.load();
    REQUIRE(all.size() == 3);
    CHECK(all[0].device == "a");
    CHECK(all[0].observed == home);
    CHECK(all[0].contacts.size() == 2);
    CHECK(all[0].contacts[1].uri == "sip:a@10.0.0.3");
    CHECK(all[0].contacts[1].until == start + seconds{90});
    CHECK(all[0].contacts[1].call_id == "call-a");
    CHECK(all[0].contacts[1].cseq == 7);
    CHECK(all[1].transport == Transport::tcp);
    CHECK(all[2].device == "weird '\"; DROP TABLE device; --\xFF\xC3");
}

TEST_CASE("restored: who is over is gone and leaves the store, who had a connection is offline until it beats") {
    Folder folder;
    Table before;
    {
        LocationStore store(folder.file());
        before.put("short", 10);
        before.put("long", 1000);
        before.put("tcp", 1000, "sip:t@10.0.0.5", Transport::tcp);
        (void)before.save(store);
    }
    LocationStore store(folder.file());
    Table after;
    const Time later = start + seconds{100};
    CHECK(after.locations.restore(later, store.load()) == 2);
    CHECK(after.locations.find("short") == nullptr);
    REQUIRE(after.locations.find("long"));
    CHECK_FALSE(after.locations.find("long")->offline);
    CHECK(after.locations.find("tcp")->offline);
    CHECK(after.locations.offline() == 1);
    CHECK(after.locations.beat(later, "tcp", home, 77));
    CHECK(after.locations.find("tcp")->flow == 77);
    CHECK(after.locations.offline() == 0);
    CHECK(after.save(store, later) == LocationStore::Health::fine);
    CHECK(store.load().size() == 2);
}

TEST_CASE("a beat that changes nothing writes nothing; a new address does") {
    Table table;
    table.put("a");
    (void)table.locations.take_steps();
    for (int i = 1; i < 10; ++i) (void)table.locations.beat(start + seconds{i}, "a", home);
    CHECK(table.locations.take_steps().size() == 1);  // how often it beats was learned
    (void)table.locations.beat(start + seconds{11}, "a", {home.address, 5061});
    CHECK(table.locations.take_steps().size() == 1);
}

TEST_CASE("files that are no store of ours are refused and left as they were") {
    Folder folder;
    write_file(folder.file("text"), "this is a diary, and it is long enough to be taken for a database page or so");
    REQUIRE(refused(folder.file("text")));
    CHECK(refused(folder.file("text"))->what == "is not a store of this program");
    CHECK(std::filesystem::file_size(folder.file("text")) == 76);
    {
        Database foreign(folder.file("foreign"), {42, 3, "CREATE TABLE t(x)"});
    }
    REQUIRE(refused(folder.file("foreign")));
    CHECK(refused(folder.file("foreign"))->kind == StoreError::Kind::foreign);
    {
        LocationStore ours(folder.file("newer"));
    }
    run_sql(folder.file("newer"), "PRAGMA user_version=2");
    REQUIRE(refused(folder.file("newer")));
    CHECK(refused(folder.file("newer"))->what.find("another edition") != std::string::npos);
    REQUIRE(refused(folder.file("no/such/folder")));
    CHECK(refused(folder.file("no/such/folder"))->kind == StoreError::Kind::system);
    REQUIRE(refused(folder.path.string()));
}

TEST_CASE("every cut and every broken page of a store is an error or a smaller table, never a crash") {
    Folder folder;
    {
        LocationStore store(folder.file());
        Table table;
        for (int i = 0; i < 200; ++i) table.put("device" + std::to_string(i));
        (void)table.save(store);
    }
    std::ifstream in(folder.file(), std::ios::binary);
    const std::string whole((std::istreambuf_iterator<char>(in)), {});
    REQUIRE(whole.size() > 8192);
    Random random(3);
    int refusals = 0;
    for (int round = 0; round < 60; ++round) {
        std::string bad = whole;
        if (round < 20) bad.resize(whole.size() * static_cast<std::size_t>(round) / 20);
        else for (int i = 0; i < 40; ++i) bad[random.below(bad.size())] = static_cast<char>(random.below(256));
        const std::string name = folder.file("bad" + std::to_string(round));
        write_file(name, bad);
        if (refused(name)) ++refusals;
    }
    CHECK(refusals > 20);
}

TEST_CASE("numbers nobody wrote do not overflow a clock") {
    Folder folder;
    {
        LocationStore store(folder.file());
        Table table;
        table.put("a");
        (void)table.save(store);
    }
    run_sql(folder.file(), "UPDATE contact SET until_ms=9223372036854775807, cseq=-1; UPDATE device SET gap_ms=-9223372036854775807, address='x', port=700000");
    LocationStore store(folder.file());
    Locations table;
    CHECK(table.restore(start, store.load()) == 1);
    CHECK(table.find("a")->first_end() > start);
}

TEST_CASE("one program at a time") {
    Folder folder;
    LocationStore store(folder.file());
    REQUIRE(refused(folder.file()));
    CHECK(refused(folder.file())->what == "is in use by another program");
}

// In a child, because the limit holds for the whole process: a file size limit is a disk that is full at that point.
TEST_CASE("a full disk is told once, stops nothing, and is caught up with when there is room") {
    Folder folder;
    const pid_t child = fork();
    if (child == 0) {
        std::signal(SIGXFSZ, SIG_IGN);
        int wrong = 0;
        const auto check = [&](bool right, int bit) { if (!right) wrong |= bit; };
        {
            LocationStore store(folder.file());
            Table table;
            table.put("before");
            check(table.save(store) == LocationStore::Health::fine, 1);
            const rlimit full{200'000, RLIM_INFINITY};
            setrlimit(RLIMIT_FSIZE, &full);
            int failures = 0;
            for (int i = 0; i < 3000; ++i) {
                table.put("device" + std::to_string(i));
                if (table.save(store) == LocationStore::Health::failed) ++failures;
            }
            check(failures == 1, 2);
            check(!store.error().empty(), 4);
            const rlimit room{RLIM_INFINITY, RLIM_INFINITY};
            setrlimit(RLIMIT_FSIZE, &room);
            check(table.save(store, start + seconds{5}) == LocationStore::Health::recovered, 8);
            while (store.behind()) (void)table.save(store, start + seconds{6});
        }
        LocationStore again(folder.file());
        check(again.load().size() == 3001, 16);
        _exit(wrong);
    }
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    REQUIRE(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
}

TEST_CASE("killed in the middle of its work, a store holds every device it said it had") {
    Folder folder;
    int told[2];
    REQUIRE(pipe(told) == 0);
    const pid_t child = fork();
    if (child == 0) {
        LocationStore store(folder.file());
        Table table;
        for (std::uint32_t i = 0;; ++i) {
            table.put("device" + std::to_string(i));
            if (table.save(store) == LocationStore::Health::fine) (void)!write(told[1], &i, sizeof i);
        }
    }
    close(told[1]);
    std::uint32_t last = 0;
    while (last < 6000 && read(told[0], &last, sizeof last) == sizeof last) {}  // past a checkpoint of the log
    kill(child, SIGKILL);
    for (std::uint32_t more = 0; read(told[0], &more, sizeof more) == sizeof more;) last = more;
    close(told[0]);
    waitpid(child, nullptr, 0);
    LocationStore store(folder.file());
    const auto all = store.load();
    CHECK(all.size() >= last + 1);
    CHECK(all.size() <= last + 2);
}
