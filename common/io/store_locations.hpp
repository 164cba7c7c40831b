// The platform's location table in a file, so that a restart, or kill -9, forgets nobody.
//
// What changed is one transaction for each batch of answers, committed before they leave (LoopHooks::leaving): a
// device that has its 200 is in the file. That is cheap because a commit only appends to the write-ahead log, which
// the kernel keeps when the process is killed; it costs some ten microseconds a device and no wait for the disk. A loss
// of power may take the last seconds with it, never the file. Copying the log into the file, which does wait for the
// disk, is done by a thread with a connection of its own.
//
// A disk that says no stops nobody: what could not be written waits, bounded, and is tried again every few seconds.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <unordered_set>
#include <vector>

#include "base/time.hpp"
#include "io/store_database.hpp"
#include "proto/gb/locations.hpp"

namespace gbkit::io {

/// Copies the write-ahead log into the file whenever it has grown, beside the loop.
class Checkpointer {
public:
    /// `writer` tells how much there is to copy; it must outlive this.
    Checkpointer(const std::string& name, const Database& writer);
    ~Checkpointer();
    Checkpointer(const Checkpointer&) = delete;
    Checkpointer& operator=(const Checkpointer&) = delete;

private:
    static int grown(void* self, sqlite3* handle, const char* database, int pages);
    void run(const std::string& name);

    std::mutex mutex_;
    std::condition_variable changed_;
    bool wanted_ = false, ending_ = false;
    sqlite3* writer_;
    std::thread thread_;
};

class LocationStore {
public:
    /// Opens or makes the file; throws StoreError.
    explicit LocationStore(const std::string& name);

    /// All locations in it, those that are over included. Throws StoreError.
    [[nodiscard]] std::vector<proto::gb::Location> load();

    enum class Health : std::uint8_t { fine, failed, recovered, abandoned };
    /// Writes how these devices stand now, and what could not be written before. Anything but `fine` is news, told
    /// once; error() has the reason.
    Health save(Time now, std::vector<std::string> changed, const proto::gb::Locations& locations);
    /// Something waits to be written that the disk would take.
    [[nodiscard]] bool behind() const noexcept { return !backlog_.empty() && !retry_at_; }
    [[nodiscard]] const std::string& error() const noexcept { return error_; }

private:
    void write(const std::string& device, const proto::gb::Location* location);
    void write_all(const std::vector<std::string>& devices, const proto::gb::Locations& locations);
    [[nodiscard]] std::vector<std::string> next_batch(std::vector<std::string>&& changed);
    Health keep(std::vector<std::string>&& devices);

    Database database_;
    Statement put_device_, drop_device_, put_contact_, drop_contacts_;
    Checkpointer checkpointer_;
    std::unordered_set<std::string> backlog_;
    std::optional<Time> retry_at_;
    bool abandoned_ = false;
    std::string error_;
};

}  // namespace gbkit::io
