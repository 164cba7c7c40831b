// A GB/T 28181 device: registers, stays registered, beats, logs out. A member of a fleet (proto/fleet).
//
//   idle -> registering -> registered -> unregistering -> ended
//              ^   |            |
//              |   `-> lost <---'   answers to keepalives stopped, or a refresh failed; tried again after a pause
//              `--------'
// A device that never got registered gives up at its first failure and says why, unless it is told to persist: nobody
// is served by a simulator that hides a refusal. A 302 is followed, and when the platform it leads to fails, the
// redirector is asked once more. Between the two it is moving: a name is looked up (Ask), a connection made by the
// fleet. GB/T 28181-2022 9.1 (registration), 9.6 (keepalive: three unanswered mean offline).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "proto/fleet_member.hpp"
#include "proto/gb/device_messages.hpp"
#include "proto/gb/register_exchange.hpp"
#include "wire/sip/message.hpp"

namespace gbkit::proto::gb {

class Device {
public:
    /// `settings` are shared by all devices and must outlive them.
    Device(DeviceIdentity who, const DeviceSettings& settings) : who_(std::move(who)), settings_(&settings) {}

    [[nodiscard]] const std::string& user() const noexcept { return who_.id; }
    [[nodiscard]] Transport transport() const noexcept { return settings_->transport; }
    /// Where its connection has to lead; nullptr: to the fleet's server.
    [[nodiscard]] const Destination* destination() const noexcept { return detours_ && detours_->now ? &detours_->now->place : nullptr; }
    void start(Turn& turn);
    /// Registers again, as after a restart of the platform; nothing when it is not registered.
    void renew(Turn& turn);
    void take(Turn& turn, const sip::Incoming& incoming);
    void wake(Turn& turn);
    /// Its connection could not be had or has ended; it connects and registers again when it is woken.
    void disconnected(Turn& turn, const std::string& why);
    /// The addresses of the name it asked for.
    void resolved(Turn& turn, const Reply& reply);
    /// Logs out if the server may know us, and ends.
    void stop(Turn& turn);
    [[nodiscard]] std::optional<Time> deadline() const noexcept;
    /// How it ended; nothing while it lives.
    [[nodiscard]] const std::optional<Finish>& finished() const noexcept { return finished_; }
    [[nodiscard]] bool registered() const noexcept { return phase_ == Phase::registered; }
    /// Waits for the answer to a REGISTER, or for the way to send one.
    [[nodiscard]] bool busy() const noexcept {
        return phase_ == Phase::registering || phase_ == Phase::unregistering || phase_ == Phase::moving;
    }
    /// Waits to register again; its connection may be a dead one.
    [[nodiscard]] bool lost() const noexcept { return phase_ == Phase::lost; }
    /// The server may know it: a stop logs it out.
    [[nodiscard]] bool known() const noexcept { return phase_ == Phase::registered; }

private:
    enum class Phase : std::uint8_t { idle, registering, moving, registered, lost, unregistering, ended };

    void begin_register(Turn& turn, std::string reason = {});
    void begin_unregister(Turn& turn);
    void on_exchange_end(Turn& turn, const ExchangeEnd& end);
    void on_granted(Turn& turn, const ExchangeEnd& end);
    void on_failed(Turn& turn, const ExchangeEnd& end);
    [[nodiscard]] Towards towards(const Turn& turn) const noexcept;
    bool follow(Turn& turn, const ExchangeEnd& end);
    bool back_to_redirector(Turn& turn, const ExchangeEnd& end);
    void set_out(Turn& turn, std::string reason);
    void forget_detours();
    void come_back(Turn& turn);
    void wait_for_retry(Turn& turn);
    void answer(Turn& turn, const sip::Incoming& request);
    void reply(Turn& turn, const sip::Incoming& request, int status, std::string_view header, std::string_view value);
    [[nodiscard]] bool restarts_for(const wire::sip::Message& request) const;
    void send_keepalive(Turn& turn);
    void on_keepalive_answer(Turn& turn, const sip::Incoming& incoming);
    void report(Turn& turn, RegistrationReport::State state, const ExchangeEnd& end) const;
    void end(Outcome outcome, std::string why);

    /// Where a 302 led.
    struct Redirected {
        Destination place;
        std::string server_id;
        sip::Route route{};      // on a datagram socket
    };
    /// What happened to redirections since the device was last registered.
    struct Detours {
        std::optional<Redirected> now{};
        HostPort asked{};        // where the last 302 pointed
        HostPort failed{};
        std::uint8_t followed = 0;
    };

    DeviceIdentity who_;
    const DeviceSettings* settings_;
    Phase phase_ = Phase::idle;
    bool ever_registered_ = false;
    RegisterExchange exchange_;
    sip::TransactionId keepalive_{};
    std::uint32_t keepalive_serial_ = 0;
    std::uint32_t missed_ = 0;
    std::optional<Time> next_keepalive_, register_at_;  // register_at_: refresh, or the next try when lost
    std::unique_ptr<Detours> detours_;  // few devices have any
    bool comes_back_ = false;           // it logs out to restart
    std::optional<Finish> finished_;
};

}  // namespace gbkit::proto::gb
