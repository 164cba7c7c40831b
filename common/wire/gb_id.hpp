// The 20-digit ID of GB/T 28181 (annex E, coding rule A): who a device is, before it says so.
//
//   | 1-8 administrative division | 9-10 industry | 11-13 type | 14 network | 15-20 serial |
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/text.hpp"

namespace gbkit::wire {

struct GbId {
    std::string text;      // all 20 digits
    std::string division;  // digits 1-8: province, city, district, grass-roots unit
    std::string industry;  // digits 9-10
    int type = 0;          // digits 11-13
    int network = 0;       // digit 14
    std::string serial;    // digits 15-20

    friend bool operator==(const GbId&, const GbId&) = default;
};

[[nodiscard]] bool is_twenty_digits(std::string_view id) noexcept;
/// Anything but 20 decimal digits is malformed (the offset is that of the first character that does not fit).
[[nodiscard]] Result<GbId> parse_gb_id(std::string_view id);

/// The SIP domain an ID belongs to by convention: its first 10 digits; empty when it has fewer characters.
[[nodiscard]] std::string_view domain_of(std::string_view id) noexcept;

/// The ID that many steps after `first`. Only the serial (the last six digits; all trailing digits, 15 at most, when
/// the ID is not 20 digits) counts: too_large when it would overflow, malformed when the ID ends with no digit.
[[nodiscard]] Result<std::string> counted_id(std::string_view first, std::uint64_t steps);

/// What a type code stands for; both empty when the standard names none.
[[nodiscard]] Bilingual gb_type_name(int type) noexcept;
/// Devices and their parts (111-199), as opposed to servers, groups and users.
[[nodiscard]] bool is_device_type(int type) noexcept;
/// Platforms and servers (200-299 but for groups, 500-505).
[[nodiscard]] bool is_platform_type(int type) noexcept;

}  // namespace gbkit::wire
