// The reader of records, and the check of a line against the table of its type.
//
// Lines come from other programs or from files: length, nesting and members (the parser keeps them in order and
// looks each one up) are bounded before the JSON parser sees them.
#include <algorithm>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/record.hpp"

namespace gbkit::cli {

namespace {

using Json = nlohmann::ordered_json;

struct Shape {
    std::size_t depth = 0;    // deepest nesting
    std::size_t members = 0;  // name: value pairs, all levels together
};

// What the parser is about to build; characters inside strings do not count.
Shape shape_of(std::string_view json) noexcept {
    Shape shape;
    std::size_t depth = 0;
    bool in_string = false;
    for (std::size_t i = 0; i < json.size(); ++i) {
        const char c = json[i];
        if (in_string && c == '\\') ++i;
        else if (c == '"') in_string = !in_string;
        else if (in_string) continue;
        else if (c == '{' || c == '[') shape.depth = std::max(shape.depth, ++depth);
        else if ((c == '}' || c == ']') && depth > 0) --depth;
        else if (c == ':') ++shape.members;
    }
    return shape;
}

Result<Json> parse_object(std::string_view line) {
    if (line.size() > record_line_limit) return fail(Errc::too_large, "a record longer than 16 MiB", record_line_limit);
    const Shape shape = shape_of(line);
    if (shape.depth > record_depth_limit) return fail(Errc::too_large, "a record nested too deeply");
    if (shape.members > record_member_limit) return fail(Errc::too_large, "a record with more than 1000 members");
    Json json = Json::parse(line, nullptr, false);
    if (json.is_discarded()) return fail(Errc::malformed, "a line that is not JSON");
    if (!json.is_object()) return fail(Errc::malformed, "a line that is not a JSON object");
    return json;
}

bool is_record_time(const Json& value) {
    if (!value.is_string()) return false;
    const auto& text = value.get_ref<const std::string&>();
    const auto time = from_rfc3339(text);
    return time && to_rfc3339(*time) == text;
}

bool is_integer(const Json& value) {
    constexpr std::int64_t limit = std::int64_t{1} << 53;
    if (value.is_number_unsigned()) return value.get<std::uint64_t>() < static_cast<std::uint64_t>(limit);
    return value.is_number_integer() && value.get<std::int64_t>() > -limit;
}

bool fits(FieldKind kind, const Json& value) {
    switch (kind) {
        case FieldKind::text: return value.is_string();
        case FieldKind::integer: return is_integer(value);
        case FieldKind::number: return value.is_number();
        case FieldKind::boolean: return value.is_boolean();
        case FieldKind::time: return is_record_time(value);
        case FieldKind::text_list:
            return value.is_array() && std::all_of(value.begin(), value.end(), [](const Json& item) { return item.is_string(); });
        case FieldKind::object: return value.is_object() && std::all_of(value.begin(), value.end(), is_integer);
    }
    return false;
}

// type, tool, time: what every record starts with.
std::string check_head(const Json& json) {
    static constexpr std::string_view head[] = {"type", "tool", "time"};
    auto at = json.begin();
    for (const std::string_view name : head) {
        if (at == json.end() || at.key() != name) return fmt::format("no {} where it belongs", name);
        if (!at.value().is_string()) return fmt::format("a {} that is no text", name);
        ++at;
    }
    if (!is_record_time(json["time"])) return "a time that is not RFC 3339 UTC with microseconds";
    return {};
}

std::string check_fields(const Json& json, const RecordSchema& schema) {
    std::size_t next = 0;  // fields come in table order: each is looked for behind the one before
    for (auto at = std::next(json.begin(), 3); at != json.end(); ++at) {
        const auto found = std::find_if(schema.fields.begin(), schema.fields.end(),
                                        [&](const FieldSchema& field) { return field.name == at.key(); });
        if (found == schema.fields.end()) return fmt::format("a field {} that {} does not have", at.key(), schema.type);
        const auto index = static_cast<std::size_t>(found - schema.fields.begin());
        if (index < next) return fmt::format("a field {} out of order", at.key());
        if (!fits(found->kind, at.value())) return fmt::format("a field {} of another kind", at.key());
        next = index + 1;
    }
    for (const FieldSchema& field : schema.fields)
        if (field.required && !json.contains(field.name)) return fmt::format("no field {}", field.name);
    return {};
}

}  // namespace

std::string validate_line(std::string_view json_line) {
    const auto json = parse_object(json_line);
    if (!json) return json.error().what;
    if (std::string wrong = check_head(*json); !wrong.empty()) return wrong;
    const auto& type = (*json)["type"].get_ref<const std::string&>();
    const RecordSchema* schema = find_schema(type);
    if (schema == nullptr) return "a type that is not in the tables: " + type;
    return check_fields(*json, *schema);
}

std::string_view ReadRecord::value(std::string_view field) const noexcept {
    const auto found = std::find_if(fields.begin(), fields.end(), [&](const auto& entry) { return entry.first == field; });
    return found == fields.end() ? std::string_view{} : found->second;
}

Result<ReadRecord> read_record(std::string_view json_line) {
    const auto json = parse_object(json_line);
    if (!json) return tl::unexpected<Error>(json.error());
    ReadRecord record;
    for (const auto& [key, value] : json->items())
        record.fields.emplace_back(key, value.is_string() ? value.get<std::string>() : value.dump());
    record.type = record.value("type");
    if (record.type.empty()) return fail(Errc::not_found, "a JSON object without a type");
    return record;
}

Counters read_counters(std::string_view json_object) {
    Counters counters;
    const auto json = parse_object(json_object);
    if (!json) return counters;
    for (const auto& [key, value] : json->items())
        if (value.is_number_unsigned()) counters.emplace_back(key, value.get<std::uint64_t>());
    return counters;
}

}  // namespace gbkit::cli
