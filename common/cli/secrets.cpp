#include "cli/secrets.hpp"

#include "cli/files.hpp"

namespace gbkit::cli {

std::string read_secret_file(const std::string& name) {
    constexpr std::size_t limit = 64 * 1024;
    std::string text = read_file(name, limit);
    if (!text.empty() && text.back() == '\n') {
        text.pop_back();
        if (!text.empty() && text.back() == '\r') text.pop_back();
    }
    return text;
}

std::optional<std::string> password_of(const PasswordOptions& options) {
    if (options.password_file.empty()) return options.password;
    std::string password = read_secret_file(options.password_file);
    if (password.empty())
        throw Failure{ExitCode::bad_input, "the password file " + options.password_file +
                                               " holds no password; an empty one is said with --password \"\""};
    return password;
}

}  // namespace gbkit::cli
