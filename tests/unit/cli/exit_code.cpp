#include <iterator>

#include <doctest/doctest.h>

#include "cli/exit_code.hpp"

using namespace gbkit::cli;

TEST_CASE("of two outcomes the first of 70, 7, 2, 3, 6, 1, 4, 5 counts") {
    const ExitCode order[] = {ExitCode::bug, ExitCode::system, ExitCode::usage, ExitCode::bad_input, ExitCode::protocol_error,
                              ExitCode::no, ExitCode::unreachable, ExitCode::timeout, ExitCode::terminated, ExitCode::interrupted, ExitCode::yes};
    for (std::size_t i = 0; i < std::size(order); ++i)
        for (std::size_t j = i; j < std::size(order); ++j) {
            CHECK(worse(order[i], order[j]) == order[i]);
            CHECK(worse(order[j], order[i]) == order[i]);
        }
    CHECK(static_cast<int>(ExitCode::terminated) == 143);
}
