#include "wire/sanitize/aliases.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "wire/hash64.hpp"
#include "wire/load.hpp"

namespace gbkit::wire::sanitize {

namespace {

struct Range {
    std::uint32_t base;
    unsigned bits;
};
// What stays what it is: private and carrier networks (RFC 1918, 6598, 3927).
constexpr std::array<Range, 5> private_ranges = {{{0x0A000000, 8}, {0xAC100000, 12}, {0xC0A80000, 16}, {0x64400000, 10}, {0xA9FE0000, 16}}};
constexpr std::uint32_t first_public_net = 0xC61200, public_nets = 512;      // 198.18.0.0/15, in units of /24
constexpr std::uint32_t reserved_net = 0xF00000, reserved_nets = 0x0FFFFF;   // 240.0.0.0/4

std::uint64_t power_of_ten(std::size_t digits) noexcept {
    std::uint64_t value = 1;
    for (std::size_t i = 0; i < std::min<std::size_t>(digits, 15); ++i) value *= 10;
    return value;
}

std::string padded(std::uint64_t number, std::size_t width) {
    const std::string text = std::to_string(number);
    return text.size() >= width ? text : std::string(width - text.size(), '0') + text;
}

bool all_zeros(std::string_view digits) noexcept { return digits.find_first_not_of('0') == std::string_view::npos; }

std::string key_of(std::uint32_t number) { return std::to_string(number); }

}  // namespace

bool is_id_length(std::size_t digits) noexcept { return digits >= 15 && digits <= 20; }

std::uint64_t Aliases::ordinal(std::string_view kind, std::string_view original) {
    std::string key(kind);
    key += '\0';
    key += original;
    if (const auto found = ordinals_.find(key); found != ordinals_.end()) return found->second;
    if (ordinals_.size() >= max_names) return hash64(as_bytes(key), 0) | std::uint64_t{1} << 32;
    const std::uint64_t next = ++counts_[std::string(kind)];
    ordinals_.emplace(std::move(key), next);
    return next;
}

IpAddress Aliases::address_v4(std::uint32_t original) {
    const std::uint32_t net = original >> 8, host = original & 0xFF;
    std::uint32_t alias = 0;
    const auto range = std::find_if(private_ranges.begin(), private_ranges.end(),
                                    [&](const Range& one) { return original >> (32 - one.bits) == one.base >> (32 - one.bits); });
    if (range != private_ranges.end()) {
        const std::uint64_t nets = std::uint64_t{1} << (24 - range->bits);
        alias = (range->base >> 8) + static_cast<std::uint32_t>(ordinal("net" + key_of(range->base), key_of(net)) % nets);
    } else {
        const std::uint64_t n = ordinal("net", key_of(net)) - 1;
        alias = n < public_nets ? first_public_net + static_cast<std::uint32_t>(n)
                                : reserved_net + static_cast<std::uint32_t>((n - public_nets) % reserved_nets);
    }
    const bool end = host == 0 || host == 255;   // of the network: often not a host
    const auto last = end ? host : static_cast<std::uint32_t>(1 + (ordinal("host" + key_of(net), key_of(host)) - 1) % 254);
    return IpAddress::v4(alias << 8 | last);
}

IpAddress Aliases::address_v6(ByteView original) {
    const std::string net(as_text(original.first(8))), host(as_text(original.last(8)));
    const std::uint64_t n = ordinal("net6", net), h = ordinal("host6" + net, host);
    Bytes alias;
    ByteWriter writer(alias);
    if (original[0] == 0xFE && (original[1] & 0xC0) == 0x80) {
        writer.u32be(0xFE800000);
        writer.u32be(0);
    } else {
        writer.u32be((original[0] & 0xFE) == 0xFC ? 0xFD000000 : 0x20010DB8);
        writer.u32be(static_cast<std::uint32_t>(n));
    }
    writer.u32be(0);
    writer.u32be(static_cast<std::uint32_t>(h));
    return IpAddress::from_bytes(alias);
}

IpAddress Aliases::address(const IpAddress& original) {
    const ByteView bytes = original.bytes();
    if (original.is_unspecified() || original.is_loopback()) return original;
    if (!original.is_v6()) return bytes[0] >= 224 ? original : address_v4(load32be(bytes, 0));
    constexpr std::array<std::uint8_t, 12> mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
    if (std::equal(mapped.begin(), mapped.end(), bytes.begin())) {
        Bytes alias(mapped.begin(), mapped.end());
        const IpAddress inner = address(IpAddress::from_bytes(bytes.last(4)));
        alias.insert(alias.end(), inner.bytes().begin(), inner.bytes().end());
        return IpAddress::from_bytes(alias);
    }
    return bytes[0] == 0xFF ? original : address_v6(bytes);
}

std::array<std::uint8_t, 6> Aliases::mac(ByteView original) {
    std::array<std::uint8_t, 6> alias{};
    std::copy_n(original.begin(), alias.size(), alias.begin());
    if ((alias[0] & 1U) != 0 || std::all_of(alias.begin(), alias.end(), [](std::uint8_t byte) { return byte == 0; })) return alias;
    const std::uint64_t n = ordinal("mac", to_hex(original.first(6)));
    return {2, 0, 0, static_cast<std::uint8_t>(n >> 16), static_cast<std::uint8_t>(n >> 8), static_cast<std::uint8_t>(n)};
}

// Province, city, district, unit: each pair is counted under the pairs before it; 00 (no such level) stays.
std::string Aliases::division(std::string_view digits) {
    std::string alias;
    for (std::size_t at = 0; at + 2 <= digits.size(); at += 2) {
        const std::string_view pair = digits.substr(at, 2);
        const std::uint64_t n = pair == "00" ? 0 : ordinal("division" + std::string(digits.substr(0, at)), pair) - 1;
        alias += pair == "00" ? "00" : padded(1 + (n + (at == 0 ? 33 : 0)) % 99, 2);
    }
    return alias + std::string(digits.substr(alias.size()));
}

std::string Aliases::id(std::string_view digits) {
    std::string alias = division(digits.substr(0, 8));
    if (digits.size() <= 8) return alias;
    alias += digits.substr(8, 6);
    if (digits.size() <= 14) return alias;
    const std::string_view serial = digits.substr(14, 6), beyond = digits.size() > 20 ? digits.substr(20) : std::string_view();
    const std::uint64_t values = power_of_ten(serial.size()) - 1;
    alias += all_zeros(serial) ? std::string(serial)
                               : padded(1 + (ordinal("serial" + std::string(digits.substr(0, 14)), serial) - 1) % values, serial.size());
    return alias + std::string(beyond);
}

std::string Aliases::number(std::string_view digits) {
    if (all_zeros(digits)) return std::string(digits);
    return padded(1 + (ordinal("number" + std::to_string(digits.size()), digits) - 1) % (power_of_ten(digits.size()) - 1), digits.size());
}

void Aliases::learn(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = at;
        while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
        if (is_id_length(end - at) && domains_.size() < max_names) {
            const std::string domain(text.substr(at, 10));
            if (!domains_.contains(domain)) {
                const std::string alias = id(domain);
                ssrc_parts_.emplace(domain.substr(3, 5), alias.substr(3, 5));
                domains_.emplace(domain, alias);
            }
        }
        at = end + 1;
    }
}

bool Aliases::is_domain(std::string_view ten_digits) const { return domains_.contains(std::string(ten_digits)); }

std::uint32_t Aliases::ssrc(std::uint32_t original) const {
    const std::string digits = padded(original, 10);
    const auto part = ssrc_parts_.find(digits.substr(1, 5));
    if (digits[0] > '1' || part == ssrc_parts_.end()) return original;
    return static_cast<std::uint32_t>(*to_number(digits.substr(0, 1) + part->second + digits.substr(6)));
}

}  // namespace gbkit::wire::sanitize
