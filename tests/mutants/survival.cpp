// Every prefix and many mutants of captures go through every verb: no crash, no hang, bounded memory, valid output.
//
// GBKIT_MUTANTS=100000 makes that many mutants (default: few), GBKIT_SEED=N begins with that seed, GBKIT_PREFIXES=N takes
// about N lengths of each capture, GBKIT_SPECIMENS=TEXT only captures with that in their names. What a
// complaint is about is left in $GBKIT_BUILD (or the working directory) under the name it gives.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>

#include "base/text.hpp"
#include "mutants/mutate.hpp"
#include "mutants/trial.hpp"
#include "mutants/worker.hpp"
#include "unit/io/capture_runs.hpp"

using namespace gbkit;
using namespace gbkit::mutants;

namespace {

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define GBKIT_WATCHED 1
#endif
#endif
#ifdef GBKIT_WATCHED
constexpr long most_memory_kib = 2 << 20;   // with shadow memory and quarantine
#else
constexpr long most_memory_kib = 300 << 10;
#endif

std::uint64_t number_from(const char* name, std::uint64_t otherwise) {
    const char* text = std::getenv(name);
    return text == nullptr ? otherwise : to_number(text).value_or(otherwise);
}

/// `capture_of`: what a trial was about.
void check(const Verdict& verdict, const std::string& kind, const std::function<Bytes(std::uint64_t)>& capture_of) {
    MESSAGE(verdict.tried << " trials, at most " << verdict.peak_kib / 1024 << " MiB");
    const char* folder = std::getenv("GBKIT_BUILD");
    for (const Complaint& complaint : verdict.complaints) {
        const std::string name = fmt::format("{}/{}-{}.pcapng", folder == nullptr ? "." : folder, kind, complaint.trial);
        const Bytes capture = capture_of(complaint.trial);
        std::ofstream(name, std::ios::binary).write(reinterpret_cast<const char*>(capture.data()), static_cast<std::streamsize>(capture.size()));
        FAIL_CHECK(name << ": " << complaint.what);
    }
    CHECK(verdict.peak_kib < most_memory_kib);
}

/// Lengths of a prefix: all of a short file, of a long one around its beginning and at even steps.
std::vector<std::size_t> lengths_of(std::size_t size, std::size_t wanted) {
    std::vector<std::size_t> lengths;
    const std::size_t step = std::max<std::size_t>(1, size / wanted);
    for (std::size_t length = 0; length < std::min<std::size_t>(size, 100); ++length) lengths.push_back(length);
    for (std::size_t length = 100; length < size; length += step) lengths.push_back(length);
    lengths.push_back(size);
    return lengths;
}

}  // namespace

TEST_CASE("prefixes of captures pass every verb") {
    const test::TemporaryFolder folder;
    Bench bench(folder.path.string());
    struct Prefix {
        const Specimen* specimen;
        std::size_t length;
    };
    const bool real = std::any_of(specimens().begin(), specimens().end(), [](const Specimen& one) { return one.name.ends_with(".pcapng"); });
    if (!real) MESSAGE("$GBKIT_SHARED/captures is not there: real captures are skipped");
    const std::uint64_t wanted = number_from("GBKIT_PREFIXES", 1);
    std::vector<Prefix> prefixes;
    const char* only = std::getenv("GBKIT_SPECIMENS");
    for (const Specimen& specimen : specimens()) {
        if (only != nullptr && specimen.name.find(only) == std::string::npos) continue;
        const bool first = &specimen == &specimens().front() || only != nullptr;
        for (const std::size_t length : lengths_of(specimen.file.size(), specimen.file.size() > 200'000 ? std::min<std::uint64_t>(wanted, 100) : wanted))
            if (length >= 100 || first) prefixes.push_back({&specimen, length});
    }
    const auto capture_of = [&](std::uint64_t turn) {
        const ByteView prefix = ByteView(prefixes[turn].specimen->file).first(prefixes[turn].length);
        return Bytes(prefix.begin(), prefix.end());
    };
    const Verdict verdict = in_worker(prefixes.size(), folder.file("talk"), [&](std::uint64_t turn) {
        const Specimen& specimen = *prefixes[turn].specimen;
        const Bytes prefix = capture_of(turn);
        std::string wrong = bench.inspect(prefix, turn);
        if (wrong.empty()) wrong = bench.another_verb(prefix, specimen.file, turn);
        return wrong.empty() ? wrong : fmt::format("{} bytes of {}: {}", prefix.size(), specimen.name, wrong);
    });
    check(verdict, "prefix", capture_of);
}

TEST_CASE("mutants of captures pass every verb") {
    const test::TemporaryFolder folder;
    Bench bench(folder.path.string());
    const std::uint64_t seed = number_from("GBKIT_SEED", 1);
    const auto specimen_of = [](std::uint64_t turn) -> const Specimen& { return specimens()[turn % specimens().size()]; };
    const auto capture_of = [&](std::uint64_t turn) { return mutant_of(specimen_of(turn), seed + turn); };
    const Verdict verdict = in_worker(number_from("GBKIT_MUTANTS", 400), folder.file("talk"), [&](std::uint64_t turn) {
        const Specimen& specimen = specimen_of(turn);
        const Bytes mutant = capture_of(turn);
        std::string wrong = bench.inspect(mutant, turn);
        if (wrong.empty()) wrong = bench.another_verb(mutant, specimen.file, turn / specimens().size() + turn);
        return wrong.empty() ? wrong : fmt::format("{} with seed {}: {}", specimen.name, seed + turn, wrong);
    });
    check(verdict, "mutant", capture_of);
}
