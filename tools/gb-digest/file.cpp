#include "file.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>

#include "cli/run.hpp"

namespace gbkit::digest_tool {

namespace {

struct Closer {
    void operator()(std::FILE* file) const noexcept {
        if (file != stdin) std::fclose(file);
    }
};
using File = std::unique_ptr<std::FILE, Closer>;

[[noreturn]] void cannot(const std::string& what, const std::string& name) {
    throw cli::Failure{cli::ExitCode::system, "cannot " + what + " " + name + ": " + cli::reason_of(errno)};
}

File open_file(const std::string& name) {
    File file(name == "-" ? stdin : std::fopen(name.c_str(), "rb"));
    if (!file) cannot("open", name);
    return file;
}

}  // namespace

std::string read_file(const std::string& name, std::size_t limit) {
    const File file = open_file(name);
    std::string text;
    std::array<char, 64 * 1024> piece;
    while (const std::size_t got = std::fread(piece.data(), 1, piece.size(), file.get())) {
        text.append(piece.data(), got);
        if (text.size() > limit)
            throw cli::Failure{cli::ExitCode::bad_input, name + " is larger than " + std::to_string(limit >> 20) + " MiB"};
    }
    if (std::ferror(file.get()) != 0) cannot("read", name);
    return text;
}

std::string read_head(const std::string& name, std::size_t bytes) {
    const File file = open_file(name);
    std::string head(bytes, '\0');
    head.resize(std::fread(head.data(), 1, head.size(), file.get()));
    if (std::ferror(file.get()) != 0) cannot("read", name);
    return head;
}

}  // namespace gbkit::digest_tool
