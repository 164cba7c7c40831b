// The program stream parser: every byte belongs to one event, in order; cuts do not show; memory is bounded.
#include <cstdlib>
#include <string>

#include "wire/ps/headers.hpp"
#include "wire/ps/parser.hpp"

using namespace gbkit;
using namespace gbkit::wire::ps;

namespace {

void require(bool condition) {
    if (!condition) std::abort();
}

constexpr std::uint64_t pes_limit = 3000;

// Follows the events with a cursor; all of them go into a hash, payload byte by byte.
struct Reader {
    std::uint64_t cursor = 0, at = 0, hash = 14695981039346656037ULL;
    bool in_pes = false;

    void mix(std::uint64_t value) { hash = (hash ^ value) * 1099511628211ULL; }
    void covers(std::uint64_t offset, std::uint64_t count, char kind) {
        require(offset == cursor);
        cursor += count;
        mix(static_cast<std::uint8_t>(kind));
        mix(count);
    }
    void operator()(const Pack& pack) {
        require(!in_pes);
        covers(pack.offset, pack.empty ? 4 : pack.mpeg1 ? 12 : 14U + pack.stuffing_length, 'p');
        mix(pack.scr);
    }
    void operator()(const SystemHeader& system) { covers(system.offset, system.raw.size(), 's'); }
    void operator()(const StreamMap& map) {
        require(map.raw.size() <= 6 + longest_header);
        covers(map.offset, map.raw.size(), 'm');
        for (const StreamMapEntry& entry : map.entries) mix(entry.type + entry.descriptors.size() + entry.hides.value_or(0));
    }
    void operator()(const Pes& pes) {
        require(!in_pes && pes.header_bytes >= 6 && (pes.length == 0 || pes.header_bytes <= 6U + pes.length));
        covers(pes.offset, pes.header_bytes, 'e');
        mix(pes.pts.value_or(1) + pes.dts.value_or(2) + pes.zeros_before);
        in_pes = true;
        at = 0;
    }
    void operator()(const Payload& payload) {
        require(in_pes && payload.at == at && payload.offset == cursor && payload.bytes.size() + payload.skipped > 0);
        for (const std::uint8_t byte : payload.bytes) mix(byte);
        cursor += payload.bytes.size() + payload.skipped;
        at += payload.bytes.size() + payload.skipped;
    }
    void operator()(const PesEnd& end) {
        require(in_pes && end.offset == cursor && end.payload_bytes == at);
        require(end.why != PesEnd::Why::complete || end.missing == 0);
        mix(static_cast<std::uint64_t>(end.why));
        in_pes = false;
    }
    void operator()(const Skipped& skipped) {
        require(!in_pes && skipped.count > 0 && skipped.head_bytes == std::min<std::uint64_t>(skipped.count, skipped.head.size()));
        covers(skipped.offset, skipped.count, 'z');
        mix(static_cast<std::uint64_t>(skipped.why));
    }
    void operator()(const EndCode& end) { covers(end.offset, 4, '9'); }
};

// Pushed in pieces of `piece` bytes (0: whole); `wild`: with gaps, packet starts and skips between them.
std::uint64_t run(ByteView bytes, std::size_t piece, bool wild) {
    Reader reader;
    Parser parser([&reader](const Event& event) { std::visit(reader, event); }, {.unbounded_pes = pes_limit});
    std::uint64_t told = 0;
    for (std::size_t turn = 0; !bytes.empty(); ++turn) {
        const std::size_t count = piece == 0 ? bytes.size() : std::min(piece, bytes.size());
        if (wild && turn % 3 == 1) parser.packet_start();
        if (wild && turn % 5 == 4) {
            parser.gap(turn % 2);
            require(!reader.in_pes && parser.held_bytes() == 0);
            reader.cursor += turn % 2;
            told += turn % 2;
        }
        parser.push(bytes.first(count));
        told += count;
        require(parser.held_bytes() < 70'000 && parser.offset() == told);
        bytes = bytes.subspan(count);
        if (!wild || turn % 7 != 6) continue;
        const std::uint64_t skipped = std::min<std::uint64_t>(parser.skippable(), 50);
        parser.skip(skipped);
        told += skipped;
    }
    parser.finish();
    require(reader.cursor == told && !reader.in_pes);
    return reader.hash;
}

}  // namespace

// Input: | size of pieces | stream |.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const ByteView stream(data + 1, size - 1);
    const std::uint64_t whole = run(stream, 0, false);
    require(run(stream, 1, false) == whole);
    require(run(stream, 1U + data[0], false) == whole);
    run(stream, 1U + data[0], true);
    return 0;
}
