// The muxer against the parser: whatever the frames hold, the same bytes and times come out, and nothing is skipped.
// And every fault of the muxer on the same packs: they are survived.
#include <cstdlib>

#include "proto/fault/pack_fault.hpp"
#include "wire/ps/clock.hpp"
#include "wire/ps/muxer.hpp"
#include "wire/ps/parser.hpp"

using namespace gbkit;
using namespace gbkit::wire::ps;

namespace {

void require(bool condition) {
    if (!condition) std::abort();
}

void append(Bytes& to, ByteView bytes) { to.insert(to.end(), bytes.begin(), bytes.end()); }

void compare(ByteView stream, const Bytes& video, const Bytes& audio, const std::vector<std::uint64_t>& times) {
    Bytes read_video, read_audio;
    std::vector<std::uint64_t> read_times;
    std::uint8_t id = 0;
    Parser parser([&](const Event& event) {
        require(!std::holds_alternative<Skipped>(event));
        if (const auto* map = std::get_if<StreamMap>(&event)) require(map->whole && map->lengths_fit && map->crc == Crc::ok);
        if (const auto* pes = std::get_if<Pes>(&event)) {
            id = pes->id;
            require(pes->markers && pes->header_fits);
            if (pes->pts) read_times.push_back(*pes->pts);
        }
        if (const auto* payload = std::get_if<Payload>(&event)) append(id == stream_id::first_video ? read_video : read_audio, payload->bytes);
        if (const auto* end = std::get_if<PesEnd>(&event)) require(end->why == PesEnd::Why::complete);
    });
    parser.push(stream);
    parser.finish();
    require(read_video == video && read_audio == audio && read_times == times);
}

}  // namespace

// Input: | fault | PES limit | then frames: | kind | size | time 2 | bytes |.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const auto& faults = proto::fault::all_pack_faults();
    auto filter = proto::fault::PackFilter::make(faults[data[0] % faults.size()].id.slug);
    Muxer muxer({.video = wire::codec::Codec::h264, .audio = wire::codec::Codec::g711a, .pes_payload_limit = data[1]});
    ByteReader reader(ByteView(data + 2, size - 2));
    Bytes stream, faulty, video, audio;
    std::vector<std::uint64_t> times;
    while (reader.remaining() >= 4) {
        const std::uint8_t kind = reader.u8();
        const std::size_t wanted = reader.u8();
        const std::uint64_t time = static_cast<std::uint64_t>(reader.u16be()) << 17 | kind;
        const ByteView frame = reader.take(std::min(wanted, reader.remaining()));
        Bytes pack;
        if ((kind & 1) == 0) muxer.video(frame, time, (kind & 2) != 0 ? std::optional(time - 1) : std::nullopt, (kind & 4) != 0, pack);
        else muxer.audio(frame, time, (kind & 2) != 0, pack);
        append((kind & 1) == 0 ? video : audio, frame);
        if (!frame.empty()) times.push_back(time & clock_mask);
        append(stream, pack);
        filter->apply(pack);
        append(faulty, pack);
    }
    compare(stream, video, audio, times);
    filter->finish(faulty);
    Parser parser([](const Event&) {});
    parser.push(faulty);
    parser.finish();
    return 0;
}
