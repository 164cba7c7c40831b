// Audio by content: AAC in ADTS (ISO/IEC 13818-7 6.2) is certain; G.711 A or mu is a likelihood; the rest is not told apart.
#pragma once

#include <bitset>
#include <cstdint>
#include <optional>

#include "base/bytes.hpp"
#include "wire/codec/codec.hpp"

namespace gbkit::wire::codec {

struct AdtsHeader {
    std::uint32_t sample_rate = 0;   // Hz
    std::uint8_t channels = 0;       // 0: told inside the frame; else 1 to 8
    std::uint16_t frame_length = 0;  // bytes, header included
    friend bool operator==(const AdtsHeader&, const AdtsHeader&) = default;
};
/// `bytes` from the syncword on; 7 are looked at.
[[nodiscard]] std::optional<AdtsHeader> parse_adts(ByteView bytes) noexcept;
/// The payload is a chain of ADTS frames, of one rate and channel count, that fills it. The last may be cut when `whole`
/// is false; then two headers must be there, since one alone stands in any G.711 of near silence.
[[nodiscard]] bool is_adts_chain(ByteView payload, bool whole) noexcept;

/// Gathers payload until it can tell A-law from mu-law.
///
/// Both code a sample as a sign and the logarithm of its size, with other bits inverted. Read by its own law, sound
/// moves in small steps from sample to sample; read by the other, it leaps. What leaps under both (AAC, encrypted
/// data, loud noise) is claimed for neither. Silence is known by its codes: D5 and 55, or FF and 7F.
/// Looks at no more than 4 seconds of sound; more costs nothing.
class G711Guess {
public:
    void push(ByteView payload) noexcept;
    /// g711a, g711u, or unknown while it is not clear.
    [[nodiscard]] Codec codec() const noexcept;

private:
    std::uint64_t samples_ = 0;
    std::uint64_t leaps_a_ = 0, leaps_u_ = 0;     // sums of steps, in codes
    std::uint64_t silent_a_ = 0, silent_u_ = 0;   // samples next to zero
    std::bitset<256> seen_;                       // codes
    std::uint8_t last_ = 0;
};

}  // namespace gbkit::wire::codec
