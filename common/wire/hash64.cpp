#include "wire/hash64.hpp"

#include <bit>
#include <cstring>

namespace gbkit::wire {

namespace {

constexpr std::uint64_t prime_a = 0x9E3779B185EBCA87U, prime_b = 0xC2B2AE3D27D4EB4FU;

std::uint64_t load(const std::uint8_t* at, std::size_t count) noexcept {
    std::uint64_t word = 0;
    std::memcpy(&word, at, count);
    return word;
}

std::uint64_t mix(std::uint64_t state, std::uint64_t word) noexcept {
    return std::rotl(state + word * prime_b, 31) * prime_a;
}

}  // namespace

// Four independent lanes keep the multiplier busy; they are joined at the end.
std::uint64_t hash64(ByteView bytes, std::uint64_t seed) noexcept {
    const std::uint8_t* at = bytes.data();
    std::size_t left = bytes.size();
    std::uint64_t a = seed + prime_a, b = seed ^ prime_b, c = seed, d = seed - prime_a;
    for (; left >= 32; at += 32, left -= 32) {
        a = mix(a, load(at, 8));
        b = mix(b, load(at + 8, 8));
        c = mix(c, load(at + 16, 8));
        d = mix(d, load(at + 24, 8));
    }
    std::uint64_t all = mix(mix(mix(a, b), c), d) + bytes.size();
    for (; left >= 8; at += 8, left -= 8) all = mix(all, load(at, 8));
    if (left > 0) all = mix(all, load(at, left));
    all = (all ^ all >> 33) * prime_b;
    return all ^ all >> 29;
}

}  // namespace gbkit::wire
