// What is worth telling around a registration: clocks, NAT, redirects, lock-outs, two devices of one ID (rows R22-R31).
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/charset.hpp"
#include "base/findings/register.hpp"
#include "base/text.hpp"
#include "proto/observe/registration_following.hpp"

namespace gbkit::proto::observe {

namespace {

using namespace findings;

constexpr std::size_t most_calls = 4;

/// Ports that other protocols own and networks drop or take for themselves.
std::string_view owner_of(std::uint16_t port) noexcept {
    switch (port) {
        case 4789: return "VXLAN";
        case 6081: return "GENEVE";
        case 6784: return "micro-BFD";
        default: return {};
    }
}

std::string place_of(const wire::sip::Uri& uri) { return fmt::format("{}:{}", uri.host, uri.port == 0 ? 5060 : uri.port); }

}  // namespace

bool Judge::first(Device& device, FindingId id) {
    if (std::find(device.said.begin(), device.said.end(), id) != device.said.end()) return false;
    device.said.push_back(id);
    return true;
}

void Judge::date(Device& device, const Attempt& attempt, std::string_view value) const {
    const auto parsed = parse_date(trim(value));
    const bool usual = parsed && parsed->form == DateForm::gb;
    Finding finding = about(register_date_form, device, attempt.answer_frame, attempt.answered);
    finding.observed = kept(value);
    if (!usual && first(device, register_date_form)) sink(finding);
    if (!parsed) return;
    const double off = to_seconds(parsed->time - attempt.answered);
    const double hours_off = std::round(off / 3600);
    const bool shifted = hours_off != 0 && std::abs(hours_off) <= 14 && std::abs(off - hours_off * 3600) <= 120;
    if (std::abs(off) <= 60) return;
    finding.id = shifted ? register_date_shifted : register_date_differs;
    finding.expected = shifted ? fmt::format("{:+.0f}", hours_off) : fmt::format("{:+.0f}", off);
    if (first(device, finding.id)) sink(std::move(finding));
}

void Judge::granted(Device& device, const Attempt& attempt, const wire::sip::Message& answer) const {
    if (attempt.unregister) return;
    if (const wire::sip::HeaderField* value = answer.find("Date")) date(device, attempt, value->value);
    Finding finding = about(register_version_unanswered, device, attempt.answer_frame, attempt.answered);
    finding.observed = attempt.version;
    if (!attempt.version.empty() && answer.find("X-GB-Ver") == nullptr && first(device, finding.id)) sink(finding);
    const std::uint32_t granted = device.story.granted;
    finding.observed = std::to_string(granted);
    finding.id = register_lifetime_short;
    if (granted > 0 && granted < 3600 && first(device, finding.id)) sink(finding);
    finding.id = register_lifetime_cut;
    finding.expected = std::to_string(attempt.expires);
    if (granted < attempt.expires && first(device, finding.id)) sink(std::move(finding));
}

void Judge::seen_as(Device& device, const Attempt& attempt, const wire::sip::Message& answer) const {
    if (answer.vias.empty() || !attempt.request_seen) return;
    const wire::sip::Via& via = answer.vias.front();
    const std::uint16_t own = via.port == 0 ? std::uint16_t{5060} : via.port;
    const std::string host = via.received.empty() ? via.host : via.received;
    const std::uint16_t port = via.rport == 0 ? own : via.rport;
    if ((host == via.host && port == own) || !first(device, register_seen_as)) return;
    Finding finding = about(register_seen_as, device, attempt.answer_frame, attempt.answered);
    finding.expected = kept(fmt::format("{}:{}", via.host, own));
    finding.observed = kept(fmt::format("{}:{}", host, port));
    sink(std::move(finding));
}

void Judge::source_moved(Device& device, const Beat& beat) const {
    if (!first(device, register_source_moved)) return;
    Finding finding = about(register_source_moved, device, beat.frame, beat.first);
    finding.expected = device.registered_from.text();
    finding.observed = device.heard_from.text();
    sink(std::move(finding));
}

void Judge::port_filtered(const Device& device, const Attempt& attempt) const {
    if (attempt.legs.empty()) return;
    const std::uint16_t port = attempt.legs.front().source.port;
    if (owner_of(port).empty()) return;
    Finding finding = about(register_port_filtered, device, attempt.first_frame, attempt.first);
    finding.certainty = Certainty::possible;
    finding.expected = owner_of(port);
    finding.observed = std::to_string(port);
    sink(std::move(finding));
}

void Judge::route(Device& device, const Attempt& attempt, std::string_view value) const {
    if (!first(device, register_route)) return;
    Finding finding = about(register_route, device, attempt.first_frame, attempt.first);
    finding.observed = kept(value);
    sink(std::move(finding));
}

void Judge::banned(const Device& device, const Attempt& attempt) const {
    Finding finding = about(register_banned, device, attempt.answers > 0 ? attempt.answer_frame : attempt.first_frame, attempt.first);
    finding.certainty = Certainty::likely;
    finding.observed = attempt.answers > 0 ? fmt::format("{} {}", attempt.status, attempt.reason) : std::string("-");
    finding.values = {{"count", std::to_string(device.refused_passwords)}};
    sink(std::move(finding));
}

void Judge::redirect_ignored(const Device& device, const Attempt& attempt) const {
    Finding finding = about(register_redirect_ignored, device, attempt.first_frame, attempt.first);
    // Next to the platform nobody sees whether the device tried the other one first.
    finding.certainty = device.story.seen_from == SeenFrom::device ? Certainty::certain : Certainty::possible;
    finding.expected = device.redirected_to;
    finding.observed = attempt.legs.front().destination.text();
    sink(std::move(finding));
}

void Judge::duplicate(const Device& device, const Attempt& attempt, Certainty certainty) const {
    Finding finding = about(register_duplicate_id, device, attempt.first_frame, attempt.first);
    finding.certainty = certainty;
    finding.expected = device.registrants.back().source.text();
    finding.observed = device.registrants.front().source.text();
    sink(std::move(finding));
}

void Judge::call_failed(const Device& device, const Call& call, const std::string& answer) const {
    const bool elsewhere = device.registered_with != Endpoint() && call.source.address != device.registered_with.address;
    const bool old = call.destination != device.heard_from;
    if (call.status != 0 && !(elsewhere && call.status == 403)) return;  // busy, not found: another matter
    if (!elsewhere && !old) return;
    Finding finding = about(elsewhere ? register_platform_elsewhere : register_old_address_called, device, call.frame, call.first);
    finding.certainty = Certainty::likely;
    finding.expected = elsewhere ? device.registered_with.text() : device.heard_from.text();
    finding.observed = elsewhere ? call.source.text() : call.destination.text();
    finding.values = {{"method", call.method},
                      {"outcome", answer.empty() ? "does not answer" : "answers " + answer},
                      {"outcome_zh", answer.empty() ? "不应答" : "应答 " + answer}};
    sink(std::move(finding));
}

void Judge::forgotten(const Device& device, const Call& call, const std::string& warning) const {
    Finding finding = about(register_device_forgot, device, call.frame, call.first);
    finding.observed = warning;
    finding.values = {{"method", call.method}};
    sink(std::move(finding));
}

// One device that dials again has a new Call-ID or a new port and does not go back. Two devices go back and forth.
void RegistrationObserver::State::registrant(Device& device, const Attempt& attempt) {
    const Endpoint& source = attempt.legs.front().source;
    auto& last = device.registrants;
    const bool same = !last.empty() && last.front().source == source;
    if (same) {
        last.front().call_id = attempt.key.call_id;
        last.front().last = attempt.first;
        return;
    }
    // Within the lifetime: later it is one device that moved and came home again.
    const Duration lifetime = seconds{std::max<std::uint32_t>(device.story.granted, 60)};
    const bool back = last.size() == 2 && last.back().source == source && last.front().call_id != attempt.key.call_id &&
                      attempt.first - last.back().last <= lifetime;
    const bool same_call = back && last.back().call_id == attempt.key.call_id;
    device.turns = back ? device.turns + 1 : 0;
    last.push_front({source, attempt.key.call_id, attempt.first});
    if (last.size() > 2) last.pop_back();
    if (device.turns == 2) judge().duplicate(device, attempt, same_call ? Certainty::certain : Certainty::likely);
}

void RegistrationObserver::State::followed(Device& device, const Attempt& attempt) {
    if (device.redirected_to.empty()) return;
    const Endpoint& destination = attempt.legs.front().destination;
    if (destination == device.redirected_by && destination.text() != device.redirected_to) judge().redirect_ignored(device, attempt);
    device.redirected_to.clear();
}

void RegistrationObserver::State::redirect(Device& device, const Attempt& attempt, const wire::sip::Message& answer) {
    if (attempt.legs.empty() || attempt.unregister) return;
    device.redirected_by = attempt.legs.front().destination;
    device.redirected_to = answer.contacts.empty() ? std::string() : kept(place_of(answer.contacts.front().uri));
}

/// A request of the platform to a device that is registered.
void RegistrationObserver::State::call(const SipSeen& seen) {
    const wire::sip::Message& message = seen.message;
    auto found = devices.find(kept(message.uri.user));
    if (found == devices.end()) found = devices.find(kept(message.to.uri.user));
    if (found == devices.end() || message.method() == "ACK") return;
    Device& device = *found->second;
    const Packet& packet = seen.packet;
    if (!device.granted_at || packet.destination.address != device.heard_from.address || packet.source == device.heard_from) return;
    const bool present_way = packet.transport == Transport::udp && packet.destination == device.heard_from;
    const auto after = present_way ? last_packet({packet.destination, packet.source}) : std::nullopt;
    if (Call* known = find_key(device.calls, key_of(message)); known != nullptr) {
        known->last = packet.time;
        known->last_after = after;
        return;
    }
    if (device.calls.size() >= most_calls) device.calls.pop_front();
    device.calls.push_back({.key = key_of(message), .method = kept(message.method()), .source = packet.source,
                            .destination = packet.destination, .first = packet.time, .frame = packet.number, .after = after,
                            .last_after = after, .last = packet.time});
    calls_by_call_id.add(message.call_id, device.order);
    set_deadline(device, packet.time + transaction_time);
}

void RegistrationObserver::State::call_answer(const SipSeen& seen) {
    const wire::sip::Message& message = seen.message;
    Device* owner = numbered(calls_by_call_id.touch(message.call_id));
    if (owner == nullptr) return;
    Device& device = *owner;
    Call* call = find_key(device.calls, key_of(message));
    if (call == nullptr || call->status >= 200) return;
    if (call->status == 0) reached(device, *call);
    heard(device, seen.packet.time);
    call->status = message.status();
    if (message.status() < 300) return;
    const std::string_view warning = message.value("Warning");
    if (message.status() == 403 && ifind(warning, "not registered") != std::string_view::npos)
        judge().forgotten(device, *call, kept(warning));
    else judge().call_failed(device, *call, std::to_string(message.status()) + ' ' + kept(message.reason()));
}

void RegistrationObserver::State::expire_calls(Device& device, Time now) {
    std::erase_if(device.calls, [&](const Call& call) {
        if (now - call.first < transaction_time) return false;
        if (call.status == 0) {
            judge().call_failed(device, call, {});
            lost(device, call);
        }
        return true;
    });
}

}  // namespace gbkit::proto::observe
