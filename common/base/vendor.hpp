// Who made a device or a platform, as far as its own words say so.
//
// Three strings name a maker on the wire: User-Agent of a request, Server or User-Agent of an answer, Manufacturer of a
// catalog item or a DeviceInfo. Only strings that somebody has recorded stand in the table; everything else is unknown,
// and nothing is guessed from addresses, IDs or behaviour.
#pragma once

#include <cstdint>
#include <string_view>

namespace gbkit {

enum class Vendor : std::uint8_t {
    unknown,
    hikvision, dahua, uniview,   // make devices
    wvp, livegbs, monibuca,      // are platforms
};

/// By the Manufacturer when that is known, else by the agent; both as sent, either may be empty.
[[nodiscard]] Vendor vendor_of(std::string_view agent, std::string_view manufacturer = {}) noexcept;
/// "Hikvision", "wvp"; empty for unknown.
[[nodiscard]] std::string_view name_of(Vendor vendor) noexcept;
/// A platform's software, not a maker of devices.
[[nodiscard]] bool is_platform(Vendor vendor) noexcept;

/// Both ends of a conversation.
struct Parties {
    Vendor device = Vendor::unknown;
    Vendor platform = Vendor::unknown;
};

}  // namespace gbkit
