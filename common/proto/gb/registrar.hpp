// The platform a GB/T 28181 device registers with: REGISTER, Keepalive, SUBSCRIBE and OPTIONS answered.
//
//   REGISTER             not allowed, locked out    403; no password known for it: 404
//                        no or stale proof  401 with a fresh nonce (stale=true for a right digest of an old nonce)
//                        wrong proof        403, or 401 again by choice
//                        no Expires         400, as the common platforms answer (facts R17)
//                        too short          423 with Min-Expires, by choice
//                        right              200 with Date in Beijing time, Expires, Contact; or 302 to another platform
//                        no Contact         200 with the bindings; Contact: * with Expires: 0 clears them
//   MESSAGE (Keepalive)  200 from a registered device, else 403, and the device registers again (facts K3)
//                        three missed: offline, until it beats or registers again
//   SUBSCRIBE            who comes and goes (proto/gb/catalog_subscriptions), for whoever could register here
//   OPTIONS, INVITE      to the platform itself 200, 405; for a device 302 with its bindings (RFC 3261 section 8.3),
//                        480 when it is offline, 404 when nobody knows it; again for whoever could register here
// Answers go to where the request came from. What deviates and can be served is served, unless the platform is
// strict: the observers speak of it. A table that shall outlive the machine is kept by its owner: restore() before
// the start, take_changes() after any step (io/store_locations).
// GB/T 28181-2022 9.1, 9.6, 9.10; RFC 3261 section 10.3.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/random.hpp"
#include "proto/gb/admission.hpp"
#include "proto/gb/answer.hpp"
#include "proto/gb/authenticator.hpp"
#include "proto/gb/catalog_subscriptions.hpp"
#include "proto/gb/locations.hpp"
#include "proto/gb/lockout.hpp"
#include "proto/gb/nonce_store.hpp"
#include "proto/machine.hpp"
#include "proto/sip/reply.hpp"
#include "proto/sip/transaction_layer.hpp"

namespace gbkit::proto::gb {

/// How the Date of a 200 is written: as GB/T 28181 9.10 says, as platforms in another time zone do, or not at all.
enum class DateStyle : std::uint8_t { beijing, utc, off };

/// Another platform that devices are sent to (GB/T 28181-2022 9.1.2.3).
struct RedirectTarget {
    std::string server_id;
    Endpoint address;
};

struct RegistrarSettings {
    Endpoint listen{};
    bool udp = true;
    bool tcp = false;                              // both: on one port number
    std::string server_id = "34020000002000000001";
    std::string domain = "3402000000";             // the realm
    std::optional<std::string> password{};         // of everybody; nothing: no authentication is asked for
    std::shared_ptr<const observe::PasswordTable> passwords{};  // of each device
    bool fallback = false;                         // a device that is not in `passwords` uses `password`
    std::shared_ptr<const AllowList> allowed{};    // nothing: everybody
    LockoutPolicy lockout{};
    int wrong_password_status = 403;               // or 401
    bool strict = false;                           // refuses another server ID, IDs that are not 20 digits, no qop
    std::uint32_t longest_expires = 604800;        // seconds granted at most
    std::uint32_t min_expires = 0;                 // shorter ones get 423
    HeartbeatPolicy heartbeat{};
    DateStyle date = DateStyle::beijing;
    std::optional<RedirectTarget> redirect{};      // who proves its password is sent there
    Duration nonce_lifetime = minutes{5};
    std::size_t max_nonces = 65536;
    std::size_t max_devices = 200'000;
    std::string user_agent = "gbkit";
    std::string gb_version{};                      // X-GB-Ver of answers; empty: only to a request that has one
    sip::Timers timers{};
    std::size_t max_subscriptions = 32;
    bool keeps_changes = false;                    // for take_changes()
};

class Registrar {
public:
    Registrar(RegistrarSettings settings, Random random);
    Registrar(const Registrar&) = delete;
    Registrar& operator=(const Registrar&) = delete;

    /// Messages an observer has parsed already are taken from there.
    void share(std::shared_ptr<wire::sip::ParsedOnce> parsed) { layer_.share(std::move(parsed)); }
    void step(Time now, const Event& event, Actions& out);
    [[nodiscard]] std::optional<Time> deadline() const;

    /// The locations of a former run, before the start; returns how many devices are back.
    std::size_t restore(Time now, std::vector<Location> former);
    /// Devices whose entry in locations() is another one, or none, since the last call; one may stand in it twice.
    [[nodiscard]] std::vector<std::string> take_changes() { return std::exchange(changes_, {}); }

    [[nodiscard]] const Locations& locations() const noexcept { return locations_; }
    [[nodiscard]] const CatalogSubscriptions& subscriptions() const noexcept { return subscriptions_; }
    [[nodiscard]] const sip::LayerCounters& counters() const noexcept { return layer_.counters(); }

private:
    void on(Time now, const Started&, Actions& out);
    void on(Time now, const Opened& opened, Actions& out);
    void on(Time now, const Received& received, Actions& out);
    void on(Time now, const Closed& closed, Actions& out);
    void on(Time now, const Refused& refused, Actions& out);
    void on(Time now, const Woken&, Actions& out);
    void on(Time now, const Stop&, Actions& out);
    void on(Time, const Reply&, Actions&) {}  // it asks for no names

    void dispatch(Time now, Actions& out);
    void disconnected(FlowId flow, const std::string& why, Actions& out);
    void forget_dropped(Actions& out);
    void send_answer(Time now, const sip::Incoming& request, Answer answer, Actions& out);
    Answer answer_to(Time now, const sip::Incoming& request, Actions& out);
    Answer on_register(Time now, const sip::Incoming& request, Actions& out);
    [[nodiscard]] std::optional<Answer> refuse_ids(const wire::sip::Message& request) const;
    [[nodiscard]] std::optional<Answer> refuse_expires(const wire::sip::Message& request) const;
    void settle(Time now, Actions& out);
    [[nodiscard]] CatalogSubscriptions::Scene scene(Time now, Actions& out) { return {now, layer_, random_, out}; }
    [[nodiscard]] Endpoint own_address(const sip::Incoming& request) const;
    [[nodiscard]] Admission admission(std::string_view who) const;
    std::optional<Answer> refuse_admission(Time now, const sip::Incoming& request, std::string_view who, const Admission& admission);
    std::optional<Answer> ask_proof(Time now, const sip::Incoming& request, const Admission& admission, Actions& out);
    std::optional<Answer> refuse_asker(Time now, const sip::Incoming& request);
    Answer on_subscribe(Time now, const sip::Incoming& request, Actions& out);
    [[nodiscard]] bool asks_for_device(const wire::sip::Message& request) const;
    Answer on_location_query(Time now, const sip::Incoming& request);
    Answer on_proven_register(Time now, const sip::Incoming& request, Actions& out);
    [[nodiscard]] Answer bindings_of(Time now, const std::string& device) const;
    Answer redirected(const sip::Incoming& request, Actions& out) const;
    Answer too_brief(const sip::Incoming& request, Actions& out) const;
    [[nodiscard]] static bool older_than_known(const Location& known, const wire::sip::Message& request);
    /// False when the table is full.
    bool bind(Time now, const sip::Incoming& request, const std::vector<std::pair<std::string, std::uint32_t>>& contacts);
    Answer on_message(Time now, const sip::Incoming& request, Actions& out);
    Answer challenge(Time now, bool stale);
    Answer refuse_proof(const sip::Incoming& request, Proof proof, Time now, Actions& out);
    void report(Actions& out, RegistrationReport::State state, const sip::Incoming& request, int status, std::string reason,
                std::uint32_t expires = 0) const;

    RegistrarSettings settings_;
    Random random_;
    sip::TransactionLayer layer_;
    NonceStore nonces_;
    Locations locations_;
    Lockout lockout_;
    CatalogSubscriptions subscriptions_;
    std::vector<std::string> changes_;
    Endpoint own_;                         // where we listen
    std::unordered_map<FlowId, std::unordered_set<std::string>> by_connection_;  // devices that registered over it
    std::vector<sip::Incoming> incoming_;  // reused
    bool ended_ = false;
};

}  // namespace gbkit::proto::gb
