#include "wav.hpp"

namespace gbkit::replay_tool {

namespace {

constexpr std::uint32_t samples_per_second = 8000;
constexpr std::uint16_t format_a_law = 6, format_mu_law = 7;
constexpr std::uint32_t format_bytes = 18, fact_bytes = 4;

}  // namespace

Bytes wav_of_g711(bool mu_law, ByteView samples) {
    Bytes out;
    ByteWriter writer(out);
    const auto count = static_cast<std::uint32_t>(samples.size());
    writer.bytes(as_bytes("RIFF"));
    writer.u32le(4 + 8 + format_bytes + 8 + fact_bytes + 8 + count + count % 2);
    writer.bytes(as_bytes("WAVEfmt "));
    writer.u32le(format_bytes);
    writer.u16le(mu_law ? format_mu_law : format_a_law);
    writer.u16le(1);                    // channels
    writer.u32le(samples_per_second);
    writer.u32le(samples_per_second);   // bytes a second
    writer.u16le(1);                    // bytes a sample of all channels
    writer.u16le(8);                    // bits a sample
    writer.u16le(0);                    // no extension
    writer.bytes(as_bytes("fact"));
    writer.u32le(fact_bytes);
    writer.u32le(count);
    writer.bytes(as_bytes("data"));
    writer.u32le(count);
    writer.bytes(samples);
    writer.zeros(count % 2);
    return out;
}

}  // namespace gbkit::replay_tool
