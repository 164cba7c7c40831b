// One registration exchange as the device sees it: REGISTER, 401, REGISTER with Authorization, 200.
//
//   ask ---> 401 ---> ask with credentials ---> 2xx                granted; Authentication-Info is checked
//              |               |--> 401 stale=true, once more      (RFC 7616 section 3.3)
//              |               |--> 423, once more, for longer     (RFC 3261 section 21.4.17)
//              |               `--> 401, 403, ...                  refused; a 302 says where to go
//              `--> no algorithm we know                           not understood
// Registering, refreshing and unregistering (Expires: 0) are the same exchange. A refresh answers the last challenge
// again with a higher nc, which saves a round; a platform that does not like that asks anew, or is asked anew.
// GB/T 28181-2022 9.1.2.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "proto/fleet_member.hpp"
#include "proto/gb/device_messages.hpp"
#include "wire/digest/formula.hpp"
#include "wire/digest/header.hpp"

namespace gbkit::proto::gb {

/// Whom a device speaks to: the platform of its settings, or where a 302 sent it.
struct Towards {
    const sip::Route& route;
    std::string_view server_id;
    bool routed = false;         // requests carry a Route to it
};

/// Where a 302 points: the first Contact.
struct Redirection {
    std::string server_id;
    HostPort place{};            // no host when there is no Contact
    std::string text{};
};

struct ExchangeEnd {
    enum class Kind : std::uint8_t { granted, refused, unanswered, unreachable, not_understood } kind;
    int status = 0;              // of the last answer, 0 when none came
    std::string reason{};
    std::uint32_t expires = 0;   // granted
    Duration round_trip{};       // last REGISTER to last answer
    std::optional<Redirection> redirection{};
};

class RegisterExchange {
public:
    void start(Turn& turn, const Towards& platform, const DeviceSettings& settings, const DeviceIdentity& who, std::uint32_t expires);
    /// How an exchange ends that is not running() after its start: the layer had no transaction left for it.
    [[nodiscard]] static ExchangeEnd not_sent();
    /// Takes what the layer says of our transaction; a value when the exchange is over.
    std::optional<ExchangeEnd> take(Turn& turn, const Towards& platform, const DeviceSettings& settings, const DeviceIdentity& who,
                                    const sip::Incoming& incoming);
    /// Another platform: what this one asked for does not count there.
    void forget_challenge() noexcept { remembered_ = {}; }
    /// The answers of this exchange are no longer wanted.
    void abandon() noexcept {
        transaction_ = {};
        signed_.reset();
    }

    [[nodiscard]] bool running() const noexcept { return transaction_ != sip::TransactionId{}; }
    /// Has the server answered anything in this exchange? Then it may hold a registration of ours.
    [[nodiscard]] bool heard() const noexcept { return heard_; }
    [[nodiscard]] bool answered_challenge() const noexcept { return rounds_ > 0; }

private:
    /// The last challenge that was answered, kept for the next request when it has a qop. Its texts stand in one
    /// string: four would weigh as much as all else of an idle device.
    class Remembered {
    public:
        Remembered() = default;
        explicit Remembered(const wire::digest::Challenge& challenge);
        [[nodiscard]] bool empty() const noexcept { return text_.empty(); }
        [[nodiscard]] std::string_view realm() const noexcept { return part(0, realm_); }
        [[nodiscard]] std::string_view nonce() const noexcept { return part(realm_, nonce_); }
        [[nodiscard]] std::optional<std::string> opaque() const { return optional(realm_ + nonce_, opaque_, has_opaque_); }
        [[nodiscard]] std::optional<std::string> algorithm() const { return optional(realm_ + nonce_ + opaque_, algorithm_, has_algorithm_); }
        void renew(std::string_view nonce);

        bool qop = false, integrity = false;       // integrity: auth-int is all that was offered
        std::uint32_t count = 0;                   // nc

    private:
        [[nodiscard]] std::string_view part(std::size_t from, std::size_t length) const noexcept { return std::string_view(text_).substr(from, length); }
        [[nodiscard]] std::optional<std::string> optional(std::size_t from, std::size_t length, bool has) const {
            return has ? std::optional(std::string(part(from, length))) : std::nullopt;
        }
        std::string text_{};                       // realm, nonce, opaque, algorithm
        std::uint32_t realm_ = 0, nonce_ = 0, opaque_ = 0, algorithm_ = 0;  // their lengths
        bool has_opaque_ = false, has_algorithm_ = false;
    };
    /// One exchange's surroundings.
    struct Scene {
        Turn& turn;
        const Towards& platform;
        const DeviceSettings& settings;
        const DeviceIdentity& who;
    };

    void send(const Scene& scene, const std::optional<std::string>& authorization);
    void send_signed(const Scene& scene);
    std::optional<ExchangeEnd> on_challenge(const Scene& scene, const wire::sip::Message& answer);
    std::optional<ExchangeEnd> on_refusal(const Scene& scene, const wire::sip::Message& answer);
    [[nodiscard]] ExchangeEnd on_success(const Scene& scene, const wire::sip::Message& answer);
    [[nodiscard]] bool platform_is_genuine(const wire::sip::Message& answer);
    [[nodiscard]] ExchangeEnd ended(Time now, ExchangeEnd::Kind kind, const wire::sip::Message& answer) const;

    sip::TransactionId transaction_{};
    std::string call_id_, tag_;     // one Call-ID for all registrations of a device, RFC 3261 section 10.2
    std::uint32_t cseq_ = 0;
    std::uint32_t expires_ = 0;
    std::uint8_t rounds_ = 0;       // answers to challenges sent in this exchange
    bool heard_ = false;
    bool reused_ = false;           // this exchange began with credentials for an old challenge
    bool lengthened_ = false;       // a 423 was obeyed in it
    std::uint32_t least_expires_ = 0;  // what a 423 asked for, ever
    Time sent_{};
    Remembered remembered_;         // empty: none
    std::unique_ptr<wire::digest::Inputs> signed_;  // what the last credentials were computed from, until they are answered
};

}  // namespace gbkit::proto::gb
