// Which of several outcomes decides.
#include "cli/exit_code.hpp"

#include <algorithm>
#include <array>

namespace gbkit::cli {

namespace {

// Most decisive first.
constexpr std::array order{ExitCode::bug,         ExitCode::system,         ExitCode::usage,       ExitCode::bad_input,
                           ExitCode::protocol_error, ExitCode::no,          ExitCode::unreachable, ExitCode::timeout,
                           ExitCode::terminated,  ExitCode::interrupted,    ExitCode::yes};

}  // namespace

ExitCode worse(ExitCode a, ExitCode b) noexcept {
    return std::find(order.begin(), order.end(), a) <= std::find(order.begin(), order.end(), b) ? a : b;
}

}  // namespace gbkit::cli
