#include "cli/files.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>

#include <fmt/format.h>

namespace gbkit::cli {

namespace {

struct Closer {
    void operator()(std::FILE* file) const noexcept {
        if (file != stdin) std::fclose(file);
    }
};
using File = std::unique_ptr<std::FILE, Closer>;

File open_file(const std::string& name) {
    File file(name == "-" ? stdin : std::fopen(name.c_str(), "rb"));
    if (!file) throw file_failure("open", name, errno);
    return file;
}

std::string size_text(std::size_t bytes) {
    return bytes >> 20 > 0 ? fmt::format("{} MiB", bytes >> 20) : fmt::format("{} KiB", bytes >> 10);
}

}  // namespace

Failure file_failure(std::string_view verb, const std::string& name, int error_number) {
    const bool wrong_name = error_number == ENOENT || error_number == ENOTDIR || error_number == EISDIR || error_number == ENAMETOOLONG;
    return {wrong_name ? ExitCode::bad_input : ExitCode::system,
            fmt::format("cannot {} {}: {}", verb, name == "-" ? "standard input" : name, reason_of(error_number))};
}

std::string read_file(const std::string& name, std::size_t limit) {
    const File file = open_file(name);
    std::string text;
    std::array<char, 64 * 1024> piece;
    while (const std::size_t got = std::fread(piece.data(), 1, piece.size(), file.get())) {
        text.append(piece.data(), got);
        if (text.size() > limit) throw Failure{ExitCode::bad_input, fmt::format("{} is larger than {}", name, size_text(limit))};
    }
    if (std::ferror(file.get()) != 0) throw file_failure("read", name, errno);
    return text;
}

std::string read_head(const std::string& name, std::size_t bytes) {
    const File file = open_file(name);
    std::string head(bytes, '\0');
    head.resize(std::fread(head.data(), 1, head.size(), file.get()));
    if (std::ferror(file.get()) != 0) throw file_failure("read", name, errno);
    return head;
}

}  // namespace gbkit::cli
