#include "io/capture_input.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/text.hpp"
#include "io/capture.hpp"

namespace gbkit::io {

namespace {

// "cannot open a.pcap: no such file or directory"; a wrong name is the user's, a refusal the system's.
[[noreturn]] void throw_errno(std::string_view verb, const std::string& name, int error) {
    std::string why = std::generic_category().message(error);
    if (!why.empty()) why[0] = ascii_lower(why[0]);
    const bool input = error == ENOENT || error == ENOTDIR || error == EISDIR || error == ENAMETOOLONG;
    throw CaptureError(fmt::format("cannot {} {}: {}", verb, name == "-" ? "standard input" : name, why), !input);
}

}  // namespace

struct CaptureInput::Inflater {
    z_stream stream{};
    std::array<std::uint8_t, 64 * 1024> raw;
    std::uint64_t produced = 0;
    bool in_member = false;  // between members the end of the input is a good end
    bool over = false;

    Inflater() {
        if (inflateInit2(&stream, 15 + 16) != Z_OK) throw std::bad_alloc();
    }
    ~Inflater() { inflateEnd(&stream); }
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;
};

CaptureInput::CaptureInput(const std::string& name, ByteView ahead) : name_(name), memory_(ahead) {
    fd_ = name == "-" ? STDIN_FILENO : ::open(name.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd_ < 0) throw_errno("open", name, errno);
    struct stat status {};
    if (::fstat(fd_, &status) != 0) return;
    if (S_ISREG(status.st_mode)) bytes_total_ = static_cast<std::uint64_t>(status.st_size);
    if (!S_ISDIR(status.st_mode)) return;
    if (fd_ != STDIN_FILENO) ::close(fd_);
    throw_errno("read", name, EISDIR);
}

CaptureInput::CaptureInput(ByteView memory) : memory_(memory), bytes_total_(memory.size()) {}

CaptureInput::~CaptureInput() {
    if (fd_ > STDIN_FILENO) ::close(fd_);
}

std::size_t CaptureInput::read_raw(std::span<std::uint8_t> room) {
    std::size_t count = 0;
    if (fd_ < 0 || !memory_.empty()) {
        count = std::min(room.size(), memory_.size());
        std::copy_n(memory_.begin(), count, room.begin());
        memory_ = memory_.subspan(count);
    } else {
        ssize_t got = 0;
        do got = ::read(fd_, room.data(), room.size());
        while (got < 0 && errno == EINTR);
        if (got < 0) throw_errno("read", name_, errno);
        count = static_cast<std::size_t>(got);
    }
    bytes_read_ += count;
    return count;
}

// The first two bytes decide; a pipe may bring them one by one.
void CaptureInput::read_start() {
    sniffed_ = true;
    while (head_size_ < 2) {
        const std::size_t count = read_raw(std::span(head_).subspan(head_size_));
        if (count == 0) break;
        head_size_ += count;
    }
    if (head_size_ == 2 && head_[0] == 0x1F && head_[1] == 0x8B) {
        inflater_ = std::make_unique<Inflater>();
        inflater_->stream.next_in = head_;
        inflater_->stream.avail_in = 2;
    }
}

std::size_t CaptureInput::read(std::span<std::uint8_t> room) {
    if (!sniffed_) read_start();
    if (inflater_) return inflate(room);
    if (head_given_ == head_size_) return read_raw(room);
    const std::size_t count = std::min(room.size(), head_size_ - head_given_);
    std::copy_n(head_ + head_given_, count, room.begin());
    head_given_ += count;
    return count;
}

std::size_t CaptureInput::inflate(std::span<std::uint8_t> room) {
    Inflater& z = *inflater_;
    z.stream.next_out = room.data();
    z.stream.avail_out = static_cast<uInt>(std::min<std::size_t>(room.size(), 1 << 30));
    const uInt asked = z.stream.avail_out;
    while (!z.over && z.stream.avail_out == asked) {
        if (z.stream.avail_in == 0) {
            z.stream.next_in = z.raw.data();
            z.stream.avail_in = static_cast<uInt>(read_raw(z.raw));
        }
        if (z.stream.avail_in == 0) {
            z.over = true;
            if (z.in_member) defect_ = Error{Errc::truncated, "gzip data cut off", static_cast<std::size_t>(z.produced)};
            break;
        }
        z.in_member = true;
        const int result = ::inflate(&z.stream, Z_NO_FLUSH);
        if (result == Z_STREAM_END) {
            z.in_member = false;
            inflateReset(&z.stream);
        } else if (result != Z_OK && result != Z_BUF_ERROR) {
            z.over = true;
            defect_ = Error{Errc::malformed, z.stream.msg ? fmt::format("broken gzip data ({})", z.stream.msg) : "broken gzip data",
                            static_cast<std::size_t>(z.produced + asked - z.stream.avail_out)};
        }
    }
    const std::size_t made = asked - z.stream.avail_out;
    z.produced += made;
    return made;
}

}  // namespace gbkit::io
