#include "wire/ps/crc.hpp"

#include <array>
#include <cstddef>

namespace gbkit::wire::ps {

namespace {

constexpr std::array<std::uint32_t, 256> table = [] {
    std::array<std::uint32_t, 256> all{};
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
        std::uint32_t value = byte << 24;
        for (int bit = 0; bit < 8; ++bit) value = value << 1 ^ ((value & 0x80000000U) != 0 ? 0x04C11DB7U : 0U);
        all[byte] = value;
    }
    return all;
}();

}  // namespace

std::uint32_t crc32_mpeg2(ByteView bytes) noexcept {
    std::uint32_t crc = 0xFFFFFFFF;
    for (const std::uint8_t byte : bytes) crc = crc << 8 ^ table[(crc >> 24 ^ byte) & 0xFFU];
    return crc;
}

}  // namespace gbkit::wire::ps
