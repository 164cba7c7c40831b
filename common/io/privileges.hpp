// Giving root up: what opened a network interface needs no power to read from it.
#pragma once

#include <string>

#include <sys/types.h>

namespace gbkit::io {

/// Whom a program started as root becomes: the user behind sudo, else nobody.
struct Identity {
    uid_t user = 0;
    gid_t group = 0;
    std::string name;
    bool changes = false;   // false: we are no root, and stay who we are
};
[[nodiscard]] Identity humble_identity();

/// Becomes that identity for good and gives up every capability, also one that the program file had. Before the first
/// thread. Throws std::system_error when the system does not let go.
void give_up_privileges(const Identity& identity);

}  // namespace gbkit::io
