// Records: JSON Lines with a schema.
//
// A record type is a table of fields (cli/records/*.cpp). Writer, reader, gbkit-records(7) and the test that
// validates every line come from the same table. Fields are written in table order whatever the order of set().
#pragma once

#include <cstdint>
#include <iosfwd>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

namespace gbkit::cli {

enum class FieldKind { text, integer, number, boolean, time, text_list, object };

struct FieldSchema {
    std::string_view name;          // snake_case, unit in the name (rtt_ms)
    FieldKind kind;
    bool required;
    std::string_view meaning;       // one English sentence for the manual
};

struct RecordSchema {
    std::string_view type;
    std::string_view meaning;
    std::vector<FieldSchema> fields;  // after type, tool, time, which every record has
};

/// All record types of the kit.
[[nodiscard]] const std::vector<RecordSchema>& record_schemas();
[[nodiscard]] const RecordSchema* find_schema(std::string_view type) noexcept;

/// Keys in order of insertion; for `object` fields such as summary's findings by id.
using Counters = std::vector<std::pair<std::string, std::uint64_t>>;
using Value = std::variant<std::string, std::int64_t, double, bool, Time, std::vector<std::string>, Counters>;

/// One record being filled; a field outside the schema or of another kind throws std::logic_error.
class Record {
public:
    Record(std::string_view type, Time time);
    Record& set(std::string_view field, Value value);
    /// Sets a text field unless it is empty (absent rather than null or "").
    Record& set_text(std::string_view field, std::string_view value);

    [[nodiscard]] std::string_view type() const noexcept;
    [[nodiscard]] Time time() const noexcept { return time_; }
    [[nodiscard]] bool has(std::string_view field) const noexcept;
    /// One JSON line without its line end; a required field that was not set throws std::logic_error.
    [[nodiscard]] std::string to_json(std::string_view tool) const;

private:
    const RecordSchema* schema_;
    Time time_;
    std::vector<std::pair<std::size_t, Value>> values_;  // index into schema_->fields
};

/// Checks a line against the schema of its type: empty when it fits, else what is wrong (noun phrase).
[[nodiscard]] std::string validate_line(std::string_view json_line);

/// Bounds on a line that is read; beyond them it is too_large.
inline constexpr std::size_t record_line_limit = 16 << 20;
inline constexpr std::size_t record_depth_limit = 16;
inline constexpr std::size_t record_member_limit = 1000;

/// A record read back: the fields as text, unknown ones included.
struct ReadRecord {
    std::string type;
    std::vector<std::pair<std::string, std::string>> fields;  // strings unquoted, other values as JSON
    [[nodiscard]] std::string_view value(std::string_view field) const noexcept;
};
[[nodiscard]] Result<ReadRecord> read_record(std::string_view json_line);
/// An `object` field of a record read back: its members that are counts.
[[nodiscard]] Counters read_counters(std::string_view json_object);

}  // namespace gbkit::cli
