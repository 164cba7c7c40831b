// Random numbers, injected wherever a machine needs one.
//
// Without a seed they come from OpenSSL; with a seed they repeat, for tests and simulated devices only.
#pragma once

#include <cstdint>
#include <optional>
#include <random>
#include <string>

namespace gbkit {

class Random {
public:
    Random() = default;
    explicit Random(std::uint64_t seed) : engine_(std::in_place, seed) {}

    std::uint64_t next();
    /// 0 <= value < bound; bound 0 gives 0.
    std::uint64_t below(std::uint64_t bound);
    /// 0 <= value < 1
    double unit();
    /// `digits` lower-case hexadecimal digits.
    std::string hex(std::size_t digits);

private:
    std::optional<std::mt19937_64> engine_;
};

}  // namespace gbkit
