#include "proto/gb/registrar.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"
#include "wire/gb_id.hpp"
#include "wire/manscdp.hpp"
#include "wire/sip/writer.hpp"

namespace gbkit::proto::gb {

namespace {

using ReportState = RegistrationReport::State;
using wire::sip::Message;

constexpr FlowId datagrams = 1, listener = 2;
constexpr std::string_view allowed = "REGISTER, MESSAGE, SUBSCRIBE, OPTIONS";

bool is_keepalive(const Message& request) {
    const auto body = wire::parse_manscdp(request.body());
    return body && body->root == "Notify" && body->cmd_type == "Keepalive";
}

std::string missed_text(const HeartbeatPolicy& policy, Duration interval) {
    return fmt::format("{} heartbeats missed, one was due every {:.0f} s", policy.missed_limit, to_seconds(interval));
}

// The Date of a 200, GB/T 28181-2022 9.10.
std::optional<std::string> date_text(Time now, DateStyle style) {
    if (style == DateStyle::off) return std::nullopt;
    return to_gb_date(style == DateStyle::beijing ? now : now - hours{8});
}

// Section 10.3 step 8: every contact with the seconds it still has.
std::string contacts_text(const Location& location, Time now) {
    std::string text;
    for (const Contact& contact : location.contacts) {
        if (contact.until <= now) continue;
        const auto left = std::chrono::ceil<seconds>(contact.until - now).count();
        text += fmt::format("{}<{}>;expires={}", text.empty() ? "" : ", ", contact.uri, left);
    }
    return text;
}

// What a REGISTER asks for, section 10.3 steps 6 and 7.
struct Wanted {
    std::vector<std::pair<std::string, std::uint32_t>> contacts;  // URI as sent and seconds
    bool all_gone = false;                                         // Contact: * with Expires: 0
    bool sound = true;                                             // * is not mixed with others or with a lifetime
};

Wanted wanted_by(const Message& request, std::uint32_t header_expires, std::uint32_t longest) {
    Wanted wanted;
    for (const wire::sip::NameAddr& contact : request.contacts) {
        if (contact.star) wanted.all_gone = true;
        else if (sip::is_header_text(contact.uri.text))
            wanted.contacts.emplace_back(contact.uri.text, std::min(contact.expires.value_or(header_expires), longest));
    }
    wanted.sound = !wanted.all_gone || (wanted.contacts.empty() && header_expires == 0);
    return wanted;
}

}  // namespace

Registrar::Registrar(RegistrarSettings settings, Random random)
    : settings_(std::move(settings)),
      random_(std::move(random)),
      layer_(settings_.timers),
      nonces_(settings_.nonce_lifetime, settings_.max_nonces),
      locations_(settings_.max_devices, settings_.heartbeat),
      lockout_(settings_.lockout),
      subscriptions_({.server_id = settings_.server_id, .user_agent = settings_.user_agent, .most = settings_.max_subscriptions}) {}

void Registrar::step(Time now, const Event& event, Actions& out) {
    if (ended_) return;
    std::visit([&](const auto& happened) { on(now, happened, out); }, event);
    if (!ended_) settle(now, out);
}

std::size_t Registrar::restore(Time now, std::vector<Location> former) {
    const std::size_t back = locations_.restore(now, std::move(former));
    Actions none;  // nobody has subscribed yet
    settle(now, none);
    return back;
}

// Who came and went in this step: its subscribers hear of it, its owner may keep it.
void Registrar::settle(Time now, Actions& out) {
    using Presence = Locations::Step::Presence;
    for (Locations::Step& step : locations_.take_steps()) {
        if (step.presence != Presence::same) subscriptions_.changed(step.device, step.presence == Presence::came);
        if (settings_.keeps_changes) changes_.push_back(std::move(step.device));
    }
    if (subscriptions_.size() > 0) subscriptions_.pump(scene(now, out));
}

std::optional<Time> Registrar::deadline() const {
    if (ended_) return std::nullopt;
    std::optional<Time> next = layer_.deadline();
    for (const std::optional<Time>& other : {locations_.next_end(), subscriptions_.deadline()})
        if (other && (!next || *other < *next)) next = other;
    return next;
}

void Registrar::on(Time, const Started&, Actions& out) {
    if (settings_.tcp) out.push_back(Open{listener, Transport::tcp, settings_.listen, std::nullopt});
    else out.push_back(Open{datagrams, Transport::udp, settings_.listen, std::nullopt});
}

// The port the system chose for TCP is then asked for on UDP, where few ports are in use.
void Registrar::on(Time now, const Opened& opened, Actions& out) {
    if (opened.listener) return layer_.accepted(now, opened.flow, opened.transport);
    own_ = opened.local;
    if (opened.flow == listener && settings_.udp)
        out.push_back(Open{datagrams, Transport::udp, {settings_.listen.address, opened.local.port}, std::nullopt});
}

void Registrar::on(Time now, const Received& received, Actions& out) {
    layer_.receive(now, received, out, incoming_);
    dispatch(now, out);
    forget_dropped(out);
}

void Registrar::on(Time, const Closed& closed, Actions& out) { disconnected(closed.flow, closed.why, out); }

// What registered over a connection is reached over it only: with it the device is offline (facts 2.1).
void Registrar::disconnected(FlowId flow, const std::string& why, Actions& out) {
    layer_.closed(flow, why, incoming_);
    incoming_.clear();
    subscriptions_.disconnected(flow);
    const auto found = by_connection_.find(flow);
    if (found == by_connection_.end()) return;
    for (const std::string& device : found->second) {
        const Location* location = locations_.find(device);
        if (!location || location->flow != flow) continue;  // it came again by another way
        out.push_back(RegistrationReport{.state = ReportState::expired,
                                         .device = device,
                                         .peer = location->observed,
                                         .reason = "the connection has ended: " + why,
                                         .transport = location->transport});
        locations_.remove(device);
    }
    by_connection_.erase(found);
}

void Registrar::forget_dropped(Actions& out) {
    for (const FlowId flow : layer_.take_dropped()) disconnected(flow, "no SIP message came", out);
}

// An ICMP error means that one device is gone: its registration ends by itself. A subscriber is told nothing more.
void Registrar::on(Time now, const Refused& refused, Actions& out) {
    if (refused.peer) {
        layer_.refused(refused, incoming_);
        return dispatch(now, out);
    }
    ended_ = true;
    out.push_back(Finish{Outcome::unreachable, refused.error});
}

void Registrar::on(Time now, const Woken&, Actions& out) {
    layer_.wake(now, out, incoming_);
    dispatch(now, out);
    forget_dropped(out);
    if (subscriptions_.size() > 0) subscriptions_.wake(scene(now, out));
    while (const auto change = locations_.pop_due(now)) {
        const bool expired = change->kind == Locations::Change::Kind::expired;
        if (expired && change->location.offline) continue;  // that was told when it fell silent
        out.push_back(RegistrationReport{.state = ReportState::expired,
                                         .device = change->location.device,
                                         .peer = change->location.observed,
                                         .reason = expired ? "the lifetime is over" : missed_text(settings_.heartbeat, change->interval),
                                         .transport = change->location.transport});
    }
}

void Registrar::on(Time now, const Stop&, Actions& out) {
    ended_ = true;
    subscriptions_.stop(scene(now, out));
    out.push_back(Finish{Outcome::yes, "stopped"});
}

void Registrar::dispatch(Time now, Actions& out) {
    for (const sip::Incoming& incoming : incoming_) {
        if (incoming.kind != sip::Incoming::Kind::request) subscriptions_.take(scene(now, out), incoming);
        else if (incoming.message.method() != "ACK") send_answer(now, incoming, answer_to(now, incoming, out), out);
    }
    incoming_.clear();
}

void Registrar::send_answer(Time now, const sip::Incoming& request, Answer answer, Actions& out) {
    const std::string_view version = settings_.gb_version.empty() ? request.message.value("X-GB-Ver") : settings_.gb_version;
    if (!version.empty() && sip::is_header_text(version) && request.message.method() == "REGISTER")
        answer.extra.emplace_back("X-GB-Ver", std::string(version));
    answer.extra.emplace_back("User-Agent", settings_.user_agent);
    const std::string_view reason = answer.reason.empty() ? wire::sip::reason_phrase(answer.status) : answer.reason;
    const std::string tag = answer.to_tag.empty() ? random_.hex(10) : answer.to_tag;
    auto reply = sip::make_reply(request.message, request.source, answer.status, reason, tag, answer.extra);
    if (reply) layer_.respond(now, request.transaction, answer.status, std::move(*reply), out);
}

Answer Registrar::answer_to(Time now, const sip::Incoming& request, Actions& out) {
    const std::string_view method = request.message.method();
    if (method == "REGISTER") return on_register(now, request, out);
    if (method == "MESSAGE") return on_message(now, request, out);
    if (method == "SUBSCRIBE") return on_subscribe(now, request, out);
    if ((method == "OPTIONS" || method == "INVITE") && asks_for_device(request.message)) return on_location_query(now, request);
    return {.status = method == "OPTIONS" ? 200 : 405, .extra = {{"Allow", std::string(allowed)}}};
}

Answer Registrar::challenge(Time now, bool stale) {
    return {.status = 401,
            .extra = {{"WWW-Authenticate", challenge_value(settings_.domain, nonces_.issue(now, random_), stale)}}};
}

Answer Registrar::refuse_proof(const sip::Incoming& request, Proof proof, Time now, Actions& out) {
    const bool readable = proof == Proof::wrong;
    Answer answer = readable && settings_.wrong_password_status == 401
                        ? challenge(now, false)
                        : Answer{.status = readable ? 403 : 400, .reason = readable ? "Wrong Password" : "Malformed Authorization"};
    report(out, ReportState::refused, request, answer.status, answer.reason);
    return answer;
}

std::optional<Answer> Registrar::refuse_ids(const Message& request) const {
    const std::string& device = request.to.uri.user;
    if (device.empty()) return Answer{.status = 400, .reason = "No Device ID In To"};
    if (!settings_.strict) return std::nullopt;
    if (request.uri.user != settings_.server_id) return Answer{.status = 404, .reason = "Unknown Server ID"};
    if (!wire::is_twenty_digits(device) || device == settings_.server_id) return Answer{.status = 403, .reason = "Invalid Device ID"};
    return std::nullopt;
}

// Expires may be missing where nothing is to be bound.
std::optional<Answer> Registrar::refuse_expires(const Message& request) const {
    const std::string_view header = trim(request.value("Expires"));
    if (to_number(header, UINT32_MAX) || (header.empty() && request.contacts.empty())) return std::nullopt;
    return Answer{.status = 400, .reason = header.empty() ? "Missing Expires Header" : "Malformed Expires Header"};
}

Admission Registrar::admission(std::string_view who) const {
    return admission_of(who, {settings_.password, settings_.passwords, settings_.fallback, settings_.allowed});
}

std::optional<Answer> Registrar::refuse_admission(Time now, const sip::Incoming& request, std::string_view who, const Admission& admission) {
    if (admission.kind == Admission::Kind::not_allowed) return Answer{.status = 403, .reason = "Not Allowed"};
    if (admission.kind == Admission::Kind::unknown) return Answer{.status = 404, .reason = "Unknown Device"};
    if (admission.kind == Admission::Kind::with_password && lockout_.locked(now, who, request.source.address))
        return Answer{.status = 403, .reason = "Locked Out"};
    return std::nullopt;
}

// Nothing when the password is proven.
std::optional<Answer> Registrar::ask_proof(Time now, const sip::Incoming& request, const Admission& admission, Actions& out) {
    const Proof proof = check_proof(request.message, {settings_.domain, admission.password, settings_.strict, admission.username}, now, nonces_);
    const std::string& device = request.message.to.uri.user;
    if (proof == Proof::right) {
        lockout_.right(device, request.source.address);
        return std::nullopt;
    }
    if (proof == Proof::wrong) lockout_.wrong(now, device, request.source.address);
    if (proof == Proof::wrong || proof == Proof::malformed) return refuse_proof(request, proof, now, out);
    report(out, ReportState::challenged, request, 401, "");
    return challenge(now, proof == Proof::stale);
}

Answer Registrar::on_register(Time now, const sip::Incoming& request, Actions& out) {
    const Message& message = request.message;
    std::optional<Answer> refusal = refuse_ids(message);
    if (!refusal) refusal = refuse_expires(message);
    Admission admitted{Admission::Kind::open};
    if (!refusal) {
        admitted = admission(message.to.uri.user);
        refusal = refuse_admission(now, request, message.to.uri.user, admitted);
    }
    if (refusal) {
        report(out, ReportState::refused, request, refusal->status, refusal->reason);
        return *refusal;
    }
    if (admitted.kind == Admission::Kind::with_password)
        if (auto answer = ask_proof(now, request, admitted, out)) return *answer;
    if (message.contacts.empty()) return bindings_of(now, message.to.uri.user);
    return on_proven_register(now, request, out);
}

Answer Registrar::bindings_of(Time now, const std::string& device) const {
    Answer answer{.status = 200};
    if (auto date = date_text(now, settings_.date)) answer.extra.emplace_back("Date", std::move(*date));
    if (const Location* location = locations_.find(device)) answer.extra.emplace_back("Contact", contacts_text(*location, now));
    return answer;
}

Answer Registrar::redirected(const sip::Incoming& request, Actions& out) const {
    const std::string target = fmt::format("sip:{}@{}", settings_.redirect->server_id, settings_.redirect->address.text());
    report(out, ReportState::refused, request, 302, "redirected to " + target);
    return {.status = 302, .extra = {{"Contact", '<' + target + '>'}, {"Expires", std::string(trim(request.message.value("Expires")))}}};
}

// Section 10.3 steps 6 to 8.
Answer Registrar::on_proven_register(Time now, const sip::Incoming& request, Actions& out) {
    const Message& message = request.message;
    const std::string& device = message.to.uri.user;
    const auto header = static_cast<std::uint32_t>(to_number(trim(message.value("Expires")), UINT32_MAX).value_or(0));
    const Wanted wanted = wanted_by(message, header, settings_.longest_expires);
    if (!wanted.sound) return {.status = 400, .reason = "Contact * Wants Expires 0"};
    if (settings_.redirect) return redirected(request, out);
    for (const auto& contact : wanted.contacts)
        if (contact.second > 0 && contact.second < settings_.min_expires) return too_brief(request, out);
    const Location* known = locations_.find(device);
    if (known && older_than_known(*known, message)) return {.status = 500, .reason = "CSeq Out Of Order"};
    if (!bind(now, request, wanted.contacts)) {
        report(out, ReportState::refused, request, 503, "the location table is full");
        return {.status = 503};
    }
    if (wanted.all_gone) locations_.remove(device);
    const std::uint32_t granted = wanted.contacts.empty() ? 0 : wanted.contacts.front().second;
    const bool gone = locations_.find(device) == nullptr;
    report(out, gone ? ReportState::unregistered : ReportState::registered, request, 200, "", gone ? 0 : granted);
    Answer answer = bindings_of(now, device);
    answer.extra.emplace_back("Expires", std::to_string(granted));
    return answer;
}

// Section 10.3 step 7: what a later REGISTER of the same Call-ID said stays.
bool Registrar::older_than_known(const Location& known, const Message& request) {
    return std::any_of(known.contacts.begin(), known.contacts.end(), [&](const Contact& contact) {
        return contact.call_id == request.call_id && request.cseq.number < contact.cseq;
    });
}

Answer Registrar::too_brief(const sip::Incoming& request, Actions& out) const {
    report(out, ReportState::refused, request, 423, "a lifetime of less than " + std::to_string(settings_.min_expires) + " s");
    return {.status = 423, .extra = {{"Min-Expires", std::to_string(settings_.min_expires)}}};
}

bool Registrar::bind(Time now, const sip::Incoming& request, const std::vector<std::pair<std::string, std::uint32_t>>& contacts) {
    const Message& message = request.message;
    const std::string& device = message.to.uri.user;
    const FlowId connection = request.transport == Transport::udp ? 0 : request.back.flow;
    for (const auto& [uri, lifetime] : contacts) {
        if (lifetime == 0) {
            locations_.remove(device, uri);
            continue;
        }
        const Time until = now + seconds{lifetime};
        if (!locations_.put(now, device, request.source, {uri, message.call_id, message.cseq.number, until}, connection, request.transport))
            return false;
        if (connection != 0) by_connection_[connection].insert(device);
    }
    return true;
}

Answer Registrar::on_message(Time now, const sip::Incoming& request, Actions& out) {
    const std::string& device = request.message.from.uri.user;
    const Location* location = locations_.find(device);
    const bool registered = location != nullptr;
    const int status = registered ? 200 : 403;
    if (is_keepalive(request.message)) {
        const FlowId connection = request.transport == Transport::udp ? 0 : request.back.flow;
        if (locations_.beat(now, device, request.source, connection))
            out.push_back(RegistrationReport{.state = ReportState::registered,
                                             .device = device,
                                             .peer = request.source,
                                             .reason = "its heartbeats are back",
                                             .transport = request.transport});
        if (connection != 0 && registered && location->flow == connection) by_connection_[connection].insert(device);
        out.push_back(KeepaliveReport{.device = device, .answered = registered, .status = status});
    }
    return {.status = status, .reason = registered ? "" : "Not Registered"};
}

void Registrar::report(Actions& out, RegistrationReport::State state, const sip::Incoming& request, int status, std::string reason,
                       std::uint32_t expires) const {
    out.push_back(RegistrationReport{.state = state,
                                     .device = request.message.to.uri.user,
                                     .peer = request.source,
                                     .status = status,
                                     .expires = expires,
                                     .reason = std::move(reason),
                                     .transport = request.transport});
}

}  // namespace gbkit::proto::gb
