#include "cli/secrets.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>

#include "cli/run.hpp"

namespace gbkit::cli {

namespace {

constexpr std::size_t secret_limit = 64 * 1024;

struct Closer {
    void operator()(std::FILE* file) const noexcept {
        if (file != stdin) std::fclose(file);
    }
};

}  // namespace

std::string read_secret_file(const std::string& name) {
    const std::unique_ptr<std::FILE, Closer> file(name == "-" ? stdin : std::fopen(name.c_str(), "rb"));
    if (!file) throw Failure{ExitCode::system, "cannot open the password file " + name + ": " + reason_of(errno)};
    std::string text;
    std::array<char, 4096> piece;
    while (const std::size_t got = std::fread(piece.data(), 1, piece.size(), file.get())) {
        text.append(piece.data(), got);
        if (text.size() > secret_limit) throw Failure{ExitCode::bad_input, "the password file " + name + " is larger than 64 KiB"};
    }
    if (std::ferror(file.get()) != 0) throw Failure{ExitCode::system, "cannot read the password file " + name + ": " + reason_of(errno)};
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
