#include "base/bytes.hpp"

#include "base/text.hpp"

namespace gbkit {

ByteView as_bytes(std::string_view text) noexcept {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string_view as_text(ByteView bytes) noexcept {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

ByteView ByteReader::take(std::size_t count) noexcept {
    if (!ok_ || count > remaining()) {
        ok_ = false;
        return {};
    }
    const ByteView taken = bytes_.subspan(offset_, count);
    offset_ += count;
    return taken;
}

std::uint64_t ByteReader::big_endian(std::size_t width) noexcept {
    std::uint64_t value = 0;
    for (const std::uint8_t byte : take(width)) value = value << 8 | byte;
    return value;
}

std::uint8_t ByteReader::u8() noexcept { return static_cast<std::uint8_t>(big_endian(1)); }
std::uint16_t ByteReader::u16be() noexcept { return static_cast<std::uint16_t>(big_endian(2)); }
std::uint32_t ByteReader::u24be() noexcept { return static_cast<std::uint32_t>(big_endian(3)); }
std::uint32_t ByteReader::u32be() noexcept { return static_cast<std::uint32_t>(big_endian(4)); }
std::uint64_t ByteReader::u64be() noexcept { return big_endian(8); }

std::uint16_t ByteReader::u16le() noexcept {
    const std::uint16_t value = u16be();
    return static_cast<std::uint16_t>(value << 8 | value >> 8);
}

std::uint32_t ByteReader::u32le() noexcept {
    const std::uint32_t value = u32be();  // in one piece: half a value is no value
    return value << 24 | (value & 0xFF00U) << 8 | (value >> 8 & 0xFF00U) | value >> 24;
}

void ByteWriter::u16be(std::uint16_t value) {
    u8(static_cast<std::uint8_t>(value >> 8));
    u8(static_cast<std::uint8_t>(value));
}

void ByteWriter::u32be(std::uint32_t value) {
    u16be(static_cast<std::uint16_t>(value >> 16));
    u16be(static_cast<std::uint16_t>(value));
}

void ByteWriter::u16le(std::uint16_t value) {
    u8(static_cast<std::uint8_t>(value));
    u8(static_cast<std::uint8_t>(value >> 8));
}

void ByteWriter::u32le(std::uint32_t value) {
    u16le(static_cast<std::uint16_t>(value));
    u16le(static_cast<std::uint16_t>(value >> 16));
}

std::string to_hex(ByteView bytes) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string text;
    text.reserve(bytes.size() * 2);
    for (const std::uint8_t byte : bytes) {
        text.push_back(digits[byte >> 4]);
        text.push_back(digits[byte & 15]);
    }
    return text;
}

Result<Bytes> from_hex(std::string_view text) {
    Bytes bytes;
    bytes.reserve(text.size() / 2);
    for (std::size_t at = 0; at < text.size(); at += 2) {
        const int high = hex_value(text[at]);
        if (high < 0) return fail(Errc::malformed, "a character that is no hexadecimal digit", at);
        if (at + 1 == text.size()) return fail(Errc::truncated, "an odd number of hexadecimal digits", at);
        const int low = hex_value(text[at + 1]);
        if (low < 0) return fail(Errc::malformed, "a character that is no hexadecimal digit", at + 1);
        bytes.push_back(static_cast<std::uint8_t>(high << 4 | low));
    }
    return bytes;
}

namespace {
constexpr std::string_view base64_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
}

std::string to_base64(ByteView bytes) {
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        const std::size_t have = bytes.size() - at;
        const std::uint32_t group = static_cast<std::uint32_t>(bytes[at]) << 16 |
                                    (have > 1 ? static_cast<std::uint32_t>(bytes[at + 1]) << 8 : 0U) |
                                    (have > 2 ? static_cast<std::uint32_t>(bytes[at + 2]) : 0U);
        text.push_back(base64_alphabet[group >> 18]);
        text.push_back(base64_alphabet[group >> 12 & 63]);
        text.push_back(have > 1 ? base64_alphabet[group >> 6 & 63] : '=');
        text.push_back(have > 2 ? base64_alphabet[group & 63] : '=');
    }
    return text;
}

Result<Bytes> from_base64(std::string_view text) {
    if (text.size() % 4 != 0) return fail(Errc::truncated, "base64 that is not a multiple of four characters", text.size());
    Bytes bytes;
    for (std::size_t at = 0; at < text.size(); at += 4) {
        const bool last = at + 4 == text.size();
        const std::size_t padding = !last || text[at + 3] != '=' ? 0U : text[at + 2] != '=' ? 1U : 2U;
        std::uint32_t group = 0;
        for (std::size_t i = 0; i < 4; ++i) {
            const std::size_t digit = i >= 4 - padding ? 0 : base64_alphabet.find(text[at + i]);
            if (digit == std::string_view::npos) return fail(Errc::malformed, "a character outside the base64 alphabet", at + i);
            group = group << 6 | static_cast<std::uint32_t>(digit);
        }
        for (std::size_t i = 0; i < 3 - padding; ++i) bytes.push_back(static_cast<std::uint8_t>(group >> (16 - 8 * i)));
    }
    return bytes;
}

}  // namespace gbkit
