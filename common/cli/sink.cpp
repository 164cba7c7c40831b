#include "cli/sink.hpp"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "base/text.hpp"
#include "cli/run.hpp"

namespace gbkit::cli {

Sink Sink::standard_output() { return {STDOUT_FILENO, "standard output", false}; }

Sink Sink::standard_error() { return {STDERR_FILENO, "standard error", false}; }

Sink Sink::file(const std::string& path) {
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (descriptor < 0) throw Failure{ExitCode::system, "cannot write " + path + ": " + reason_of(errno)};
    return {descriptor, path, true};
}

Sink Sink::file_or_descriptor(const std::string& target) {
    if (!target.starts_with("fd:")) return file(target);
    const auto number = to_number(std::string_view(target).substr(3), 65535);
    const int flags = number ? ::fcntl(static_cast<int>(*number), F_GETFL) : -1;
    if (flags < 0) throw Failure{ExitCode::usage, target + " is no open file descriptor"};
    if ((flags & O_ACCMODE) == O_RDONLY) throw Failure{ExitCode::usage, target + " is not open for writing"};
    return {static_cast<int>(*number), target, false};
}

Sink::Sink(Sink&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), name_(std::move(other.name_)), owned_(std::exchange(other.owned_, false)) {}

Sink::~Sink() {
    if (owned_) ::close(descriptor_);
}

void Sink::write(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
        if (written >= 0) {
            bytes.remove_prefix(static_cast<std::size_t>(written));
        } else if (errno == EAGAIN) {  // a pipe somebody else made non-blocking
            pollfd ready{descriptor_, POLLOUT, 0};
            ::poll(&ready, 1, -1);
        } else if (errno != EINTR) {
            fail();
        }
    }
}

std::size_t Sink::write_some(std::string_view bytes, milliseconds patience) {
    pollfd ready{descriptor_, POLLOUT, 0};
    if (::poll(&ready, 1, static_cast<int>(patience.count())) <= 0) return 0;
    // A pipe that is ready has room for PIPE_BUF bytes, whatever its mode.
    const ssize_t written = ::write(descriptor_, bytes.data(), std::min<std::size_t>(bytes.size(), PIPE_BUF));
    if (written >= 0) return static_cast<std::size_t>(written);
    if (errno != EINTR && errno != EAGAIN) fail();
    return 0;
}

void Sink::fail() const {
    if (errno == EPIPE) throw ClosedPipe{};
    throw Failure{ExitCode::system, "cannot write to " + name_ + ": " + reason_of(errno)};
}

void Sink::close() {
    if (!owned_) return;
    owned_ = false;
    if (::close(descriptor_) != 0) fail();
}

}  // namespace gbkit::cli
