// Runs a capture file through wire::PcapFile in chosen cuts and keeps what came out.
#pragma once

#include <random>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "wire/pcap_file.hpp"

namespace gbkit::test {

struct KeptFrame {
    Time time;
    std::uint32_t interface;
    std::uint32_t link_type;
    std::size_t wire_length;
    std::uint64_t offset;
    std::string text;
    friend bool operator==(const KeptFrame&, const KeptFrame&) = default;
};
struct PcapRun {
    std::vector<KeptFrame> frames;
    std::optional<Error> defect;
    std::string format;
    std::uint64_t skipped = 0;
    friend bool operator==(const PcapRun&, const PcapRun&) = default;
};

template <class NextCut>
PcapRun run_in_cuts(ByteView bytes, NextCut next_cut) {
    wire::PcapFile file;
    PcapRun run;
    while (!bytes.empty()) {
        const std::size_t count = std::min<std::size_t>(bytes.size(), next_cut());
        file.push(bytes.first(count));
        bytes = bytes.subspan(count);
        while (const auto frame = file.next())
            run.frames.push_back({frame->time, frame->interface, frame->link_type, frame->wire_length, frame->offset,
                                  std::string(as_text(frame->bytes))});
    }
    file.finish();
    run.defect = file.defect();
    run.format = file.format();
    run.skipped = file.skipped_blocks();
    return run;
}
inline PcapRun run_of(const Bytes& bytes) {
    return run_in_cuts(bytes, [] { return SIZE_MAX; });
}
inline void check_cuts(const Bytes& bytes) {
    const PcapRun whole = run_of(bytes);
    CHECK((run_in_cuts(bytes, [] { return 1U; }) == whole));
    std::mt19937 random(3);
    for (int round = 0; round < 20; ++round) CHECK((run_in_cuts(bytes, [&] { return random() % 97 + 1; }) == whole));
}
/// Each prefix gives the first frames of the whole, and a defect unless it ends between two records.
inline void check_prefixes(const Bytes& bytes) {
    const PcapRun whole = run_of(bytes);
    for (std::size_t length = 0; length < bytes.size(); ++length) {
        const PcapRun run = run_of(Bytes(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(length)));
        REQUIRE(run.frames.size() <= whole.frames.size());
        for (std::size_t i = 0; i < run.frames.size(); ++i) REQUIRE((run.frames[i] == whole.frames[i]));
        if (run.defect) CHECK(run.defect->offset <= length);
    }
}

}  // namespace gbkit::test
