// Runs something with descriptors 1 and 2 going to files, for programs that write to them.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include "cli/run.hpp"

namespace gbkit::test {

/// A directory of its own that goes away with its owner.
class Folder {
public:
    Folder() {
        std::string name = (std::filesystem::temp_directory_path() / "gbkit-XXXXXX").string();
        path_ = ::mkdtemp(name.data());
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }
    [[nodiscard]] std::string with(const std::string& name, const std::string& content) const {
        std::ofstream(file(name), std::ios::binary) << content;
        return file(name);
    }

private:
    std::string path_;
};

inline std::string content_of(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

inline std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = text.find('\n', at);
        lines.push_back(text.substr(at, end - at));
        at = end == std::string::npos ? text.size() : end + 1;
    }
    return lines;
}

struct Captured {
    int code = 0;
    std::string out;
    std::string err;
};

template <class Function>
Captured captured(Function function) {
    const Folder folder;
    std::fflush(stdout);
    const int saved[] = {::dup(1), ::dup(2)};
    const std::string files[] = {folder.file("out"), folder.file("err")};
    for (int i = 0; i < 2; ++i) {
        const int file = ::open(files[i].c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
        ::dup2(file, i + 1);
        ::close(file);
    }
    Captured result;
    result.code = function();
    for (int i = 0; i < 2; ++i) {
        ::dup2(saved[i], i + 1);
        ::close(saved[i]);
    }
    result.out = content_of(files[0]);
    result.err = content_of(files[1]);
    return result;
}

inline Captured run(const cli::Program& program, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), std::string(program.name));
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    return captured([&] { return cli::run(program, static_cast<int>(arguments.size()), argv.data()); });
}

}  // namespace gbkit::test
