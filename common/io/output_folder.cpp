#include "io/output_folder.hpp"

#include <algorithm>
#include <cerrno>
#include <memory>
#include <system_error>

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.hpp"
#include "io/capture.hpp"

namespace gbkit::io {

void OutputFolder::refuse(std::string_view what, int error) const {
    std::string why = std::generic_category().message(error);
    if (!why.empty()) why[0] = ascii_lower(why[0]);
    throw CaptureError(fmt::format("cannot {} {}: {}", what, path_, why), true);
}

OutputFolder::OutputFolder(std::string path, const Identity& owner) : path_(std::move(path)) {
    while (path_.size() > 1 && path_.ends_with('/')) path_.pop_back();
    const bool made = ::mkdir(path_.c_str(), 0755) == 0;
    if (!made && errno != EEXIST) refuse("make the folder", errno);
    fd_ = ::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd_ < 0) refuse("open the folder", errno);
    if (!made || !owner.changes || ::fchown(fd_, owner.user, owner.group) == 0) return;
    const int error = errno;
    ::close(fd_);
    refuse("give away the folder", error);
}

OutputFolder::~OutputFolder() { ::close(fd_); }

void OutputFolder::check_writable() const {
    if (::faccessat(fd_, ".", W_OK | X_OK, AT_EACCESS) == 0) return;
    if (errno != EACCES) refuse("write in", errno);
    const Identity we = humble_identity();
    throw CaptureError(fmt::format("{} may not write in {}: name a folder that does not exist yet, or give that one away (chown {} {})",
                                   we.name, path_, we.name, path_), true);
}

std::vector<OutputFolder::Entry> OutputFolder::files(std::string_view prefix, std::string_view suffix) const {
    std::vector<Entry> found;
    const int again = ::openat(fd_, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR* const opened = again < 0 ? nullptr : ::fdopendir(again);
    if (opened == nullptr) {
        if (again >= 0) ::close(again);
        return found;
    }
    const std::unique_ptr<DIR, int (*)(DIR*)> listing(opened, [](DIR* folder) { return ::closedir(folder); });
    while (const dirent* entry = ::readdir(listing.get())) {
        const std::string_view name = entry->d_name;
        struct stat status {};
        if (!name.starts_with(prefix) || !name.ends_with(suffix)) continue;
        if (::fstatat(fd_, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(status.st_mode)) continue;
        found.push_back({std::string(name), static_cast<std::uint64_t>(status.st_size)});
    }
    std::sort(found.begin(), found.end(), [](const Entry& a, const Entry& b) { return a.name < b.name; });
    return found;
}

int OutputFolder::create(const std::string& name) const {
    const int fd = ::openat(fd_, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0 && errno != EEXIST) refuse("make " + name + " in", errno);
    return fd;
}

void OutputFolder::remove(const std::string& name) const noexcept { (void)::unlinkat(fd_, name.c_str(), 0); }

}  // namespace gbkit::io
