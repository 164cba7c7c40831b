// What a device says: REGISTER, the Keepalive MESSAGE and the answers to requests, as text.
// GB/T 28181-2022 9.1.2, 9.6, annex A.2.5.2; RFC 3261 section 10.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/endpoint.hpp"
#include "base/random.hpp"
#include "proto/gb/habits.hpp"
#include "proto/machine.hpp"

namespace gbkit::proto::gb {

/// What all devices of a run have in common.
struct DeviceSettings {
    std::string server_id{};
    std::string domain{};
    Transport transport = Transport::udp;
    std::uint32_t expires = 86400;   // seconds asked for
    Duration keepalive = seconds{60};
    std::uint32_t missed_limit = 3;  // unanswered keepalives that mean offline
    Duration retry = seconds{60};    // least pause after a registration failed; up to twice that
    bool persistent = false;         // a device that never got registered tries again as well
    bool once = false;               // register, unregister, done
    std::string user_agent = "gbkit";
    std::string gb_version{};        // X-GB-Ver: "2.0", "3.0"; empty: the header is not sent
    Habits habits{};
};

/// Who one device is.
struct DeviceIdentity {
    std::string id;
    std::string username;                   // empty: the ID
    std::optional<std::string> password{};  // nothing: cannot answer a challenge
};

/// One request of a device, filled in by its machine.
struct RequestLine {
    std::string_view branch;
    std::string_view tag;
    std::string_view call_id;
    std::uint32_t cseq = 1;
    Endpoint local;
    Endpoint peer;                // the platform it is for
    std::string_view server_id;   // its ID
    bool routed = false;          // with a Route to it
};

/// What it says in User-Agent.
[[nodiscard]] std::string_view agent_of(const DeviceSettings& settings) noexcept;
/// A new tag, branch or Call-ID: `digits` hexadecimal ones, or a decimal number of 18.
[[nodiscard]] std::string fresh_token(Random& random, const Habits& habits, std::size_t digits);
/// The platform's URI: `host` says what stands behind the @.
[[nodiscard]] std::string server_uri(const DeviceSettings& settings, UriHost host, std::string_view server_id, const Endpoint& peer);
/// `authorization` is the value of the header, when there is one.
[[nodiscard]] std::string register_text(const DeviceSettings& settings, std::string_view id, const RequestLine& line,
                                        std::uint32_t expires, const std::optional<std::string>& authorization);
[[nodiscard]] std::string keepalive_text(const DeviceSettings& settings, std::string_view id, const RequestLine& line,
                                         std::uint32_t serial);

}  // namespace gbkit::proto::gb
