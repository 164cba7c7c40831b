// The writer of records: table order, escapes, numbers.
#include "cli/record.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <stdexcept>

#include <fmt/format.h>

#include "base/charset.hpp"
#include "cli/records/tables.hpp"

namespace gbkit::cli {

const std::vector<RecordSchema>& record_schemas() {
    static const std::vector<RecordSchema> schemas = [] {
        std::vector<RecordSchema> all;
        for (auto* table : {shared_records, registration_records, digest_records, dialog_records, query_records, media_records, compare_records}) {
            std::vector<RecordSchema> subject = table();
            all.insert(all.end(), std::make_move_iterator(subject.begin()), std::make_move_iterator(subject.end()));
        }
        return all;
    }();
    return schemas;
}

const RecordSchema* find_schema(std::string_view type) noexcept {
    const auto& schemas = record_schemas();
    const auto found = std::find_if(schemas.begin(), schemas.end(), [&](const RecordSchema& schema) { return schema.type == type; });
    return found == schemas.end() ? nullptr : &*found;
}

namespace {

constexpr std::size_t usual_line = 256;
constexpr std::int64_t integer_limit = std::int64_t{1} << 53;  // beyond it a reader that uses doubles loses digits

// How much of the text, from its start, stands in JSON as it is.
std::size_t plain_length(std::string_view utf8) {
    const auto special = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\' || c == 0x7F; };
    return static_cast<std::size_t>(std::find_if(utf8.begin(), utf8.end(), special) - utf8.begin());
}

// Text between the quotes of a JSON string (RFC 8259 section 7); the text is valid UTF-8.
void append_escaped(std::string& out, std::string_view utf8) {
    for (std::size_t i = 0; i < utf8.size(); ++i) {
        const std::size_t plain = plain_length(utf8.substr(i));
        out.append(utf8, i, plain);
        if ((i += plain) == utf8.size()) return;
        const char c = utf8[i];
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') out.append({'\\', c});
        else if (c == '\n') out += "\\n";
        else if (c == '\r') out += "\\r";
        else if (c == '\t') out += "\\t";
        else fmt::format_to(std::back_inserter(out), "\\u{:04x}", byte);
    }
}

void append_text(std::string& out, std::string_view text) {
    out.push_back('"');
    if (is_utf8(text)) append_escaped(out, text);
    else append_escaped(out, printable(text));  // bytes of a device that were not made printable on the way here
    out.push_back('"');
}

void append(std::string& out, const std::string& value) { append_text(out, value); }
void append(std::string& out, std::int64_t value) {
    const fmt::format_int digits(value);
    out.append(digits.data(), digits.size());
}
void append(std::string& out, double value) { fmt::format_to(std::back_inserter(out), "{}", value); }
void append(std::string& out, bool value) { out += value ? "true" : "false"; }
void append(std::string& out, Time value) { append_text(out, to_rfc3339(value)); }

void append(std::string& out, const std::vector<std::string>& values) {
    out.push_back('[');
    for (const std::string& value : values) {
        if (&value != &values.front()) out.push_back(',');
        append_text(out, value);
    }
    out.push_back(']');
}

void append(std::string& out, const Counters& counters) {
    out.push_back('{');
    for (const auto& counter : counters) {
        if (&counter != &counters.front()) out.push_back(',');
        append_text(out, counter.first);
        fmt::format_to(std::back_inserter(out), ":{}", counter.second);
    }
    out.push_back('}');
}

bool fits(FieldKind kind, const Value& value) noexcept {
    constexpr std::array kinds{FieldKind::text, FieldKind::integer, FieldKind::number,   FieldKind::boolean,
                               FieldKind::time, FieldKind::text_list, FieldKind::object};
    if (kind == FieldKind::number && std::holds_alternative<std::int64_t>(value)) return true;
    return kinds[value.index()] == kind;
}

std::size_t index_of(const RecordSchema& schema, std::string_view field) noexcept {
    const auto found = std::find_if(schema.fields.begin(), schema.fields.end(),
                                    [&](const FieldSchema& candidate) { return candidate.name == field; });
    return static_cast<std::size_t>(found - schema.fields.begin());
}

[[noreturn]] void bug(std::string_view type, std::string_view field, std::string_view what) {
    throw std::logic_error(fmt::format("record {}: field {} {}", type, field, what));
}

}  // namespace

Record::Record(std::string_view type, Time time) : schema_(find_schema(type)), time_(time) {
    if (schema_ == nullptr) throw std::logic_error(fmt::format("record {}: not in the tables", type));
}

Record& Record::set(std::string_view field, Value value) {
    const std::size_t index = index_of(*schema_, field);
    if (index == schema_->fields.size()) bug(schema_->type, field, "is not in the table");
    if (!fits(schema_->fields[index].kind, value)) bug(schema_->type, field, "is of another kind");
    if (const auto* integer = std::get_if<std::int64_t>(&value); integer != nullptr && std::abs(*integer) >= integer_limit)
        bug(schema_->type, field, "is an integer of 2^53 or more");
    if (const auto* number = std::get_if<double>(&value); number != nullptr && !std::isfinite(*number)) return *this;
    const auto same = std::find_if(values_.begin(), values_.end(), [&](const auto& entry) { return entry.first == index; });
    if (same != values_.end()) same->second = std::move(value);
    else values_.emplace_back(index, std::move(value));
    return *this;
}

Record& Record::set_text(std::string_view field, std::string_view value) {
    return value.empty() ? *this : set(field, std::string(value));
}

std::string_view Record::type() const noexcept { return schema_->type; }

bool Record::has(std::string_view field) const noexcept {
    const std::size_t index = index_of(*schema_, field);
    return std::any_of(values_.begin(), values_.end(), [&](const auto& entry) { return entry.first == index; });
}

std::string Record::to_json(std::string_view tool) const {
    std::string json;
    json.reserve(usual_line);
    json.append(R"({"type":")").append(schema_->type).append(R"(","tool":")");
    append_escaped(json, tool);
    json += R"(","time":)";
    append(json, time_);
    for (std::size_t index = 0; index < schema_->fields.size(); ++index) {
        const auto entry = std::find_if(values_.begin(), values_.end(), [&](const auto& value) { return value.first == index; });
        if (entry == values_.end()) {
            if (schema_->fields[index].required) bug(schema_->type, schema_->fields[index].name, "is required and was not set");
            continue;
        }
        json.append(R"(,")").append(schema_->fields[index].name).append(R"(":)");
        std::visit([&](const auto& value) { append(json, value); }, entry->second);
    }
    json.push_back('}');
    return json;
}

}  // namespace gbkit::cli
