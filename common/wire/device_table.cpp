#include "wire/device_table.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "base/charset.hpp"
#include "base/text.hpp"

namespace gbkit::wire {

namespace {

enum class Column : std::uint8_t { id, username, password, profile, transport, unused };

struct Row {
    std::vector<std::string> cells;
    std::size_t line = 0;
};

Error wrong(std::size_t line, std::size_t offset, std::string_view what, Errc code = Errc::malformed) {
    return Error{code, fmt::format("line {}: {}", line, what), offset};
}

/// Rows of cells, RFC 4180, with what Excel makes of it.
class Cells {
public:
    Cells(std::string_view text, const DeviceTableLimits& limits) : text_(text), limits_(limits), separator_(separator_of(text)) {}

    /// The next row that holds anything; nothing at the end.
    Result<std::optional<Row>> next() {
        while (at_ < text_.size()) {
            Row row;
            row.line = line_;
            if (const auto error = read(row)) return tl::unexpected(*error);
            const bool empty = std::all_of(row.cells.begin(), row.cells.end(), [](const std::string& cell) { return trim(cell).empty(); });
            if (!empty) return std::optional<Row>(std::move(row));
        }
        return std::optional<Row>();
    }
    [[nodiscard]] std::size_t offset() const noexcept { return at_; }

private:
    static char separator_of(std::string_view text) {
        const std::string_view first = text.substr(0, text.find_first_of("\r\n"));
        for (const char candidate : {',', ';', '\t'})
            if (first.find(candidate) != std::string_view::npos) return candidate;
        return ',';
    }

    std::optional<Error> read(Row& row) {
        for (;;) {
            std::string cell;
            if (auto error = at_ < text_.size() && text_[at_] == '"' ? quoted(cell) : plain(cell)) return error;
            row.cells.push_back(std::move(cell));
            if (row.cells.size() > limits_.cells) return wrong(row.line, at_, fmt::format("more than {} cells", limits_.cells), Errc::too_large);
            if (at_ < text_.size() && text_[at_] == separator_) {
                ++at_;
                continue;
            }
            end_line();
            return std::nullopt;
        }
    }

    std::optional<Error> plain(std::string& cell) {
        while (at_ < text_.size() && text_[at_] != separator_ && text_[at_] != '\r' && text_[at_] != '\n')
            if (auto error = add(cell, text_[at_++])) return error;
        return std::nullopt;
    }

    std::optional<Error> quoted(std::string& cell) {
        const std::size_t begin_line = line_;
        for (++at_;;) {
            if (at_ >= text_.size()) return wrong(begin_line, at_, "a quote that is not closed");
            const char c = text_[at_++];
            if (c == '"') {
                if (at_ >= text_.size() || text_[at_] != '"') break;
                ++at_;
            }
            if (c == '\n') ++line_;
            if (auto error = add(cell, c)) return error;
        }
        if (at_ < text_.size() && text_[at_] != separator_ && text_[at_] != '\r' && text_[at_] != '\n')
            return wrong(line_, at_, "text after a closing quote");
        return std::nullopt;
    }

    std::optional<Error> add(std::string& cell, char c) {
        if (cell.size() >= limits_.cell_bytes) return wrong(line_, at_, fmt::format("a cell of more than {} bytes", limits_.cell_bytes), Errc::too_large);
        cell.push_back(c);
        return std::nullopt;
    }

    void end_line() {
        if (at_ < text_.size() && text_[at_] == '\r') ++at_;
        if (at_ < text_.size() && text_[at_] == '\n') ++at_;
        ++line_;
    }

    std::string_view text_;
    const DeviceTableLimits& limits_;
    char separator_;
    std::size_t at_ = 0;
    std::size_t line_ = 1;
};

struct Name {
    std::string_view name;
    Column column;
};
constexpr std::array<Name, 22> names{{{"id", Column::id}, {"device_id", Column::id}, {"device id", Column::id}, {"deviceid", Column::id},
                                      {"设备编号", Column::id}, {"设备id", Column::id}, {"国标编号", Column::id}, {"编号", Column::id},
                                      {"username", Column::username}, {"user", Column::username}, {"用户名", Column::username},
                                      {"password", Column::password}, {"密码", Column::password}, {"注册密码", Column::password},
                                      {"profile", Column::profile}, {"vendor", Column::profile}, {"make", Column::profile},
                                      {"厂商", Column::profile}, {"厂家", Column::profile},
                                      {"transport", Column::transport}, {"传输协议", Column::transport}, {"传输方式", Column::transport}}};

Column column_named(std::string_view cell) {
    const std::string_view name = trim(cell);
    const auto found = std::find_if(names.begin(), names.end(), [&](const Name& known) { return iequals(known.name, name); });
    return found == names.end() ? Column::unused : found->column;
}

/// ="3402..." and '3402...: how people make Excel keep the digits.
std::string_view without_text_marks(std::string_view cell) {
    cell = trim(cell);
    if (cell.size() >= 3 && cell.starts_with("=\"") && cell.ends_with('"')) return cell.substr(2, cell.size() - 3);
    if (cell.starts_with('\'')) cell.remove_prefix(1);
    return cell;
}

bool is_plain_id(std::string_view id) {
    return id.size() <= 64 && std::all_of(id.begin(), id.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' || c == '.';
    });
}

/// 3.402E+19
bool is_rounded_number(std::string_view id) {
    const std::size_t exponent = id.find_first_of("eE");
    if (exponent == std::string_view::npos || exponent + 1 >= id.size() || id[exponent + 1] != '+') return false;
    return id.find_first_not_of("0123456789.") == exponent;
}

bool holds_control(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

class Reader {
public:
    explicit Reader(const DeviceTableLimits& limits) : limits_(limits) {}

    std::optional<Error> take(const Row& row, std::size_t offset) {
        const bool first = std::exchange(first_, false);
        if (first && column_named(row.cells.front()) == Column::unused && named_later(row)) return head(row, offset);
        if (first && column_named(row.cells.front()) != Column::unused) return head(row, offset);
        return device(row, offset);
    }
    DeviceTable table;

private:
    static bool named_later(const Row& row) {
        return std::any_of(row.cells.begin(), row.cells.end(), [](const std::string& cell) { return column_named(cell) == Column::id; });
    }

    std::optional<Error> head(const Row& row, std::size_t offset) {
        columns_.clear();
        for (const std::string& cell : row.cells) {
            const Column column = column_named(cell);
            if (column == Column::unused) {
                if (!trim(cell).empty()) table.unused.push_back(printable(trim(cell)));
            } else if (std::find(columns_.begin(), columns_.end(), column) != columns_.end()) {
                return wrong(row.line, offset, "the column " + printable(trim(cell)) + " twice");
            }
            columns_.push_back(column);
        }
        if (std::find(columns_.begin(), columns_.end(), Column::id) == columns_.end()) return wrong(row.line, offset, "no column id");
        return std::nullopt;
    }

    std::optional<Error> device(const Row& row, std::size_t offset) {
        DeviceRow device;
        device.line = row.line;
        for (std::size_t i = 0; i < row.cells.size() && i < columns_.size(); ++i) {
            const std::string_view cell = row.cells[i];
            if (columns_[i] == Column::id) device.id = without_text_marks(cell);
            if (columns_[i] == Column::username) device.username = without_text_marks(cell);
            if (columns_[i] == Column::password) device.password = cell;  // spaces may be meant
            if (columns_[i] == Column::profile) device.profile = to_lower(trim(cell));
            if (columns_[i] == Column::transport) device.transport = to_lower(trim(cell));
        }
        if (const std::string_view fault = fault_of(device); !fault.empty()) return wrong(row.line, offset, fault);
        const auto [known, fresh] = lines_.emplace(device.id, row.line);
        if (!fresh) return wrong(row.line, offset, fmt::format("the ID of line {} again", known->second));
        if (table.rows.size() >= limits_.rows) return wrong(row.line, offset, fmt::format("more than {} devices", limits_.rows), Errc::too_large);
        table.rows.push_back(std::move(device));
        return std::nullopt;
    }

    static std::string_view fault_of(const DeviceRow& device) {
        if (device.id.empty()) return "no ID";
        if (is_rounded_number(device.id)) return "the ID was rounded by a spreadsheet (1.2E+19); format the column as text and type it again";
        if (!is_plain_id(device.id)) return "an ID holds letters, digits, - _ . (64 at most)";
        if (holds_control(device.username) || holds_control(device.password)) return "a control character in the user name or password";
        if (!device.transport.empty() && device.transport != "udp" && device.transport != "tcp" && device.transport != "tls")
            return "the transport is udp, tcp or tls";
        return {};
    }

    const DeviceTableLimits& limits_;
    std::vector<Column> columns_{Column::id, Column::username, Column::password, Column::profile, Column::transport};
    std::unordered_map<std::string, std::size_t> lines_;  // where each ID was
    bool first_ = true;
};

}  // namespace

Result<DeviceTable> parse_device_table(std::string_view bytes, const DeviceTableLimits& limits) {
    constexpr std::string_view mark = "\xEF\xBB\xBF";
    if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF"))
        return tl::unexpected(wrong(1, 0, "UTF-16; save it as \"CSV UTF-8\"", Errc::unsupported));
    if (bytes.starts_with(mark)) bytes.remove_prefix(mark.size());
    std::string converted;
    if (!is_utf8(bytes)) {
        auto utf8 = gb18030_to_utf8(bytes);
        if (!utf8) {
            const auto before = bytes.substr(0, std::min(utf8.error().offset, bytes.size()));
            const auto line = static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n')) + 1;
            return tl::unexpected(wrong(line, utf8.error().offset, "neither UTF-8 nor GB18030"));
        }
        converted = std::move(*utf8);
        bytes = converted;
    }
    Cells cells(bytes, limits);
    Reader reader(limits);
    for (;;) {
        auto row = cells.next();
        if (!row) return tl::unexpected(row.error());
        if (!*row) break;
        if (const auto error = reader.take(**row, cells.offset())) return tl::unexpected(*error);
    }
    return std::move(reader.table);
}

}  // namespace gbkit::wire
