#include "io/privileges.hpp"

#include <cerrno>
#include <cstdlib>
#include <system_error>

#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/text.hpp"

namespace gbkit::io {

namespace {

[[noreturn]] void refuse(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

std::uint64_t number_in_environment(const char* name) {
    const char* text = std::getenv(name);
    return text == nullptr ? 0 : to_number(text, UINT32_MAX - 1).value_or(0);
}

}  // namespace

Identity humble_identity() {
    Identity identity{::geteuid(), ::getegid(), {}, false};
    if (identity.user == 0) {
        identity = {65534, 65534, "nobody", true};
        if (const passwd* nobody = ::getpwnam("nobody")) identity = {nobody->pw_uid, nobody->pw_gid, "nobody", true};
        const std::uint64_t user = number_in_environment("SUDO_UID"), group = number_in_environment("SUDO_GID");
        if (user > 0 && group > 0) identity = {static_cast<uid_t>(user), static_cast<gid_t>(group), {}, true};
    }
    const passwd* entry = ::getpwuid(identity.user);
    if (entry != nullptr) identity.name = entry->pw_name;
    else if (identity.name.empty()) identity.name = "user " + std::to_string(identity.user);
    return identity;
}

void give_up_privileges(const Identity& identity) {
    if (identity.changes) {
        if (::setgroups(0, nullptr) != 0) refuse("cannot give up the groups of root");
        if (::setresgid(identity.group, identity.group, identity.group) != 0) refuse("cannot give up the group of root");
        if (::setresuid(identity.user, identity.user, identity.user) != 0) refuse("cannot give up root");
        if (::setuid(0) == 0) throw std::system_error(EPERM, std::generic_category(), "root came back");
    }
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct none[2] = {};
    if (::syscall(SYS_capset, &header, none) != 0) refuse("cannot give up the capabilities");
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) refuse("cannot rule out new privileges");
}

}  // namespace gbkit::io
