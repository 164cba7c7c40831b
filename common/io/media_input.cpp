#include "io/media_input.hpp"

#include <algorithm>
#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.hpp"
#include "io/capture.hpp"

namespace gbkit::io {

namespace {

constexpr std::size_t look = 16 * 1024;  // at a time

// As the capture reader says it: a wrong name is the user's, a refusal the system's.
[[noreturn]] void throw_errno(std::string_view verb, const std::string& name, int error) {
    std::string why = std::generic_category().message(error);
    if (!why.empty()) why[0] = ascii_lower(why[0]);
    const bool input = error == ENOENT || error == ENOTDIR || error == EISDIR || error == ENAMETOOLONG;
    throw CaptureError(fmt::format("cannot {} {}: {}", verb, name == "-" ? "standard input" : name, why), !input);
}

}  // namespace

MediaInput::MediaInput(const std::string& name) : name_(name) {
    fd_ = name == "-" ? STDIN_FILENO : ::open(name.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd_ < 0) throw_errno("open", name, errno);
    struct stat status {};
    if (::fstat(fd_, &status) != 0) return;
    if (S_ISDIR(status.st_mode)) {
        if (fd_ != STDIN_FILENO) ::close(fd_);
        throw_errno("read", name, EISDIR);
    }
    if (!S_ISREG(status.st_mode)) return;
    regular_ = true;
    const off_t at = ::lseek(fd_, 0, SEEK_CUR);  // stdin may be a file that somebody has read a part of
    total_ = static_cast<std::uint64_t>(std::max<off_t>(0, status.st_size - std::max<off_t>(0, at)));
}

MediaInput::~MediaInput() {
    if (fd_ > STDIN_FILENO) ::close(fd_);
}

std::size_t MediaInput::read_raw(std::span<std::uint8_t> room) {
    ssize_t got = 0;
    do got = ::read(fd_, room.data(), room.size());
    while (got < 0 && errno == EINTR);
    if (got < 0) throw_errno("read", name_, errno);
    return static_cast<std::size_t>(got);
}

bool MediaInput::look_further() {
    const std::size_t before = head_.size();
    head_.resize(before + look);
    const std::size_t got = read_raw(std::span(head_).subspan(before));
    head_.resize(before + got);
    return got > 0;
}

std::size_t MediaInput::read(std::span<std::uint8_t> room) {
    std::size_t count = 0;
    if (head_given_ < head_.size()) {
        count = std::min(room.size(), head_.size() - head_given_);
        std::copy_n(head_.begin() + static_cast<std::ptrdiff_t>(head_given_), count, room.begin());
        head_given_ += count;
    } else {
        count = read_raw(room);
    }
    done_ += count;
    return count;
}

std::uint64_t MediaInput::skip(std::uint64_t count) {
    if (!regular_ || head_given_ < head_.size() || done_ >= total_) return 0;
    const std::uint64_t wanted = std::min(count, total_ - done_);
    if (::lseek(fd_, static_cast<off_t>(wanted), SEEK_CUR) < 0) return 0;
    done_ += wanted;
    return wanted;
}

}  // namespace gbkit::io
