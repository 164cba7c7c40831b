// Writes parameter sets bit by bit, so that a test can ask for any field; puts emulation prevention in at the end.
#pragma once

#include <cstdint>

#include "base/bytes.hpp"

namespace gbkit::test::codec {

class BitWriter {
public:
    BitWriter& u(unsigned count, std::uint32_t value) {
        for (; count > 0; --count) bit((value >> (count - 1) & 1U) != 0);
        return *this;
    }
    BitWriter& ue(std::uint32_t value) {
        unsigned length = 0;
        while ((std::uint64_t{value} + 1) >> (length + 1) != 0) ++length;
        u(length, 0);
        bit(true);
        return u(length, static_cast<std::uint32_t>(std::uint64_t{value} + 1 - (std::uint64_t{1} << length)));
    }
    BitWriter& se(std::int32_t value) { return ue(static_cast<std::uint32_t>(value > 0 ? 2 * value - 1 : -2 * value)); }

    /// `header`, the bits and their trailing one, as a NAL unit.
    [[nodiscard]] Bytes nal(const Bytes& header) {
        bit(true);
        while (used_ % 8 != 0) bit(false);
        Bytes out = header;
        int zeros = 0;
        for (const std::uint8_t byte : bytes_) {
            if (zeros >= 2 && byte <= 3) {
                out.push_back(3);
                zeros = 0;
            }
            zeros = byte == 0 ? zeros + 1 : 0;
            out.push_back(byte);
        }
        return out;
    }

private:
    void bit(bool value) {
        if (used_ % 8 == 0) bytes_.push_back(0);
        if (value) bytes_.back() = static_cast<std::uint8_t>(bytes_.back() | 0x80U >> used_ % 8);
        ++used_;
    }

    Bytes bytes_;
    std::size_t used_ = 0;  // bits
};

}  // namespace gbkit::test::codec
