#include "passwords.hpp"

#include <memory>

#include "cli/files.hpp"
#include "proto/observe/digest_passwords.hpp"

namespace gbkit::replay_tool {

using proto::observe::PasswordTable;
using proto::observe::Secret;

namespace {

PasswordTable read_table(const std::string& name) {
    constexpr std::size_t limit = 64 << 20;
    auto table = PasswordTable::parse(cli::read_file(name, limit));
    if (!table) throw cli::Failure{cli::ExitCode::bad_input, "the password table " + name + ", " + table.error().what};
    return std::move(*table);
}

}  // namespace

proto::observe::Passwords passwords_of(const Options& options) {
    auto table = std::make_shared<PasswordTable>(options.passwords.empty() ? PasswordTable{} : read_table(options.passwords));
    if (const auto password = cli::password_of(options.password)) table->add("*", Secret{*password});
    return [table](std::string_view device, std::string_view username) { return table->find(device, username); };
}

}  // namespace gbkit::replay_tool
