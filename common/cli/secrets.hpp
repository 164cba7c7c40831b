// Passwords from the command line, files and stdin. What is read here never reaches a record or a message.
#pragma once

#include <optional>
#include <string>

namespace gbkit::cli {

struct PasswordOptions {
    std::optional<std::string> password;   // --password
    std::string password_file;             // --password-file; "-" is stdin
};

/// The whole of a file, one trailing line end (LF or CRLF) dropped and nothing trimmed; "-" is stdin.
/// Throws Failure as cli/files.hpp says; more than 64 KiB is bad_input.
[[nodiscard]] std::string read_secret_file(const std::string& name);

/// The password the options give; nothing when they give none. An empty --password-file throws Failure
/// (bad_input): an empty password is said with --password "".
[[nodiscard]] std::optional<std::string> password_of(const PasswordOptions& options);

}  // namespace gbkit::cli
