// A GB/T 28181 device: registers, stays registered, beats, logs out. A member of a fleet (proto/fleet).
//
//   idle -> registering -> registered -> unregistering -> ended
//              ^   |            |
//              |   `-> lost <---'   answers to keepalives stopped, or a refresh failed; tried again after a pause
//              `--------'
// A device that never got registered gives up at its first failure and says why: nobody is served by a simulator
// that hides a refusal. GB/T 28181-2022 9.1 (registration), 9.6 (keepalive: three unanswered mean offline).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "proto/fleet_member.hpp"
#include "proto/gb/device_messages.hpp"
#include "proto/gb/register_exchange.hpp"

namespace gbkit::proto::gb {

class Device {
public:
    /// `settings` are shared by all devices and must outlive them.
    Device(DeviceIdentity who, const DeviceSettings& settings) : who_(std::move(who)), settings_(&settings) {}

    [[nodiscard]] const std::string& user() const noexcept { return who_.id; }
    void start(Turn& turn);
    void take(Turn& turn, const sip::Incoming& incoming);
    void wake(Turn& turn);
    /// Logs out if the server may know us, and ends.
    void stop(Turn& turn);
    [[nodiscard]] std::optional<Time> deadline() const noexcept;
    /// How it ended; nothing while it lives.
    [[nodiscard]] const std::optional<Finish>& finished() const noexcept { return finished_; }
    [[nodiscard]] bool registered() const noexcept { return phase_ == Phase::registered; }

private:
    enum class Phase : std::uint8_t { idle, registering, registered, lost, unregistering, ended };

    void begin_register(Turn& turn);
    void begin_unregister(Turn& turn);
    void on_exchange_end(Turn& turn, const ExchangeEnd& end);
    void on_granted(Turn& turn, const ExchangeEnd& end);
    void on_failed(Turn& turn, const ExchangeEnd& end);
    void answer(Turn& turn, const sip::Incoming& request);
    void send_keepalive(Turn& turn);
    void on_keepalive_answer(Turn& turn, const sip::Incoming& incoming);
    void report(Turn& turn, RegistrationReport::State state, const ExchangeEnd& end) const;
    void end(Outcome outcome, std::string why);

    DeviceIdentity who_;
    const DeviceSettings* settings_;
    Phase phase_ = Phase::idle;
    bool ever_registered_ = false;
    RegisterExchange exchange_;
    sip::TransactionId keepalive_{};
    std::uint32_t keepalive_serial_ = 0;
    std::uint32_t missed_ = 0;
    std::optional<Time> next_keepalive_, register_at_;  // register_at_: refresh, or the next try when lost
    std::optional<Finish> finished_;
};

}  // namespace gbkit::proto::gb
