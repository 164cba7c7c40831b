#include "io/store_database.hpp"

#include <cerrno>

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/file.h>
#include <unistd.h>

#include "io/tcp_flows.hpp"

namespace gbkit::io {

namespace {

StoreError system_error(int number) { return {StoreError::Kind::system, "cannot be written: " + error_text(number)}; }

int open_locked(const std::string& name) {
    const int descriptor = ::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (descriptor < 0) throw system_error(errno);
    if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) return descriptor;
    const int error = errno;
    ::close(descriptor);
    if (error == EWOULDBLOCK) throw StoreError{StoreError::Kind::system, "is in use by another program"};
    throw system_error(error);
}

sqlite3* open_handle(const std::string& name) {
    sqlite3* handle = nullptr;
    if (sqlite3_open_v2(path_of(name).c_str(), &handle, SQLITE_OPEN_READWRITE, nullptr) == SQLITE_OK) return handle;
    const StoreError error = error_of(handle);
    sqlite3_close(handle);
    throw error;
}

}  // namespace

std::string path_of(const std::string& name) { return name.starts_with(':') ? "./" + name : name; }

StoreError error_of(sqlite3* handle) {
    const int code = sqlite3_errcode(handle) & 0xFF;
    const std::string said = sqlite3_errmsg(handle);
    if (code == SQLITE_NOTADB) return {StoreError::Kind::foreign, "is not a store of this program"};
    if (code == SQLITE_CORRUPT) return {StoreError::Kind::foreign, "is damaged: " + said};
    return {StoreError::Kind::system, "cannot be written: " + said};
}

void Statement::Finalize::operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }

Statement::Statement(const Database& database, std::string_view sql) {
    sqlite3_stmt* made = nullptr;
    if (sqlite3_prepare_v3(database.handle(), sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &made, nullptr) != SQLITE_OK)
        throw error_of(database.handle());
    statement_.reset(made);
}

Statement& Statement::bind(int place, std::string_view text) {
    sqlite3_bind_text64(statement_.get(), place, text.empty() ? "" : text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
    return *this;
}

Statement& Statement::bind(int place, std::int64_t number) {
    sqlite3_bind_int64(statement_.get(), place, number);
    return *this;
}

bool Statement::step() {
    const int code = sqlite3_step(statement_.get());
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    const StoreError error = error_of(sqlite3_db_handle(statement_.get()));
    reset();
    throw error;
}

void Statement::run() {
    while (step()) {}
    reset();
}

std::string Statement::text(int column) const {
    const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
    return bytes == nullptr ? std::string() : std::string(bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column)));
}

std::int64_t Statement::number(int column) const { return sqlite3_column_int64(statement_.get(), column); }

void Statement::reset() noexcept { sqlite3_reset(statement_.get()); }

void Database::Close::operator()(sqlite3* handle) const noexcept { sqlite3_close_v2(handle); }

Database::Database(const std::string& name, const StoreSchema& schema) : lock_(open_locked(name)) {
    try {
        handle_.reset(open_handle(name));
        check_ours(schema);
        execute("PRAGMA synchronous=NORMAL");
    } catch (...) {
        handle_.reset();
        ::close(lock_);
        throw;
    }
}

Database::~Database() {
    handle_.reset();
    ::close(lock_);
}

void Database::execute(const char* sql) {
    if (sqlite3_exec(handle(), sql, nullptr, nullptr, nullptr) != SQLITE_OK) throw error_of(handle());
}

std::int64_t Database::pragma(std::string_view sql) {
    Statement statement(*this, sql);
    return statement.step() ? statement.number(0) : 0;
}

// Nothing is written before we know whose it is.
void Database::check_ours(const StoreSchema& schema) {
    const std::int64_t owner = pragma("PRAGMA application_id");
    const bool empty = owner == 0 && pragma("PRAGMA user_version") == 0 && pragma("SELECT count(*) FROM sqlite_master") == 0;
    if (!empty && owner != schema.application_id) throw StoreError{StoreError::Kind::foreign, "is not a store of this program"};
    if (!empty && pragma("PRAGMA user_version") != schema.version)
        throw StoreError{StoreError::Kind::foreign, "was written by another edition of this program, with another schema"};
    Statement journal(*this, "PRAGMA journal_mode=WAL");
    if (!journal.step() || journal.text(0) != "wal") throw StoreError{StoreError::Kind::system, "cannot have a write-ahead log there"};
    journal.reset();
    if (!empty) {
        Statement check(*this, "PRAGMA quick_check(1)");
        if (check.step() && check.text(0) == "ok") return;
        throw StoreError{StoreError::Kind::foreign, "is damaged"};
    }
    const std::string make = "BEGIN IMMEDIATE;" + std::string(schema.tables) + ";PRAGMA application_id=" + std::to_string(schema.application_id) +
                             ";PRAGMA user_version=" + std::to_string(schema.version) + ";COMMIT";
    execute(make.c_str());
}

}  // namespace gbkit::io
