// REGISTER transactions: an attempt opens with its request, is answered or not, and is judged when it is over.
#include "base/text.hpp"
#include "proto/observe/registration_following.hpp"
#include "wire/digest/header.hpp"

namespace gbkit::proto::observe {

namespace {

namespace sip = wire::sip;

constexpr std::size_t max_attempts = 8;
constexpr std::size_t max_legs = 4;

std::string via_text(const sip::Message& message) {
    if (message.vias.empty()) return {};
    const sip::Via& via = message.vias.front();
    return via.host + ':' + std::to_string(via.port == 0 ? 5060 : via.port);
}

}  // namespace

void RegistrationObserver::State::request(const SipSeen& seen) {
    Device* device = this->device(device_of(seen.message), seen.packet.time);
    if (device == nullptr) return;
    touch(*device, seen, true);
    ++device->story.registers;
    if (Attempt* known = find_key(device->attempts, key_of(seen.message)); known != nullptr && known->request_seen)
        copy_of(*device, *known, seen);
    else
        new_attempt(*device, seen);
}

void RegistrationObserver::State::copy_of(Device& device, Attempt& attempt, const SipSeen& seen) {
    const Packet& packet = seen.packet;
    const Ends leg{packet.source, packet.destination};
    const bool first_leg = !attempt.legs.empty() && attempt.legs.front() == leg;
    if (!attempt.from_a_leg(packet.source) && attempt.legs.size() < max_legs) attempt.legs.push_back(leg);
    if (!first_leg || packet.time - attempt.last < mirror_window) {  // the other side of a proxy, or a mirror port
        --device.story.registers;
        return;
    }
    attempt.last = packet.time;
    attempt.last_frame = packet.number;
    ++attempt.copies;
    ++device.story.resends;
    if (attempt.answers > 0) ++attempt.copies_after_answer;
    if (Step* step = device.story.ladder.latest([&](const Step& row) {
            return row.kind == Step::Kind::request && row.cseq == attempt.key.cseq && row.frame == attempt.first_frame;
        })) {
        ++step->count;
        step->last_frame = packet.number;
        step->last_time = packet.time;
    }
    if (attempt.misdirected && !attempt.misdirection_told && attempt.copies_after_answer >= 3) {
        attempt.misdirection_told = true;
        judge().misdirected(device, attempt);
    }
}

namespace {

/// What a REGISTER says.
Attempt attempt_of(const SipSeen& seen) {
    const Packet& packet = seen.packet;
    const sip::Message& message = seen.message;
    Attempt attempt;
    attempt.key = key_of(message);
    attempt.request_seen = true;
    attempt.first = attempt.last = packet.time;
    attempt.first_frame = attempt.last_frame = packet.number;
    attempt.copies = 1;
    attempt.legs.push_back({packet.source, packet.destination});
    attempt.transport = packet.transport;
    attempt.via = via_text(message);
    attempt.server_user = kept(message.uri.user);
    attempt.version = kept(message.value("X-GB-Ver"));
    attempt.head_cut = seen.headers_are_cut();
    attempt.has_expires = attempt.head_cut || message.find("Expires") != nullptr;
    const std::optional<std::uint32_t> expires = sip::expires_of(message);
    attempt.expires = expires.value_or(0);
    attempt.unregister = expires == 0U;
    const sip::HeaderField* header = message.find("Authorization");
    if (header == nullptr) header = message.find("Proxy-Authorization");
    attempt.credentials = header != nullptr;
    if (header == nullptr) return attempt;
    if (const auto parsed = wire::digest::parse_header(header->value))
        attempt.nonce = kept(parsed->value("nonce").value_or(std::string()));
    return attempt;
}

Step step_of(const Attempt& attempt, const SipSeen& seen) {
    const Packet& packet = seen.packet;
    return {.kind = Step::Kind::request, .from_device = true, .transport = packet.transport, .time = packet.time,
            .frame = packet.number, .source = packet.source, .destination = packet.destination, .cseq = attempt.key.cseq,
            .credentials = attempt.credentials, .unregister = attempt.unregister, .expires = sip::expires_of(seen.message),
            .last_frame = packet.number, .last_time = packet.time};
}

/// Sent-by of the Via where it names another address than the packet has: a NAT lies between.
std::string hidden_address(const SipSeen& seen, const std::string& via) {
    if (seen.message.vias.empty()) return {};
    const auto address = IpAddress::parse(seen.message.vias.front().host);
    return address && *address != seen.packet.source.address ? via : std::string();
}

}  // namespace

void RegistrationObserver::State::new_attempt(Device& device, const SipSeen& seen) {
    const Packet& packet = seen.packet;
    DeviceStory& story = device.story;
    Attempt attempt = attempt_of(seen);
    story.via = hidden_address(seen, attempt.via);
    if (!attempt.server_user.empty()) story.platform_id = attempt.server_user;
    ++story.attempts;
    if (attempt.credentials) {
        ++story.with_credentials;
        if (device.challenged_nonce.empty() && story.challenges == 0) device.hidden_answers = true;
    }
    if (!attempt.unregister || story.state != DeviceStory::State::registered) story.state = DeviceStory::State::trying;

    for (Attempt& open : device.attempts) close(device, open, &attempt, false);
    device.heard_from = packet.source;
    registrant(device, attempt);
    followed(device, attempt);
    if (const sip::HeaderField* route = seen.message.find("Route")) judge().route(device, attempt, route->value);
    story.ladder.add(step_of(attempt, seen));
    report(device, attempt, packet.time, packet.number, RegistrationReport::State::trying);
    if (device.attempts.size() >= max_attempts) device.attempts.pop_front();
    device.attempts.push_back(std::move(attempt));
    set_deadline(device, packet.time + transaction_time);
}

void RegistrationObserver::State::answer(const SipSeen& seen) {
    const sip::Message& message = seen.message;
    const Packet& packet = seen.packet;
    if (message.status() < 200) return;
    Device* device = this->device(device_of(message), packet.time);
    if (device == nullptr) return;
    touch(*device, seen, false);
    Attempt* attempt = find_key(device->attempts, key_of(message));
    if (attempt == nullptr) {  // its request is not in the capture
        for (Attempt& open : device->attempts) open.went_on = true;
        Attempt lone;
        lone.key = key_of(message);
        lone.first = lone.last = packet.time;
        lone.transport = packet.transport;
        if (device->attempts.size() >= max_attempts) device->attempts.pop_front();
        attempt = &device->attempts.emplace_back(std::move(lone));
        device->story.platform = packet.source;
        device->story.source = packet.destination;
    }
    const bool again = attempt->answers > 0 && attempt->status == message.status();
    if (again && packet.time - attempt->answered < mirror_window) return;
    const bool challenge = message.status() == 401 || message.status() == 407;
    ++attempt->answers;
    if (challenge) ++device->story.challenges;
    if (again) {
        if (Step* step = device->story.ladder.latest([&](const Step& row) {
                return row.kind == Step::Kind::answer && row.cseq == attempt->key.cseq && row.status == message.status();
            })) {
            ++step->count;
            step->last_frame = packet.number;
            step->last_time = packet.time;
        }
        return;
    }
    final_answer(*device, *attempt, seen);
}

void RegistrationObserver::State::final_answer(Device& device, Attempt& attempt, const SipSeen& seen) {
    const sip::Message& message = seen.message;
    const Packet& packet = seen.packet;
    attempt.status = message.status();
    attempt.reason = kept(message.reason());
    attempt.answered = packet.time;
    attempt.answer_frame = packet.number;
    attempt.answered_to = packet.destination;
    attempt.misdirected = attempt.request_seen && attempt.transport == Transport::udp && !attempt.from_a_leg(packet.destination);
    Step step{.kind = Step::Kind::answer, .from_device = false, .transport = packet.transport, .time = packet.time,
              .frame = packet.number, .source = packet.source, .destination = packet.destination,
              .cseq = attempt.key.cseq, .unregister = attempt.unregister, .status = attempt.status, .reason = attempt.reason,
              .elsewhere = attempt.misdirected, .last_frame = packet.number, .last_time = packet.time};
    const sip::HeaderField* challenge = message.find("WWW-Authenticate");
    if (challenge == nullptr) challenge = message.find("Proxy-Authenticate");
    attempt.challenge_header = challenge != nullptr || seen.headers_are_cut();
    if (challenge != nullptr) {
        if (const auto parsed = wire::digest::parse_header(challenge->value)) {
            attempt.challenge_nonce = kept(parsed->value("nonce").value_or(std::string()));
            attempt.stale = iequals(parsed->value("stale").value_or(std::string()), "true");
            step.realm = kept(parsed->value("realm").value_or(std::string()));
            step.qop = parsed->value("qop");
            if (step.qop) step.qop = kept(*step.qop);
        }
    }
    if (attempt.status < 300) step.expires = sip::expires_of(message);
    device.story.ladder.add(std::move(step));
    device.silent_in_a_row = 0;
    judge().seen_as(device, attempt, message);
    if (!attempt.challenged()) {
        device.story.last_status = attempt.status;
        device.story.last_reason = attempt.reason;
        device.story.round_trip = std::max(Duration{}, attempt.answered - attempt.first);
    }
    if (attempt.challenged()) on_challenge(device, attempt);
    else if (attempt.status < 300) on_success(device, attempt, seen);
    else if (attempt.status < 400) on_redirect(device, attempt, message);
    else on_refusal(device, attempt);
}

void RegistrationObserver::State::on_redirect(Device& device, Attempt& attempt, const wire::sip::Message& message) {
    redirect(device, attempt, message);
    judge().redirected(device, attempt, message.contacts.empty() ? "?" : kept(message.contacts.front().uri.text));
}

void RegistrationObserver::State::on_challenge(Device& device, Attempt& attempt) {
    report(device, attempt, attempt.answered, attempt.answer_frame, RegistrationReport::State::challenged);
    if (!attempt.challenge_header) judge().challenge_missing(device, attempt);
    // The very next request, or one right after it: nothing accepted can lie between the two.
    const bool next_request = attempt.key.call_id == device.challenged.call_id && attempt.key.cseq == device.challenged.cseq + 1;
    const bool answered_this_challenge = !attempt.nonce.empty() && attempt.nonce == device.challenged_nonce &&
                                         (next_request || attempt.first - device.challenged_at < seconds(2));
    device.challenged_nonce = attempt.challenge_nonce;
    device.challenged_at = attempt.answered;
    device.challenged = attempt.key;
    if (!attempt.credentials || attempt.unregister || attempt.stale) return;
    // Credentials on a nonce used before get a new challenge: that is the protocol, not a refusal.
    const bool reused = !attempt.nonce.empty() && attempt.nonce == device.used_nonce;
    device.used_nonce = attempt.nonce;
    if (reused) return;
    ++device.rejected_in_a_row;
    if (!answered_this_challenge && device.rejected_in_a_row < 2) return;
    device.story.state = DeviceStory::State::refused;
    device.story.last_status = attempt.status;
    device.story.last_reason = attempt.reason;
    ++device.story.refused;
    ++device.refused_passwords;
    judge().refused(device, attempt, answered_this_challenge ? Certainty::certain : Certainty::likely);
    report(device, attempt, attempt.answered, attempt.answer_frame, RegistrationReport::State::refused);
}

void RegistrationObserver::State::on_success(Device& device, Attempt& attempt, const SipSeen& seen) {
    DeviceStory& story = device.story;
    device.ignored = device.rejected_in_a_row = device.missed_beats = 0;
    device.ignored_at_once = false;
    if (attempt.credentials) device.used_nonce = attempt.nonce;
    const std::optional<std::uint32_t> granted = sip::expires_of(seen.message);
    if (!attempt.request_seen) attempt.unregister = granted == 0U;
    device.granted_at = attempt.unregister ? std::nullopt : std::optional(attempt.answered);
    device.beats_too_late = 0;
    ++story.accepted;
    story.granted = granted.value_or(attempt.expires);
    story.state = attempt.unregister ? DeviceStory::State::unregistered : DeviceStory::State::registered;
    if (!attempt.unregister) story.ever_registered = true;
    judge().accepted(device, attempt);
    device.refused_passwords = 0;
    // Of a request that is not in the capture nobody knows between which ends it went: its answer may go elsewhere.
    device.registered_from = attempt.legs.empty() ? Endpoint() : attempt.legs.front().source;
    device.registered_with = attempt.legs.empty() ? Endpoint() : attempt.legs.front().destination;
    if (!attempt.legs.empty()) judge().granted(device, attempt, seen.message);
    report(device, attempt, attempt.answered, attempt.answer_frame,
           attempt.unregister ? RegistrationReport::State::unregistered : RegistrationReport::State::registered);
}

void RegistrationObserver::State::on_refusal(Device& device, Attempt& attempt) {
    // 423 asks for a longer lifetime, 491 for a moment: what comes next decides.
    if (attempt.status == 423 || attempt.status == 491 || attempt.unregister) return;
    device.story.state = DeviceStory::State::refused;
    ++device.story.refused;
    if (attempt.credentials && (attempt.status == 401 || attempt.status == 403)) ++device.refused_passwords;
    const bool whole = attempt.request_seen && (attempt.credentials || !attempt.head_cut);
    judge().refused(device, attempt, whole ? Certainty::certain : Certainty::likely);
    report(device, attempt, attempt.answered, attempt.answer_frame, RegistrationReport::State::refused);
}

/// The attempt is over: `next` began, its time is gone (`over`), or the observation ends (neither).
void RegistrationObserver::State::close(Device& device, Attempt& attempt, const Attempt* next, bool over) {
    if (attempt.judged || !attempt.request_seen) return;
    attempt.judged = true;
    if (attempt.answers == 0) {
        close_silent(device, attempt, next, over);
        return;
    }
    if (attempt.misdirected && attempt.copies_after_answer >= 3 && !attempt.misdirection_told) judge().misdirected(device, attempt);
    const bool went_on = attempt.challenged() && (attempt.went_on || (next != nullptr && next->may_have_credentials()));
    if (!went_on) judge().deaf(device, attempt, over || next != nullptr);
    if (attempt.challenged() && !attempt.may_have_credentials() && !attempt.unregister) close_challenged(device, attempt, next, over);
}

/// A challenge nobody answered yet: `next` answers it, or is one more try without a password.
void RegistrationObserver::State::close_challenged(Device& device, const Attempt& attempt, const Attempt* next, bool over) {
    if (attempt.went_on || (next != nullptr && next->may_have_credentials())) {
        device.ignored = 0;
        device.ignored_at_once = false;
        return;
    }
    if (attempt.copies_after_answer > 0 || !attempt.challenge_header) return;
    const bool gave_up = over && device.ignored_at_once;  // the second challenge in a row, and nothing came after it
    if (!gave_up && (next == nullptr || next->unregister)) return;
    ++device.ignored;
    if (next != nullptr && next->first - attempt.answered < seconds(2)) device.ignored_at_once = true;
    if (device.ignored >= 2) judge().ignored(device, attempt);
}

void RegistrationObserver::State::close_silent(Device& device, Attempt& attempt, const Attempt* next, bool over) {
    if (attempt.unreachable) {
        ++device.story.unanswered;
        device.story.state = DeviceStory::State::unanswered;
        judge().unreachable(device, attempt);
        report(device, attempt, attempt.last, attempt.unreachable_frame, RegistrationReport::State::unanswered);
        return;
    }
    // Somebody who answers a challenge has seen one: the answers exist, the capture does not hold them.
    if (next != nullptr && next->credentials) device.hidden_answers = true;
    if (next != nullptr && next->key.call_id == attempt.key.call_id && next->first - attempt.last < milliseconds(400))
        device.hidden_answers = true;
    const bool waited = over || (next != nullptr && next->first - attempt.first >= seconds(3));
    if (!waited || device.hidden_answers || attempt.unregister) return;
    ++device.silent_in_a_row;
    // One message that is not repeated, amid answers: the capture lost its answer, the device did not.
    if (attempt.copies == 1 && device.silent_in_a_row == 1 && device.story.answers_seen) return;
    ++device.story.unanswered;
    device.story.state = DeviceStory::State::unanswered;
    judge().silent(device, attempt);
    report(device, attempt, attempt.last, attempt.last_frame, RegistrationReport::State::unanswered);
}

void RegistrationObserver::State::report(const Device& device, const Attempt& attempt, Time time, std::uint64_t frame,
                                         RegistrationReport::State state) {
    if (!sinks.registration) return;
    const bool answered = state != RegistrationReport::State::trying && state != RegistrationReport::State::unanswered;
    sinks.registration({.time = time, .frame = frame, .transport = attempt.transport,
                        .report = {.state = state, .device = device.story.id, .peer = device.story.source,
                                   .status = attempt.status,
                                   .expires = state == RegistrationReport::State::registered ? device.story.granted : 0,
                                   .round_trip = answered ? std::max(Duration{}, attempt.answered - attempt.first) : Duration{},
                                   .reason = attempt.reason}});
}

}  // namespace gbkit::proto::observe
