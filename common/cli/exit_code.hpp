// Exit codes: one contract for every program of the kit (gbkit-records(7)).
#pragma once

#include <cstdint>

namespace gbkit::cli {

enum class ExitCode : std::uint8_t {
    yes = 0,
    no = 1,              // refused, mismatch, findings at --fail-on
    usage = 2,
    bad_input = 3,       // or nothing in it to judge
    unreachable = 4,
    timeout = 5,
    protocol_error = 6,  // by the peer
    system = 7,          // permission, port in use, disk full
    bug = 70,
    interrupted = 130,
    terminated = 143,
};

/// Of two outcomes the one that counts: the first of 70, 7, 2, 3, 6, 1, 4, 5 (then 143, 130, 0).
[[nodiscard]] ExitCode worse(ExitCode a, ExitCode b) noexcept;

}  // namespace gbkit::cli
