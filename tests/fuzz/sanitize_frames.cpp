// Frames through wire/sanitize/frames: nothing crashes, what is written can be read, and no planted name is left.
#include <cstdlib>
#include <string>

#include "wire/sanitize/frames.hpp"

using namespace gbkit;
using namespace gbkit::wire;

namespace {

void require(bool condition) {
    if (!condition) std::abort();
}

}  // namespace

// Input: frames one after another, each | link type 2 | extra wire length 1 | length 2 | bytes |, as in frame.cpp.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    sanitize::Aliases aliases;
    sanitize::Messages messages(aliases, [](std::string_view, std::string_view) { return std::optional<std::string>("old"); }, "new");
    std::uint64_t written = 0;
    sanitize::Frames frames(messages, aliases, false, [&](const CapturedFrame& frame) {
        ++written;
        require(frame.wire_length >= frame.bytes.size());
        require(decode_frame(frame.link_type, frame.bytes, frame.wire_length).has_value());
    });
    ByteReader reader({data, size});
    for (std::uint64_t number = 1; reader.remaining() > 5; ++number) {
        CapturedFrame frame;
        frame.link_type = reader.u16be();
        const std::size_t extra = reader.u8();
        frame.bytes = reader.take(std::min<std::size_t>(reader.u16be(), reader.remaining()));
        frame.wire_length = frame.bytes.size() + extra;
        frame.time = Time{milliseconds{number}};
        frames.push(frame, number);
    }
    frames.finish();
    require(written == frames.counts().written && written <= frames.counts().frames);
    return 0;
}
