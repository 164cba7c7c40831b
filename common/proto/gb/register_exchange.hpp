// One registration exchange as the device sees it: REGISTER, 401, REGISTER with Authorization, 200.
//
//   ask ---> 401 ---> ask with credentials ---> 2xx                granted
//              |               |--> 401 stale=true, once more      (RFC 7616 section 3.3)
//              |               `--> 401, 403, ...                  refused
//              `--> no algorithm we know                           not understood
// Registering, refreshing and unregistering (Expires: 0) are the same exchange. GB/T 28181-2022 9.1.2.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "proto/fleet_member.hpp"
#include "proto/gb/device_messages.hpp"

namespace gbkit::proto::gb {

struct ExchangeEnd {
    enum class Kind : std::uint8_t { granted, refused, unanswered, unreachable, not_understood } kind;
    int status = 0;              // of the last answer, 0 when none came
    std::string reason{};
    std::uint32_t expires = 0;   // granted
    Duration round_trip{};       // last REGISTER to last answer
};

class RegisterExchange {
public:
    void start(Turn& turn, const DeviceSettings& settings, const DeviceIdentity& who, std::uint32_t expires);
    /// Takes what the layer says of our transaction; a value when the exchange is over.
    std::optional<ExchangeEnd> take(Turn& turn, const DeviceSettings& settings, const DeviceIdentity& who,
                                    const sip::Incoming& incoming);
    /// The answers of this exchange are no longer wanted.
    void abandon() noexcept { transaction_ = {}; }

    [[nodiscard]] bool running() const noexcept { return transaction_ != sip::TransactionId{}; }
    /// Has the server answered anything in this exchange? Then it may hold a registration of ours.
    [[nodiscard]] bool heard() const noexcept { return heard_; }
    [[nodiscard]] bool answered_challenge() const noexcept { return rounds_ > 0; }

private:
    void send(Turn& turn, const DeviceSettings& settings, const DeviceIdentity& who, const std::optional<std::string>& authorization);
    std::optional<ExchangeEnd> on_challenge(Turn& turn, const DeviceSettings& settings, const DeviceIdentity& who,
                                            const wire::sip::Message& answer);
    [[nodiscard]] ExchangeEnd ended(Time now, ExchangeEnd::Kind kind, const wire::sip::Message& answer) const;

    sip::TransactionId transaction_{};
    std::string call_id_, tag_;     // one Call-ID for all registrations of a device, RFC 3261 section 10.2
    std::uint32_t cseq_ = 0;
    std::uint32_t expires_ = 0;
    std::uint8_t rounds_ = 0;       // answers to challenges sent in this exchange
    bool heard_ = false;
    Time sent_{};
};

}  // namespace gbkit::proto::gb
