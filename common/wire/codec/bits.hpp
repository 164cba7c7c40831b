// Bits of a parameter set or slice header: fixed lengths and Exp-Golomb codes (H.264 9.1, H.265 9.2).
//
// Sticky like ByteReader: the first read past the end, or a code longer than 32 zeros, turns it bad and every later
// read gives zero, so a parser reads straight down like the standard's table and asks ok() once.
#pragma once

#include <cstdint>

#include "base/bytes.hpp"

namespace gbkit::wire::codec {

class BitReader {
public:
    /// `rbsp`: without emulation prevention bytes.
    explicit BitReader(ByteView rbsp) noexcept : rbsp_(rbsp) {}

    /// u(count), at most 32 bits.
    std::uint32_t bits(unsigned count) noexcept {
        std::uint32_t value = 0;
        for (; count > 0; --count) value = value << 1 | static_cast<std::uint32_t>(flag());
        return ok_ ? value : 0;
    }
    /// u(1).
    bool flag() noexcept {
        if (at_ / 8 >= rbsp_.size()) ok_ = false;
        if (!ok_) return false;
        const bool bit = (rbsp_[at_ / 8] >> (7 - at_ % 8) & 1) != 0;
        ++at_;
        return bit;
    }
    void skip(std::size_t count) noexcept {
        if (count > rbsp_.size() * 8 - at_) ok_ = false;
        else at_ += count;
    }
    /// ue(v). A value over `most` is bad.
    std::uint32_t ue(std::uint32_t most = 0xFFFFFFFEU) noexcept {
        unsigned zeros = 0;
        while (ok_ && !flag())
            if (++zeros > 31) ok_ = false;
        const std::uint32_t value = (std::uint32_t{1} << (zeros & 31U)) - 1 + bits(ok_ ? zeros : 0);
        if (value > most) ok_ = false;
        return ok_ ? value : 0;
    }
    /// se(v), whose value nobody here needs; its length is that of ue(v).
    void skip_se() noexcept { (void)ue(); }

    [[nodiscard]] bool ok() const noexcept { return ok_; }
    [[nodiscard]] std::size_t offset() const noexcept { return at_ / 8; }  // bytes

private:
    ByteView rbsp_;
    std::size_t at_ = 0;  // bits
    bool ok_ = true;
};

}  // namespace gbkit::wire::codec
