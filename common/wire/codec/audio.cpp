#include "wire/codec/audio.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "wire/codec/bits.hpp"

namespace gbkit::wire::codec {

namespace {

constexpr std::array<std::uint32_t, 13> sample_rates{96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350};

constexpr std::uint8_t invert_a = 0x55, invert_u = 0x7F;
constexpr std::uint64_t fewest_samples = 800, most_samples = 32000;  // 0.1 s and 4 s at 8 kHz
constexpr std::size_t fewest_codes = 24;  // a tone in step with the sampling has fewer, and may leap less by the wrong law

// A code as sign and logarithm: -127 to 127.
int level(std::uint8_t code, std::uint8_t invert) noexcept {
    const int size = (code ^ invert) & 0x7F;
    return (code & 0x80) != 0 ? size : -size;
}

}  // namespace

// 6.2.1 and 6.2.2: syncword 12, ID, layer 2 (0), protection_absent, profile 2, index 4, private, channels 3, original,
// home, copyright 2, frame_length 13, fullness 11, blocks 2.
std::optional<AdtsHeader> parse_adts(ByteView bytes) noexcept {
    if (bytes.size() < 7) return std::nullopt;
    BitReader in(bytes.first(7));
    if (in.bits(12) != 0xFFF) return std::nullopt;
    in.skip(1);
    if (in.bits(2) != 0) return std::nullopt;
    const std::uint16_t header = in.flag() ? 7 : 9;
    in.skip(2);
    const std::uint32_t rate = in.bits(4);
    in.skip(1);
    AdtsHeader adts;
    const std::uint32_t configuration = in.bits(3);
    adts.channels = static_cast<std::uint8_t>(configuration == 7 ? 8 : configuration);
    in.skip(4);
    adts.frame_length = static_cast<std::uint16_t>(in.bits(13));
    if (rate >= sample_rates.size() || adts.frame_length < header) return std::nullopt;
    adts.sample_rate = sample_rates[rate];
    return adts;
}

bool is_adts_chain(ByteView payload, bool whole) noexcept {
    std::optional<AdtsHeader> first;
    for (std::size_t frames = 1; !payload.empty(); ++frames) {
        if (!whole && frames > 2 && payload.size() < 7) return true;  // the cut goes through a header
        const auto header = parse_adts(payload);
        if (!header) return false;
        if (!first) first = header;
        if (header->sample_rate != first->sample_rate || header->channels != first->channels) return false;
        if (header->frame_length > payload.size()) return !whole && frames >= 2;
        payload = payload.subspan(header->frame_length);
    }
    return first.has_value();
}

void G711Guess::push(ByteView payload) noexcept {
    const auto room = static_cast<std::size_t>(most_samples - samples_);
    for (const std::uint8_t code : payload.first(std::min(payload.size(), room))) {
        if (samples_++ > 0) {
            leaps_a_ += static_cast<std::uint64_t>(std::abs(level(code, invert_a) - level(last_, invert_a)));
            leaps_u_ += static_cast<std::uint64_t>(std::abs(level(code, invert_u) - level(last_, invert_u)));
        }
        silent_a_ += std::abs(level(code, invert_a)) < 4;
        silent_u_ += std::abs(level(code, invert_u)) < 4;
        seen_.set(code);
        last_ = code;
    }
}

Codec G711Guess::codec() const noexcept {
    if (samples_ < fewest_samples) return Codec::unknown;
    const bool a = leaps_a_ < leaps_u_;
    const std::uint64_t less = a ? leaps_a_ : leaps_u_, more = a ? leaps_u_ : leaps_a_;
    const std::uint64_t silent = std::max(silent_a_, silent_u_);
    if (silent * 10 > samples_ * 9) return silent_a_ > silent_u_ ? Codec::g711a : Codec::g711u;
    // Speech leaps by 1 to 15 codes, random bytes by 84 under both laws; a shrill tone leaps, and may leap less by the wrong one.
    if (less > samples_ * 25 || less * 10 > more * 6 || more < samples_ || seen_.count() < fewest_codes) return Codec::unknown;
    return a ? Codec::g711a : Codec::g711u;
}

}  // namespace gbkit::wire::codec
