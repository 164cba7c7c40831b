// What makes of devices do differently at the wire, as values the device machine reads; it knows no make.
//
// Only what somebody has seen stands here, each field with its source row (R, C: the field tables of rows.tsv). No
// source records another header order or spelling, another Contact or another keepalive body than the usual one, or
// a make that leaves a qop unanswered: for those there are faults (proto/fault), not habits.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace gbkit::proto::gb {

/// What stands behind the @ of a URI.
enum class UriHost : std::uint8_t { domain, address };

struct Habits {
    std::string_view name = "standard";
    UriHost request_uri = UriHost::domain;   // of REGISTER and MESSAGE; address: the platform's IP:PORT
    UriHost own_uri = UriHost::domain;       // From, and To of a REGISTER; address: the device's own IP:PORT
    UriHost digest_uri = UriHost::domain;    // the uri parameter; R7 when it is not the Request-URI
    bool decimal_ids = false;                // branch, tag and Call-ID are decimal numbers
    std::string_view user_agent{};           // empty: the settings'
    std::string_view cnonce{};               // always this one; empty: a new one each time
    bool route = false;                      // a Route header in everything sent once it was registered
    bool needs_algorithm = false;            // a challenge without algorithm is not answered
    bool warns_not_registered = false;       // requests while it is not registered: 403 with that Warning
    bool ignores_strangers = false;          // requests from another address than it registers with: no answer
    bool restarts_on_config = false;         // DeviceConfig makes it log out and come back
};

/// The profiles by name: standard, hikvision, dahua, uniview.
[[nodiscard]] const std::vector<Habits>& all_habits();
[[nodiscard]] const Habits* find_habits(std::string_view name) noexcept;

}  // namespace gbkit::proto::gb
