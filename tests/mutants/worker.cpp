#include "mutants/worker.hpp"

#include <algorithm>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>

namespace gbkit::mutants {

namespace {

constexpr unsigned patience_s = 30;
constexpr std::size_t most_complaints = 10;
constexpr int complained = 99;   // exit code of a child that wrote down what is wrong

/// What parent and child both see.
struct Shared {
    std::uint64_t number;
    char text[4000];
};

struct SharedPage {
    Shared* page;
    SharedPage() : page(static_cast<Shared*>(::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0))) {
        if (page == MAP_FAILED) throw std::runtime_error("no shared page");
    }
    ~SharedPage() { ::munmap(page, sizeof(Shared)); }
    SharedPage(const SharedPage&) = delete;
    SharedPage& operator=(const SharedPage&) = delete;
};

[[noreturn]] void work(Shared& shared, std::uint64_t count, const std::string& talk, const std::function<std::string(std::uint64_t)>& trial) {
    const int file = ::open(talk.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_APPEND, 0600);
    ::dup2(file, STDOUT_FILENO);
    ::dup2(file, STDERR_FILENO);
    for (; shared.number < count; ++shared.number) {
        ::alarm(patience_s);
        const std::string wrong = trial(shared.number);
        if (wrong.empty()) continue;
        std::strncpy(shared.text, wrong.c_str(), sizeof(shared.text) - 1);
        ::_exit(complained);
    }
    ::_exit(0);
}

std::string last_words(const std::string& talk) {
    std::ifstream file(talk, std::ios::binary);
    const std::string all{std::istreambuf_iterator<char>(file), {}};
    const std::size_t report = all.rfind("ERROR: ");   // of a sanitizer
    return report != std::string::npos ? all.substr(report, 1500) : all.substr(all.size() - std::min<std::size_t>(all.size(), 300));
}

std::string what_happened(const Shared& shared, int status, const std::string& talk) {
    if (WIFEXITED(status) && WEXITSTATUS(status) == complained) return shared.text;
    const std::string how = WIFSIGNALED(status) ? (WTERMSIG(status) == SIGALRM ? fmt::format("takes more than {} s", patience_s) : fmt::format("killed by signal {}", WTERMSIG(status)))
                                                : fmt::format("ended the process with {}", WEXITSTATUS(status));
    return fmt::format("{}: {}", how, last_words(talk));
}

}  // namespace

Verdict in_worker(std::uint64_t count, const std::string& talk, const std::function<std::string(std::uint64_t)>& trial) {
    Verdict verdict;
    const SharedPage shared;
    shared.page->number = 0;
    while (shared.page->number < count && verdict.complaints.size() < most_complaints) {
        std::memset(shared.page->text, 0, sizeof(shared.page->text));
        const pid_t child = ::fork();
        if (child < 0) throw std::runtime_error("no process");
        if (child == 0) work(*shared.page, count, talk, trial);
        int status = 0;
        rusage used{};
        if (::wait4(child, &status, 0, &used) != child) throw std::runtime_error("the process was lost");
        verdict.peak_kib = std::max(verdict.peak_kib, used.ru_maxrss);
        if (status == 0) break;
        verdict.complaints.push_back({shared.page->number, what_happened(*shared.page, status, talk)});
        ++shared.page->number;
    }
    verdict.tried = shared.page->number;
    return verdict;
}

}  // namespace gbkit::mutants
