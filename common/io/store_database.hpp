// One SQLite file and its statements: opened, closed and reset by themselves, errors as values of one type.
//
// A store is a file of ours: an application_id says whose it is, a user_version of which schema. While it is open it
// is locked (flock) for other programs of the kit; whoever looks into it with sqlite3(1) disturbs nobody.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace gbkit::io {

/// Why a store cannot be used; the text completes "the store NAME ": "is not a store of this program".
struct StoreError {
    enum class Kind : std::uint8_t { foreign, system } kind;   // foreign: another program's, newer, damaged
    std::string what;
};

class Database;

/// A statement; bind from 1, step, read columns from 0, reset.
class Statement {
public:
    Statement(const Database& database, std::string_view sql);   // throws StoreError
    Statement& bind(int place, std::string_view text);
    Statement& bind(int place, std::int64_t number);
    /// True when there is a row; throws StoreError.
    bool step();
    /// Runs to its end and is ready to be bound again.
    void run();
    [[nodiscard]] std::string text(int column) const;
    [[nodiscard]] std::int64_t number(int column) const;
    void reset() noexcept;

private:
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const noexcept;
    };
    std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

struct StoreSchema {
    std::int32_t application_id;
    std::int32_t version;
    std::string_view tables;   // makes version `version` of them in an empty file
};

class Database {
public:
    /// Opens the file or makes it, write-ahead log on. Throws StoreError.
    Database(const std::string& name, const StoreSchema& schema);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    void execute(const char* sql);   // throws StoreError
    [[nodiscard]] sqlite3* handle() const noexcept { return handle_.get(); }

private:
    struct Close {
        void operator()(sqlite3* handle) const noexcept;
    };
    void check_ours(const StoreSchema& schema);
    [[nodiscard]] std::int64_t pragma(std::string_view sql);

    int lock_ = -1;   // outlives the handle: closing it would drop SQLite's own locks on the file
    std::unique_ptr<sqlite3, Close> handle_;
};

/// The name as SQLite takes it: ":memory:" is a file like any other.
[[nodiscard]] std::string path_of(const std::string& name);
/// What SQLite says about its last error there, as StoreError.
[[nodiscard]] StoreError error_of(sqlite3* handle);

}  // namespace gbkit::io
