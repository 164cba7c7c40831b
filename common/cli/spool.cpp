#include "cli/spool.hpp"

#include <csignal>
#include <utility>

#include <fmt/format.h>

#include "cli/run.hpp"

namespace gbkit::cli {

namespace {
constexpr milliseconds look_up{100};  // how often a writer that waits for its reader looks whether it should end
constexpr milliseconds gather{20};    // lines that come this soon after the first are written with it
constexpr std::size_t batch_bytes = 4096;  // what a pipe that is ready takes (PIPE_BUF)
}

Spool::Spool(Sink& sink, std::size_t limit_bytes) : sink_(sink), limit_(limit_bytes) {
    // Signals are the loop's; a thread inherits the mask it is made under.
    sigset_t all{};
    sigset_t before{};
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    writer_ = std::thread([this] { run(); });
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

Spool::~Spool() {
    {
        const std::lock_guard lock(mutex_);
        giving_up_ = true;
    }
    changed_.notify_all();
    writer_.join();
}

void Spool::write(std::string line) {
    bool first = false;
    {
        const std::lock_guard lock(mutex_);
        rethrow();
        if (waiting_bytes_ + line.size() > limit_) {
            ++dropped_;
            return;
        }
        waiting_bytes_ += line.size();
        first = lines_.empty();
        lines_.push_back(std::move(line));
    }
    if (first) changed_.notify_all();  // otherwise the writer is awake or about to be
}

void Spool::close(Duration patience) {
    std::unique_lock lock(mutex_);
    closing_ = true;
    changed_.notify_all();
    while (!ended_) {
        const std::uint64_t before = progress_;
        changed_.wait_for(lock, patience, [&] { return ended_ || progress_ != before; });
        if (!ended_ && progress_ == before) {
            giving_up_ = true;
            throw Failure{ExitCode::system, fmt::format("nobody reads the output: {} lines are lost", lines_.size())};
        }
    }
    rethrow();
}

std::uint64_t Spool::dropped() const {
    const std::lock_guard lock(mutex_);
    return dropped_;
}

std::size_t Spool::waiting() const {
    const std::lock_guard lock(mutex_);
    return waiting_bytes_;
}

void Spool::rethrow() {
    if (failure_) std::rethrow_exception(failure_);
}

void Spool::run() {
    std::unique_lock lock(mutex_);
    try {
        for (;;) {
            changed_.wait(lock, [this] { return giving_up_ || closing_ || !lines_.empty(); });
            changed_.wait_for(lock, gather, [this] { return giving_up_ || closing_ || waiting_bytes_ >= batch_bytes; });
            if (giving_up_ || lines_.empty()) break;
            const std::string lines = take_waiting();
            writing_ = true;
            lock.unlock();
            const bool written = write_all(lines);
            lock.lock();
            writing_ = false;
            if (!written) break;
        }
    } catch (...) {
        if (!lock.owns_lock()) lock.lock();
        failure_ = std::current_exception();
    }
    ended_ = true;
    changed_.notify_all();
}

// As many lines as make a good write. What does not fit keeps its place, so that lines are lost whole.
std::string Spool::take_waiting() {
    std::string lines = std::move(lines_.front());
    lines_.pop_front();
    while (!lines_.empty() && lines.size() + lines_.front().size() <= batch_bytes) {
        lines += lines_.front();
        lines_.pop_front();
    }
    waiting_bytes_ -= lines.size();
    return lines;
}

// False when the spool gave up in the middle of them.
bool Spool::write_all(const std::string& lines) {
    for (std::size_t done = 0; done < lines.size();) {
        const std::size_t written = sink_.write_some(std::string_view(lines).substr(done), look_up);
        done += written;
        const std::lock_guard lock(mutex_);
        progress_ += written;
        if (written != 0) changed_.notify_all();
        if (giving_up_) return false;
    }
    return true;
}

}  // namespace gbkit::cli
