// Other names for what must not be shared, the same one for the same thing every time.
//
// Aliases are numbered in order of appearance, so nothing of the original is in them, and a run repeats. What a diagnosis
// needs is kept: private addresses stay private, neighbours in a /24 (IPv6: /64) stay neighbours; an ID keeps its length,
// its industry, type and network digits, its domain stays the domain of the same devices, and a division stays inside the
// same province. Memory is bounded: beyond a million names an alias comes from a hash, and two may then be the same.
//
//   | 1-8 division: pair by pair | 9-14 kept | 15-20 serial: counted |          GB/T 28181 annex E
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/endpoint.hpp"

namespace gbkit::wire::sanitize {

class Aliases {
public:
    /// Unspecified, loopback and multicast addresses stay; public ones become 198.18.0.0/15 (RFC 2544), then 240.0.0.0/4;
    /// IPv6 ones 2001:db8::/32.
    [[nodiscard]] IpAddress address(const IpAddress& original);
    [[nodiscard]] Endpoint endpoint(const Endpoint& original) { return {address(original.address), original.port}; }

    /// A MAC address, six bytes: 02:00:00 (locally administered) and a number; zeros and groups stay.
    [[nodiscard]] std::array<std::uint8_t, 6> mac(ByteView original);

    /// A string of digits that is an ID or begins like one: a domain, a civil code. The same length.
    [[nodiscard]] std::string id(std::string_view digits);
    /// Any other string of digits: a number of the same length.
    [[nodiscard]] std::string number(std::string_view digits);
    /// The SSRC as y= writes it: of an ID that is known by now, digits 2-6 follow the ID's alias (annex G); else it stays.
    [[nodiscard]] std::uint32_t ssrc(std::uint32_t original) const;

    /// Notes the IDs in a text: their first ten digits are domains from now on.
    void learn(std::string_view text);
    [[nodiscard]] bool is_domain(std::string_view ten_digits) const;

    /// The n-th different text of this kind, from 1.
    [[nodiscard]] std::uint64_t ordinal(std::string_view kind, std::string_view original);

    static constexpr std::size_t max_names = 1'000'000;

private:
    [[nodiscard]] std::string division(std::string_view digits);
    [[nodiscard]] IpAddress address_v4(std::uint32_t original);
    [[nodiscard]] IpAddress address_v6(ByteView original);

    std::unordered_map<std::string, std::uint64_t> ordinals_;   // "kind\0text"
    std::unordered_map<std::string, std::uint64_t> counts_;     // by kind
    std::unordered_map<std::string, std::string> domains_;      // ten digits: their alias
    std::unordered_map<std::string, std::string> ssrc_parts_;   // digits 4-8 of IDs: those of the alias
};

/// Digits enough to be an ID: 15 to 20 (devices that work send 18).
[[nodiscard]] bool is_id_length(std::size_t digits) noexcept;

}  // namespace gbkit::wire::sanitize
