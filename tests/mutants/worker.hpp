// Trials in a process of their own: one that crashes, hangs or eats memory is named by its number, and the rest go on.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace gbkit::mutants {

struct Complaint {
    std::uint64_t trial = 0;
    std::string what;                      // "killed by signal 11"
};

struct Verdict {
    std::vector<Complaint> complaints;     // at most ten; then nothing more is tried
    std::uint64_t tried = 0;
    long peak_kib = 0;                     // resident memory of the hungriest process
};

/// trial(n) for each n below `count`: what is wrong, or an empty text. What it writes to standard output or standard
/// error goes to the file `talk`, whose end a complaint about a dead trial quotes. A trial that takes 30 s is dead.
Verdict in_worker(std::uint64_t count, const std::string& talk, const std::function<std::string(std::uint64_t)>& trial);

}  // namespace gbkit::mutants
