// Split invariance of the SIP framer: the input's first byte seeds the cuts, the rest is the stream. Whole, byte
// by byte and in random cuts must give the same pieces and counts, and the pieces must be the stream's own bytes.
#include <cstdint>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "wire/sip/framer.hpp"

using namespace gbkit::wire::sip;

namespace {

struct Outcome {
    std::vector<Framer::Piece> pieces;
    std::uint64_t skipped = 0;
    std::uint64_t keepalives = 0;
    std::size_t left = 0;
};

template <class Size>
Outcome run(std::string_view stream, Size next_size) {
    Limits limits;
    limits.head_bytes = 600;  // small enough for the fuzzer to reach
    limits.message_bytes = 900;
    Framer framer(limits);
    Outcome outcome;
    while (!stream.empty()) {
        const std::string_view cut = stream.substr(0, next_size());
        framer.push(cut);
        stream.remove_prefix(cut.size());
        while (std::optional<Framer::Piece> piece = framer.next()) outcome.pieces.push_back(std::move(*piece));
        if (framer.buffered() > limits.message_bytes) std::abort();
    }
    outcome.skipped = framer.skipped_bytes();
    outcome.keepalives = framer.keepalives();
    outcome.left = framer.buffered();
    return outcome;
}

void demand_same(const Outcome& a, const Outcome& b) {
    if (a.skipped != b.skipped || a.keepalives != b.keepalives || a.left != b.left || a.pieces.size() != b.pieces.size()) std::abort();
    for (std::size_t i = 0; i < a.pieces.size(); ++i)
        if (a.pieces[i].bytes != b.pieces[i].bytes || a.pieces[i].offset != b.pieces[i].offset ||
            a.pieces[i].without_length != b.pieces[i].without_length)
            std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 1) return 0;
    const std::string_view stream(reinterpret_cast<const char*>(data) + 1, size - 1);
    const Outcome whole = run(stream, [&] { return stream.size(); });
    for (const Framer::Piece& piece : whole.pieces)
        if (stream.substr(piece.offset, piece.bytes.size()) != piece.bytes) std::abort();
    demand_same(whole, run(stream, [] { return std::size_t{1}; }));
    std::minstd_rand random(data[0] + 1U);
    demand_same(whole, run(stream, [&] { return std::size_t{1} + random() % 50; }));
    return 0;
}
