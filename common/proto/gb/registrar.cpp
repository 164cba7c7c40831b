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

constexpr FlowId flow = 1;
constexpr std::string_view allowed = "REGISTER, MESSAGE, OPTIONS";

bool is_keepalive(const Message& request) {
    const auto body = wire::parse_manscdp(request.body());
    return body && body->root == "Notify" && body->cmd_type == "Keepalive";
}

}  // namespace

Registrar::Registrar(RegistrarSettings settings, Random random)
    : settings_(std::move(settings)),
      random_(std::move(random)),
      layer_(settings_.timers),
      nonces_(settings_.nonce_lifetime, settings_.max_nonces),
      locations_(settings_.max_devices) {}

void Registrar::step(Time now, const Event& event, Actions& out) {
    if (!ended_) std::visit([&](const auto& happened) { on(now, happened, out); }, event);
}

std::optional<Time> Registrar::deadline() const {
    if (ended_) return std::nullopt;
    const auto layer = layer_.deadline();
    const auto location = locations_.next_end();
    if (!layer || !location) return layer ? layer : location;
    return std::min(*layer, *location);
}

void Registrar::on(Time, const Started&, Actions& out) {
    out.push_back(Open{flow, settings_.transport, settings_.listen, std::nullopt});
}

void Registrar::on(Time, const Opened&, Actions&) { layer_.opened(flow, settings_.transport); }

void Registrar::on(Time now, const Received& received, Actions& out) {
    layer_.receive(now, received, out, incoming_);
    dispatch(now, out);
}

void Registrar::on(Time, const Closed& closed, Actions& out) {
    ended_ = true;
    out.push_back(Finish{Outcome::unreachable, closed.why});
}

// An ICMP error means that one device is gone: its registration ends by itself.
void Registrar::on(Time, const Refused& refused, Actions& out) {
    if (refused.peer) return;
    ended_ = true;
    out.push_back(Finish{Outcome::unreachable, refused.error});
}

void Registrar::on(Time now, const Woken&, Actions& out) {
    layer_.wake(now, out, incoming_);
    incoming_.clear();
    while (const auto gone = locations_.pop_expired(now))
        out.push_back(RegistrationReport{
            .state = ReportState::expired, .device = gone->device, .peer = gone->observed, .reason = "the lifetime is over"});
}

void Registrar::on(Time, const Stop&, Actions& out) {
    ended_ = true;
    out.push_back(Finish{Outcome::yes, "stopped"});
}

void Registrar::dispatch(Time now, Actions& out) {
    for (const sip::Incoming& incoming : incoming_)
        if (incoming.kind == sip::Incoming::Kind::request && incoming.message.method() != "ACK")
            send_answer(now, incoming, answer_to(now, incoming, out), out);
    incoming_.clear();
}

void Registrar::send_answer(Time now, const sip::Incoming& request, Answer answer, Actions& out) {
    const std::string_view version = settings_.gb_version.empty() ? request.message.value("X-GB-Ver") : settings_.gb_version;
    if (!version.empty() && sip::is_header_text(version) && request.message.method() == "REGISTER")
        answer.extra.emplace_back("X-GB-Ver", std::string(version));
    answer.extra.emplace_back("User-Agent", settings_.user_agent);
    const std::string_view reason = answer.reason.empty() ? wire::sip::reason_phrase(answer.status) : answer.reason;
    auto reply = sip::make_reply(request.message, request.source, answer.status, reason, random_.hex(10), answer.extra);
    if (reply) layer_.respond(now, request.transaction, answer.status, std::move(*reply), out);
}

Registrar::Answer Registrar::answer_to(Time now, const sip::Incoming& request, Actions& out) {
    const std::string_view method = request.message.method();
    if (method == "REGISTER") return on_register(now, request, out);
    if (method == "MESSAGE") return on_message(now, request.message, out);
    return {.status = method == "OPTIONS" ? 200 : 405, .extra = {{"Allow", std::string(allowed)}}};
}

Registrar::Answer Registrar::challenge(Time now, bool stale) {
    return {.status = 401,
            .extra = {{"WWW-Authenticate", challenge_value(settings_.domain, nonces_.issue(now, random_), stale)}}};
}

Registrar::Answer Registrar::refuse_proof(const sip::Incoming& request, Proof proof, Time now, Actions& out) {
    const bool readable = proof == Proof::wrong;
    Answer answer = readable && settings_.wrong_password_status == 401
                        ? challenge(now, false)
                        : Answer{.status = readable ? 403 : 400, .reason = readable ? "Wrong Password" : "Malformed Authorization"};
    report(out, ReportState::refused, request, answer.status, answer.reason);
    return answer;
}

std::optional<Registrar::Answer> Registrar::refuse_ids(const Message& request) const {
    const std::string& device = request.to.uri.user;
    if (device.empty()) return Answer{.status = 400, .reason = "No Device ID In To"};
    if (!settings_.strict) return std::nullopt;
    if (request.uri.user != settings_.server_id) return Answer{.status = 404, .reason = "Unknown Server ID"};
    if (!wire::is_twenty_digits(device) || device == settings_.server_id) return Answer{.status = 403, .reason = "Invalid Device ID"};
    return std::nullopt;
}

Registrar::Answer Registrar::on_register(Time now, const sip::Incoming& request, Actions& out) {
    const Message& message = request.message;
    std::optional<Answer> refusal = refuse_ids(message);
    const std::string_view header = trim(message.value("Expires"));
    const auto expires = to_number(header, UINT32_MAX);
    if (!refusal && !expires)
        refusal = Answer{.status = 400, .reason = header.empty() ? "Missing Expires Header" : "Malformed Expires Header"};
    if (refusal) {
        report(out, ReportState::refused, request, refusal->status, refusal->reason);
        return *refusal;
    }
    if (settings_.password) {
        const Proof proof =
            check_proof(message, {settings_.domain, *settings_.password, settings_.strict}, now, nonces_);
        if (proof == Proof::wrong || proof == Proof::malformed) return refuse_proof(request, proof, now, out);
        if (proof != Proof::right) {
            report(out, ReportState::challenged, request, 401, "");
            return challenge(now, proof == Proof::stale);
        }
    }
    return on_proven_register(now, request, static_cast<std::uint32_t>(*expires), out);
}

// Section 10.3 steps 6 to 8.
Registrar::Answer Registrar::on_proven_register(Time now, const sip::Incoming& request, std::uint32_t expires, Actions& out) {
    const Message& message = request.message;
    const std::string& device = message.to.uri.user;
    const Location* known = locations_.find(device);
    if (known && known->call_id == message.call_id && message.cseq.number < known->cseq)
        return {.status = 500, .reason = "CSeq Out Of Order"};
    const std::uint32_t granted = std::min(expires, settings_.longest_expires);
    sip::HeaderLines extra{{"Date", to_gb_date(now)}, {"Expires", std::to_string(granted)}};
    if (granted == 0) {
        locations_.remove(device);
        report(out, ReportState::unregistered, request, 200, "");
        return {.status = 200, .extra = std::move(extra)};
    }
    const std::string contact(message.value("Contact"));
    if (!contact.empty() && sip::is_header_text(contact)) extra.emplace_back("Contact", contact);
    if (!locations_.put({device, request.source, contact, message.call_id, message.cseq.number, now + seconds{granted}})) {
        report(out, ReportState::refused, request, 503, "the location table is full");
        return {.status = 503};
    }
    report(out, ReportState::registered, request, 200, "", granted);
    return {.status = 200, .extra = std::move(extra)};
}

Registrar::Answer Registrar::on_message(Time, const Message& request, Actions& out) {
    const std::string& device = request.from.uri.user;
    const bool registered = locations_.find(device) != nullptr;
    const int status = registered ? 200 : 403;
    if (is_keepalive(request)) out.push_back(KeepaliveReport{.device = device, .answered = registered, .status = status});
    return {.status = status, .reason = registered ? "" : "Not Registered"};
}

void Registrar::report(Actions& out, RegistrationReport::State state, const sip::Incoming& request, int status, std::string reason,
                       std::uint32_t expires) const {
    out.push_back(RegistrationReport{.state = state,
                                     .device = request.message.to.uri.user,
                                     .peer = request.source,
                                     .status = status,
                                     .expires = expires,
                                     .reason = std::move(reason)});
}

}  // namespace gbkit::proto::gb
