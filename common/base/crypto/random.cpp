// The Random class: OpenSSL's generator, or a seeded one.
#include "base/random.hpp"

#include <stdexcept>
#include <utility>

#include <openssl/rand.h>

#include "base/bytes.hpp"

namespace gbkit {

std::uint64_t Random::next() {
    if (engine_) return (*engine_)();
    if (!drawn_) drawn_ = std::make_unique<Drawn>();
    if (drawn_->left == 0) {
        if (RAND_bytes(reinterpret_cast<unsigned char*>(drawn_->values.data()), sizeof drawn_->values) != 1)
            throw std::runtime_error("OpenSSL has no random bytes");
        drawn_->left = drawn_->values.size();
    }
    return std::exchange(drawn_->values[--drawn_->left], 0);
}

std::uint64_t Random::below(std::uint64_t bound) {
    if (bound == 0) return 0;
    const std::uint64_t unbiased = UINT64_MAX - UINT64_MAX % bound;
    std::uint64_t value = next();
    while (value >= unbiased) value = next();
    return value % bound;
}

double Random::unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

std::string Random::hex(std::size_t digits) {
    std::string text;
    text.reserve(digits + 16);
    while (text.size() < digits) {
        const std::uint64_t value = next();
        text += to_hex({reinterpret_cast<const std::uint8_t*>(&value), sizeof value});
    }
    text.resize(digits);
    return text;
}

}  // namespace gbkit
