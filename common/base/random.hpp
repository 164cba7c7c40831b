// Random numbers, injected wherever a machine needs one.
//
// Without a seed they come from OpenSSL, some at a time, because each call of it costs more than the numbers do; with
// a seed they repeat, for tests and simulated devices only.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
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
    /// Drawn and not given out yet; never shared or copied.
    struct Drawn {
        std::array<std::uint64_t, 64> values{};
        std::size_t left = 0;
    };
    std::optional<std::mt19937_64> engine_;
    std::unique_ptr<Drawn> drawn_;
};

}  // namespace gbkit
