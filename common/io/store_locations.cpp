#include "io/store_locations.hpp"

#include <algorithm>
#include <csignal>
#include <utility>

#include <sqlite3.h>

namespace gbkit::io {

namespace {

using proto::Transport;
using proto::gb::Contact;
using proto::gb::Location;

constexpr std::size_t most_at_once = 2000;       // devices in a transaction: some 20 ms
constexpr std::size_t most_waiting = 400'000;    // devices a broken disk may leave unwritten
constexpr seconds try_again{5};
constexpr int log_pages = 4096;                  // 16 MiB of log are worth copying

constexpr StoreSchema schema{0x67624B31, 1,  // "gbK1"
                             "CREATE TABLE device(id TEXT PRIMARY KEY, address TEXT NOT NULL, port INTEGER NOT NULL, transport TEXT NOT NULL,"
                             " offline INTEGER NOT NULL, gap_ms INTEGER NOT NULL) WITHOUT ROWID;"
                             "CREATE TABLE contact(device TEXT NOT NULL, uri TEXT NOT NULL, call_id TEXT NOT NULL, cseq INTEGER NOT NULL,"
                             " until_ms INTEGER NOT NULL, PRIMARY KEY(device, uri)) WITHOUT ROWID"};

std::int64_t to_ms(Duration duration) { return std::chrono::duration_cast<milliseconds>(duration).count(); }

Transport transport_of(const std::string& name) noexcept {
    return name == "TCP" ? Transport::tcp : name == "TLS" ? Transport::tls : Transport::udp;
}

// A number a later hand may have put there must not overflow a clock.
Time time_of(std::int64_t unix_ms) noexcept {
    constexpr std::int64_t latest = 8'000'000'000'000;  // in the year 2223
    return Time(milliseconds{std::clamp<std::int64_t>(unix_ms, 0, latest)});
}

Contact contact_of(const Statement& row, int column) {
    return {row.text(column), row.text(column + 1), static_cast<std::uint32_t>(row.number(column + 2)), time_of(row.number(column + 3))};
}

}  // namespace

Checkpointer::Checkpointer(const std::string& name, const Database& writer) : writer_(writer.handle()) {
    sqlite3_wal_hook(writer_, grown, this);
    // Signals are the loop's; a thread inherits the mask it is made under.
    sigset_t all{}, before{};
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    thread_ = std::thread([this, name] { run(name); });
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

Checkpointer::~Checkpointer() {
    sqlite3_wal_hook(writer_, nullptr, nullptr);
    {
        const std::lock_guard lock(mutex_);
        ending_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

int Checkpointer::grown(void* self, sqlite3*, const char*, int pages) {
    auto& checkpointer = *static_cast<Checkpointer*>(self);
    if (pages < log_pages) return SQLITE_OK;
    {
        const std::lock_guard lock(checkpointer.mutex_);
        checkpointer.wanted_ = true;
    }
    checkpointer.changed_.notify_all();
    return SQLITE_OK;
}

// What goes wrong here goes wrong for the writer as well, who tells.
void Checkpointer::run(const std::string& name) {
    sqlite3* handle = nullptr;
    if (sqlite3_open_v2(path_of(name).c_str(), &handle, SQLITE_OPEN_READWRITE, nullptr) == SQLITE_OK) {
        std::unique_lock lock(mutex_);
        while (!ending_) {
            changed_.wait(lock, [this] { return wanted_ || ending_; });
            if (!std::exchange(wanted_, false)) continue;
            lock.unlock();
            sqlite3_wal_checkpoint_v2(handle, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
            lock.lock();
            changed_.wait_for(lock, std::chrono::seconds(1), [this] { return ending_; });
        }
    }
    sqlite3_close(handle);
}

LocationStore::LocationStore(const std::string& name)
    : database_(name, schema),
      put_device_(database_, "INSERT OR REPLACE INTO device VALUES(?,?,?,?,?,?)"),
      drop_device_(database_, "DELETE FROM device WHERE id=?"),
      put_contact_(database_, "INSERT OR REPLACE INTO contact VALUES(?,?,?,?,?)"),
      drop_contacts_(database_, "DELETE FROM contact WHERE device=?"),
      checkpointer_(name, database_) {}

std::vector<Location> LocationStore::load() {
    std::vector<Location> all;
    Statement rows(database_, "SELECT id, address, port, transport, offline, gap_ms, uri, call_id, cseq, until_ms"
                              " FROM device JOIN contact ON contact.device = device.id ORDER BY id");
    while (rows.step()) {
        std::string device = rows.text(0);
        if (all.empty() || all.back().device != device) {
            Location location;
            location.device = std::move(device);
            location.observed = {IpAddress::parse(rows.text(1)).value_or(IpAddress{}), static_cast<std::uint16_t>(rows.number(2))};
            location.transport = transport_of(rows.text(3));
            location.offline = rows.number(4) != 0;
            location.gap = location.gap_before = milliseconds{std::clamp<std::int64_t>(rows.number(5), 0, 86'400'000)};
            all.push_back(std::move(location));
        }
        all.back().contacts.push_back(contact_of(rows, 6));
    }
    return all;
}

void LocationStore::write(const std::string& device, const Location* location) {
    drop_contacts_.bind(1, device).run();
    if (!location) return drop_device_.bind(1, device).run();
    const Duration gap = location->gap_before > Duration{0} ? std::min(location->gap, location->gap_before) : location->gap;
    put_device_.bind(1, device).bind(2, location->observed.address.text()).bind(3, std::int64_t{location->observed.port});
    put_device_.bind(4, proto::name_of(location->transport)).bind(5, std::int64_t{location->offline}).bind(6, to_ms(gap)).run();
    for (const Contact& contact : location->contacts)
        put_contact_.bind(1, device).bind(2, contact.uri).bind(3, contact.call_id).bind(4, std::int64_t{contact.cseq}).bind(5, to_ms(contact.until.time_since_epoch())).run();
}

void LocationStore::write_all(const std::vector<std::string>& devices, const proto::gb::Locations& locations) {
    database_.execute("BEGIN IMMEDIATE");
    try {
        for (const std::string& device : devices) write(device, locations.find(device));
        database_.execute("COMMIT");
    } catch (const StoreError&) {
        sqlite3_exec(database_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);  // a full disk has done so already
        throw;
    }
}

// First what is waited for now, then what is left from before.
std::vector<std::string> LocationStore::next_batch(std::vector<std::string>&& changed) {
    while (changed.size() > most_at_once) {
        backlog_.insert(std::move(changed.back()));
        changed.pop_back();
    }
    while (changed.size() < most_at_once && !backlog_.empty()) changed.push_back(std::move(backlog_.extract(backlog_.begin()).value()));
    return std::move(changed);
}

// What is not written now waits, as long as there is room.
LocationStore::Health LocationStore::keep(std::vector<std::string>&& devices) {
    backlog_.insert(std::make_move_iterator(devices.begin()), std::make_move_iterator(devices.end()));
    if (backlog_.size() <= most_waiting) return Health::fine;
    abandoned_ = true;
    backlog_.clear();
    return Health::abandoned;
}

LocationStore::Health LocationStore::save(Time now, std::vector<std::string> changed, const proto::gb::Locations& locations) {
    if (abandoned_ || (changed.empty() && backlog_.empty())) return Health::fine;
    if (retry_at_ && now < *retry_at_) return keep(std::move(changed));
    std::vector<std::string> batch = next_batch(std::move(changed));
    try {
        write_all(batch, locations);
    } catch (const StoreError& error) {
        error_ = error.what;
        const bool news = !std::exchange(retry_at_, now + try_again);
        const Health kept = keep(std::move(batch));
        return kept == Health::fine && news ? Health::failed : kept;
    }
    return std::exchange(retry_at_, std::nullopt) ? Health::recovered : Health::fine;
}

}  // namespace gbkit::io
