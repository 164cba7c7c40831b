// Between a loop and whoever reads its output: a bounded queue with a writer of its own.
//
// A reader that stops reading must never stop a loop that has devices to answer. Lines wait in memory up to a
// limit, what comes then is dropped and counted. The writer thread does nothing but write; what the Sink has to
// say (a closed pipe, a full disk) reaches the run with its next line. Lines that come within 20 ms
// leave together: a wake-up and a write for each line cost a busy platform more than its registrations did.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <mutex>
#include <string>
#include <thread>

#include "base/time.hpp"
#include "cli/sink.hpp"

namespace gbkit::cli {

class Spool {
public:
    /// `sink` must outlive the spool.
    explicit Spool(Sink& sink, std::size_t limit_bytes = 16 << 20);
    /// Ends the writer; lines still waiting are lost (close() first to keep them).
    ~Spool();
    Spool(const Spool&) = delete;
    Spool& operator=(const Spool&) = delete;

    /// Takes the line, or drops it when the queue is full. Throws what the Sink threw.
    void write(std::string line);
    /// Everything that waits is written, as long as the reader takes something every `patience`; otherwise
    /// Failure (system) says how many lines nobody read.
    void close(Duration patience = seconds{5});
    [[nodiscard]] std::uint64_t dropped() const;
    /// Bytes that nobody has taken yet.
    [[nodiscard]] std::size_t waiting() const;

private:
    void run();
    std::string take_waiting();
    bool write_all(const std::string& lines);
    void rethrow();

    Sink& sink_;
    const std::size_t limit_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::string> lines_;
    std::size_t waiting_bytes_ = 0;
    std::uint64_t dropped_ = 0;
    std::uint64_t progress_ = 0;   // grows with every byte written
    bool writing_ = false;
    bool closing_ = false;         // end when the queue is empty
    bool giving_up_ = false;       // end now
    bool ended_ = false;
    std::exception_ptr failure_;
    std::thread writer_;
};

}  // namespace gbkit::cli
