// Input files: limits, and whose fault it is when one cannot be read.
#include <cerrno>

#include <doctest/doctest.h>

#include "cli/files.hpp"
#include "unit/cli/captured.hpp"

using namespace gbkit;
using namespace gbkit::cli;

namespace {

template <class Function>
Failure failure_of(Function function) {
    try {
        (void)function();
    } catch (const Failure& failure) {
        return failure;
    }
    return {ExitCode::yes, ""};
}

}  // namespace

TEST_CASE("whole files and their heads") {
    const test::Folder folder;
    const std::string name = folder.with("f", std::string(100'000, 'x'));
    CHECK(read_file(name, 100'000).size() == 100'000);
    CHECK(read_head(name, 8) == "xxxxxxxx");
    CHECK(read_head(folder.with("short", "ab"), 8) == "ab");
    CHECK(read_file(folder.with("empty", ""), 0).empty());
    const Failure large = failure_of([&] { return read_file(name, 64 * 1024); });
    CHECK(large.code == ExitCode::bad_input);
    CHECK(large.message == name + " is larger than 64 KiB");
}

TEST_CASE("a wrong name is the user's, a refusal the system's") {
    const test::Folder folder;
    CHECK(failure_of([&] { return read_file(folder.file("absent"), 1); }).code == ExitCode::bad_input);
    CHECK(failure_of([&] { return read_file(folder.file(""), 1); }).code == ExitCode::bad_input);  // a folder
    CHECK(file_failure("open", "x", EACCES).code == ExitCode::system);
    CHECK(file_failure("open", "x", EACCES).message == "cannot open x: permission denied");
    CHECK(file_failure("read", "-", EIO).message == "cannot read standard input: input/output error");
}
