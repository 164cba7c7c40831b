// The platform and those who ask about its devices: who subscribes to their coming and going, and who wants to know
// where one of them is. RFC 3261 section 8.3 (redirect server), RFC 6665.
#include <algorithm>

#include "proto/gb/registrar.hpp"
#include "wire/gb_id.hpp"

namespace gbkit::proto::gb {

using wire::sip::Message;

// On a wildcard socket the address that was asked is ours.
Endpoint Registrar::own_address(const sip::Incoming& request) const {
    return {request.back.from.value_or(own_.address), own_.port};
}

// Who could register may ask, with the same password. Who is registered and speaks from where it registered has proven it.
std::optional<Answer> Registrar::refuse_asker(Time now, const sip::Incoming& request) {
    const std::string& who = request.message.from.uri.user;
    if (const Location* known = locations_.find(who); known && known->observed == request.source) return std::nullopt;
    const Admission admitted = admission(who);
    if (auto refusal = refuse_admission(now, request, who, admitted)) return refusal;
    if (admitted.kind != Admission::Kind::with_password) return std::nullopt;
    switch (check_proof(request.message, {settings_.domain, admitted.password, settings_.strict, admitted.username}, now, nonces_)) {
        case Proof::right: lockout_.right(who, request.source.address); return std::nullopt;
        case Proof::malformed: return Answer{.status = 400, .reason = "Malformed Authorization"};
        case Proof::none: return challenge(now, false);
        case Proof::stale: return challenge(now, true);
        case Proof::wrong: break;
    }
    lockout_.wrong(now, who, request.source.address);
    if (settings_.wrong_password_status == 401) return challenge(now, false);
    return Answer{.status = 403, .reason = "Wrong Password"};
}

Answer Registrar::on_subscribe(Time now, const sip::Incoming& request, Actions& out) {
    if (auto refusal = refuse_asker(now, request)) return *refusal;
    return subscriptions_.subscribe(scene(now, out), request, own_address(request));
}

// For a device, as far as one can tell: what else is asked of an unknown ID is meant for the platform.
bool Registrar::asks_for_device(const Message& request) const {
    const std::string& user = request.uri.user;
    if (user.empty() || user == settings_.server_id) return false;
    if (locations_.find(user)) return true;
    const auto id = wire::parse_gb_id(user);
    return id && wire::is_device_type(id->type);
}

Answer Registrar::on_location_query(Time now, const sip::Incoming& request) {
    if (auto refusal = refuse_asker(now, request)) return *refusal;
    const std::string& device = request.message.uri.user;
    const Location* location = locations_.find(device);
    const bool bound = location && std::any_of(location->contacts.begin(), location->contacts.end(),
                                               [&](const Contact& contact) { return contact.until > now; });
    if (bound && !location->offline) {
        Answer answer = bindings_of(now, device);
        answer.status = 302;
        return answer;
    }
    if (location || subscriptions_.is_offline(device)) return {.status = 480, .reason = "Offline"};
    if (!settings_.redirect) return {.status = 404, .reason = "Unknown Device"};
    std::string elsewhere = "<sip:" + device + '@' + settings_.redirect->address.text() + '>';  // where this one sends its devices
    return {.status = 302, .extra = {{"Contact", std::move(elsewhere)}}};
}

}  // namespace gbkit::proto::gb
