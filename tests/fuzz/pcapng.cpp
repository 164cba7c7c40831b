// Capture files, pcap and pcapng: the same frames and the same defect whatever the cuts; then through the whole reader.
#include <algorithm>
#include <cstdlib>
#include <vector>

#include "io/capture.hpp"
#include "wire/hash64.hpp"
#include "wire/pcap_file.hpp"

using namespace gbkit;

namespace {

struct Run {
    std::vector<std::uint64_t> frames;  // hashes
    std::optional<Error> defect;
    friend bool operator==(const Run&, const Run&) = default;
};

Run run_in_cuts(ByteView bytes, std::size_t cut, std::size_t step) {
    wire::PcapFile file;
    Run run;
    while (!bytes.empty()) {
        const std::size_t count = std::min(bytes.size(), cut);
        file.push(bytes.first(count));
        bytes = bytes.subspan(count);
        cut = cut % 61 + step;
        while (const auto frame = file.next()) {
            if (frame->wire_length < frame->bytes.size()) std::abort();
            const auto time = static_cast<std::uint64_t>(frame->time.time_since_epoch().count());
            run.frames.push_back(wire::hash64(frame->bytes, time ^ frame->offset << 20 ^ frame->link_type ^ frame->interface));
        }
    }
    file.finish();
    run.defect = file.defect();
    return run;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView bytes(data, size);
    const Run whole = run_in_cuts(bytes, SIZE_MAX, 0);
    if (!(run_in_cuts(bytes, 1, 7) == whole)) std::abort();
    if (!(run_in_cuts(bytes, 13, 1) == whole)) std::abort();
    try {
        const io::CaptureFacts facts = io::read_capture_bytes("fuzz", bytes, {.dedup = size % 8 == 0}, {});
        if (bytes[0] != 0x1F && facts.frames != whole.frames.size()) std::abort();
    } catch (const io::CaptureError&) {
        if (!whole.frames.empty()) std::abort();
    }
    return 0;
}
