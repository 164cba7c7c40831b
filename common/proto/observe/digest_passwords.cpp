#include "proto/observe/digest_passwords.hpp"

#include <utility>
#include <vector>

#include "base/text.hpp"

namespace gbkit::proto::observe {

namespace {

std::vector<std::string_view> columns_of(std::string_view line) {
    if (line.find('\t') != std::string_view::npos) return split(line, '\t');
    std::vector<std::string_view> columns;
    for (const std::string_view piece : split(line, ' '))
        if (!piece.empty()) columns.push_back(piece);
    return columns;
}

}  // namespace

Result<PasswordTable> PasswordTable::parse(std::string_view text) {
    PasswordTable table;
    std::size_t number = 0;
    std::size_t offset = 0;
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    for (std::string_view line : split(text, '\n')) {
        ++number;
        const std::size_t start = std::exchange(offset, offset + line.size() + 1);
        if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
        if (trim(line).empty() || line.front() == '#') continue;
        const auto columns = columns_of(line);
        if (columns.size() < 2 || columns[0].empty() || columns.size() > 3)
            return fail(Errc::malformed, "line " + std::to_string(number) + ": not ID, password and perhaps a user name", start);
        table.add(std::string(columns[0]), {std::string(columns[1]), columns.size() > 2 ? std::string(columns[2]) : std::string()});
    }
    return table;
}

void PasswordTable::add(std::string id, Secret secret) {
    if (!secret.username.empty() && secret.username != id) secrets_.insert_or_assign(secret.username, secret);
    secrets_.insert_or_assign(std::move(id), std::move(secret));
}

std::optional<Secret> PasswordTable::find(std::string_view device, std::string_view username) const {
    for (const std::string_view name : {device, username, std::string_view("*")})
        if (const auto found = secrets_.find(std::string(name)); found != secrets_.end()) return found->second;
    return std::nullopt;
}

}  // namespace gbkit::proto::observe
