#include "proto/observe/registration_observer.hpp"

#include <set>
#include <unordered_map>

#include "base/charset.hpp"
#include "base/text.hpp"
#include "proto/observe/lru.hpp"
#include "proto/observe/registration_verdicts.hpp"
#include "wire/digest/header.hpp"
#include "wire/manscdp.hpp"

namespace gbkit::proto::observe {

namespace {

namespace sip = wire::sip;

constexpr std::size_t max_attempts = 8;
constexpr std::size_t max_beats = 4;
constexpr std::size_t max_legs = 4;
constexpr std::size_t max_flows = 16384;
constexpr std::size_t text_limit = 80;  // of what a device wrote and a story keeps

std::string kept(std::string_view text) { return printable(text.substr(0, text_limit)); }

TransactionKey key_of(const sip::Message& message) {
    return {message.call_id, message.cseq.number, message.vias.empty() ? std::string() : message.vias.front().branch};
}

std::string device_of(const sip::Message& message) {
    std::string_view id = message.from.uri.user;
    if (id.empty()) id = message.to.uri.user;
    if (id.empty()) id = message.from.uri.host;
    return kept(id);
}

struct HashLeg {
    std::size_t operator()(const Leg& leg) const noexcept {
        return std::hash<Endpoint>{}(leg.source) * 1000003 ^ std::hash<Endpoint>{}(leg.destination);
    }
};

/// Seconds asked for or granted: Expires, else the first Contact's own.
std::optional<std::uint32_t> expires_of(const sip::Message& message) {
    if (const auto header = to_number(trim(message.value("Expires")), UINT32_MAX)) return static_cast<std::uint32_t>(*header);
    for (const sip::NameAddr& contact : message.contacts)
        if (contact.expires) return contact.expires;
    return std::nullopt;
}

template <class Table>
auto* find_key(Table& table, const TransactionKey& key) {
    for (auto entry = table.rbegin(); entry != table.rend(); ++entry)
        if (entry->key == key) return &*entry;
    return static_cast<typename Table::value_type*>(nullptr);
}

std::string via_text(const sip::Message& message) {
    if (message.vias.empty()) return {};
    const sip::Via& via = message.vias.front();
    return via.host + ':' + std::to_string(via.port == 0 ? 5060 : via.port);
}

}  // namespace

struct RegistrationObserver::State {
    Context context;
    RegistrationSinks sinks;
    RegistrationLimits limits;
    std::unordered_map<std::string, std::unique_ptr<Device>> devices{};
    std::vector<Device*> order{};
    std::set<std::pair<Time, Device*>> deadlines{};
    Lru<Leg, Device*, HashLeg> flows{max_flows};   // who sent from here to there last
    std::uint64_t not_followed = 0;

    [[nodiscard]] Judge judge() const { return Judge{context, sinks.finding}; }

    Device* device(const std::string& id, Time now);
    void set_deadline(Device& device, std::optional<Time> when);
    void touch(Device& device, const SipSeen& seen, bool from_device);

    void request(const SipSeen& seen);
    void new_attempt(Device& device, const SipSeen& seen);
    void copy_of(Device& device, Attempt& attempt, const SipSeen& seen);
    void answer(const SipSeen& seen);
    void final_answer(Device& device, Attempt& attempt, const SipSeen& seen);
    void on_challenge(Device& device, Attempt& attempt);
    void on_success(Device& device, Attempt& attempt, const SipSeen& seen);
    void on_refusal(Device& device, Attempt& attempt);
    void close(Device& device, Attempt& attempt, const Attempt* next, bool over);
    void close_silent(Device& device, Attempt& attempt, const Attempt* next, bool over);
    void close_challenged(Device& device, const Attempt& attempt, const Attempt* next, bool over);

    void beat(const SipSeen& seen);
    void beat_answer(const SipSeen& seen);
    void beat_missed(Device& device, const Beat& beat);

    void expire(Device& device, Time now);
    void report(const Device& device, const Attempt& attempt, Time time, std::uint64_t frame,
                RegistrationReport::State state);
};

Device* RegistrationObserver::State::device(const std::string& id, Time now) {
    const auto found = devices.find(id);
    if (found != devices.end()) return found->second.get();
    if (devices.size() >= limits.devices) {
        ++not_followed;
        return nullptr;
    }
    auto fresh = std::make_unique<Device>(limits.ladder_steps);
    fresh->story.id = id;
    fresh->story.first = fresh->story.last = now;
    fresh->story.seen_from = context.seen_from;
    fresh->order = order.size();
    order.push_back(fresh.get());
    return devices.emplace(id, std::move(fresh)).first->second.get();
}

void RegistrationObserver::State::set_deadline(Device& device, std::optional<Time> when) {
    if (device.deadline) deadlines.erase({*device.deadline, &device});
    device.deadline = when;
    if (when) deadlines.emplace(*when, &device);
}

/// Who, where, when: what every message of a device tells.
void RegistrationObserver::State::touch(Device& device, const SipSeen& seen, bool from_device) {
    DeviceStory& story = device.story;
    const Packet& packet = seen.packet;
    story.last = std::max(story.last, packet.time);
    (from_device ? story.requests_seen : story.answers_seen) = true;
    if (packet.direction != Direction::unknown && context.seen_from == SeenFrom::unknown) {
        const bool at_device = (packet.direction == Direction::sent) == from_device;
        story.seen_from = at_device ? SeenFrom::device : SeenFrom::platform;
    }
    if (!from_device) {
        std::string_view agent = seen.message.value("Server");
        if (agent.empty()) agent = seen.message.value("User-Agent");
        if (!agent.empty() && story.platform_agent.empty()) story.platform_agent = kept(agent);
        return;
    }
    story.source = packet.source;
    story.platform = packet.destination;
    story.transport = packet.transport;
    if (const std::string_view agent = seen.message.value("User-Agent"); !agent.empty()) story.user_agent = kept(agent);
    const Leg flow{packet.source, packet.destination};
    if (Device** owner = flows.touch(flow)) *owner = &device;
    else flows.add(flow, &device);
}

// ---------------------------------------------------------------- REGISTER

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
    const Leg leg{packet.source, packet.destination};
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

void RegistrationObserver::State::new_attempt(Device& device, const SipSeen& seen) {
    const Packet& packet = seen.packet;
    const sip::Message& message = seen.message;
    DeviceStory& story = device.story;
    Attempt attempt;
    attempt.key = key_of(message);
    attempt.request_seen = true;
    attempt.first = attempt.last = packet.time;
    attempt.first_frame = attempt.last_frame = packet.number;
    attempt.copies = 1;
    attempt.legs.push_back({packet.source, packet.destination});
    attempt.transport = packet.transport;
    attempt.via = via_text(message);
    if (!message.vias.empty()) {
        attempt.rport = message.vias.front().has_rport;
        const auto address = IpAddress::parse(message.vias.front().host);
        attempt.via_is_private = address && address->is_private();
        story.via = address && *address != packet.source.address ? attempt.via : std::string();
    }
    attempt.server_user = kept(message.uri.user);
    attempt.has_expires = message.find("Expires") != nullptr;
    const std::optional<std::uint32_t> expires = expires_of(message);
    attempt.expires = expires.value_or(0);
    attempt.unregister = expires == 0U;
    const sip::HeaderField* header = message.find("Authorization");
    if (header == nullptr) header = message.find("Proxy-Authorization");
    if (header != nullptr) {
        attempt.credentials = true;
        if (const auto parsed = wire::digest::parse_header(header->value))
            attempt.nonce = kept(parsed->value("nonce").value_or(std::string()));
        ++story.with_credentials;
        if (device.challenged_nonce.empty() && story.challenges == 0) device.hidden_answers = true;
    }
    if (!attempt.server_user.empty()) story.platform_id = attempt.server_user;
    ++story.attempts;
    if (!attempt.unregister || story.state != DeviceStory::State::registered) story.state = DeviceStory::State::trying;

    for (Attempt& open : device.attempts) close(device, open, &attempt, false);
    story.ladder.add({.kind = Step::Kind::request, .from_device = true, .transport = packet.transport, .time = packet.time,
                      .frame = packet.number, .source = packet.source, .destination = packet.destination,
                      .cseq = attempt.key.cseq, .credentials = attempt.credentials, .unregister = attempt.unregister,
                      .expires = expires, .last_frame = packet.number, .last_time = packet.time});
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
    attempt.challenge_header = challenge != nullptr;
    if (challenge != nullptr) {
        if (const auto parsed = wire::digest::parse_header(challenge->value)) {
            attempt.challenge_nonce = kept(parsed->value("nonce").value_or(std::string()));
            attempt.stale = iequals(parsed->value("stale").value_or(std::string()), "true");
            step.realm = kept(parsed->value("realm").value_or(std::string()));
            step.qop = parsed->value("qop");
            if (step.qop) step.qop = kept(*step.qop);
        }
    }
    if (attempt.status < 300) step.expires = expires_of(message);
    device.story.ladder.add(std::move(step));
    device.silent_in_a_row = 0;
    if (!attempt.challenged()) {
        device.story.last_status = attempt.status;
        device.story.last_reason = attempt.reason;
        device.story.round_trip = std::max(Duration{}, attempt.answered - attempt.first);
    }
    if (attempt.challenged()) on_challenge(device, attempt);
    else if (attempt.status < 300) on_success(device, attempt, seen);
    else if (attempt.status < 400) judge().redirected(device, attempt, message.contacts.empty() ? "?" : kept(message.contacts.front().uri.text));
    else on_refusal(device, attempt);
}

void RegistrationObserver::State::on_challenge(Device& device, Attempt& attempt) {
    report(device, attempt, attempt.answered, attempt.answer_frame, RegistrationReport::State::challenged);
    if (!attempt.challenge_header) judge().challenge_missing(device, attempt);
    const bool answered_this_challenge = !attempt.nonce.empty() && attempt.nonce == device.challenged_nonce &&
                                         attempt.first - device.challenged_at < transaction_time;
    device.challenged_nonce = attempt.challenge_nonce;
    device.challenged_at = attempt.answered;
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
    judge().refused(device, attempt, answered_this_challenge ? Certainty::certain : Certainty::likely);
    report(device, attempt, attempt.answered, attempt.answer_frame, RegistrationReport::State::refused);
}

void RegistrationObserver::State::on_success(Device& device, Attempt& attempt, const SipSeen& seen) {
    DeviceStory& story = device.story;
    device.ignored = device.rejected_in_a_row = device.missed_beats = 0;
    device.ignored_at_once = false;
    if (attempt.credentials) device.used_nonce = attempt.nonce;
    const std::optional<std::uint32_t> granted = expires_of(seen.message);
    if (!attempt.request_seen) attempt.unregister = granted == 0U;
    device.granted_at = attempt.unregister ? std::nullopt : std::optional(attempt.answered);
    device.beats_too_late = 0;
    ++story.accepted;
    story.granted = granted.value_or(attempt.expires);
    story.state = attempt.unregister ? DeviceStory::State::unregistered : DeviceStory::State::registered;
    if (!attempt.unregister) story.ever_registered = true;
    judge().accepted(device, attempt);
    report(device, attempt, attempt.answered, attempt.answer_frame,
           attempt.unregister ? RegistrationReport::State::unregistered : RegistrationReport::State::registered);
}

void RegistrationObserver::State::on_refusal(Device& device, Attempt& attempt) {
    // 423 asks for a longer lifetime, 491 for a moment: what comes next decides.
    if (attempt.status == 423 || attempt.status == 491 || attempt.unregister) return;
    device.story.state = DeviceStory::State::refused;
    ++device.story.refused;
    judge().refused(device, attempt, attempt.request_seen ? Certainty::certain : Certainty::likely);
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
    const bool went_on = next != nullptr && next->credentials && attempt.challenged();
    if (!went_on) judge().deaf(device, attempt, over || next != nullptr);
    if (attempt.challenged() && !attempt.credentials && !attempt.unregister) close_challenged(device, attempt, next, over);
}

/// A challenge nobody answered yet: `next` answers it, or is one more try without a password.
void RegistrationObserver::State::close_challenged(Device& device, const Attempt& attempt, const Attempt* next, bool over) {
    if (next != nullptr && next->credentials) {
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

// ---------------------------------------------------------------- heartbeats

namespace {

bool may_be_keepalive(const sip::Message& message) {
    return message.is_request() && message.method() == "MESSAGE" && ifind(message.body().substr(0, 400), "Keepalive") != std::string_view::npos;
}

}  // namespace

void RegistrationObserver::State::beat(const SipSeen& seen) {
    const auto body = wire::parse_manscdp(seen.message.body());
    if (!body || body->root != "Notify" || body->cmd_type != "Keepalive") return;
    const Packet& packet = seen.packet;
    Device* found = this->device(device_of(seen.message), packet.time);
    if (found == nullptr) return;
    Device& device = *found;
    touch(device, seen, true);
    const TransactionKey key = key_of(seen.message);
    if (find_key(device.beats, key) != nullptr) return;  // a resend
    DeviceStory& story = device.story;
    Beat beat{.key = key, .first = packet.time, .frame = packet.number};
    if (!device.beats.empty()) {
        const Beat& before = device.beats.back();
        const Duration gap = packet.time - before.first;
        if (before.status == 0 && gap >= seconds(5)) beat_missed(device, before);
        story.keepalive_gap_min = std::min(gap, story.keepalive_gap_min.value_or(gap));
        story.keepalive_gap_max = std::max(gap, story.keepalive_gap_max.value_or(gap));
    }
    if (device.granted_at && story.granted > 0 && packet.time - *device.granted_at > seconds(story.granted) &&
        ++device.beats_too_late == 2)
        judge().expires_below_keepalive(device, beat, packet.time - *device.granted_at);
    if (const std::string& status = body->status; !status.empty() && status != "OK" && status != "ERROR")
        judge().beat_status(device, beat, status);
    ++story.keepalives;
    Step* run = story.ladder.empty() ? nullptr : story.ladder.latest([](const Step&) { return true; });
    if (run != nullptr && run->kind == Step::Kind::keepalive) {
        ++run->count;
        run->last_frame = packet.number;
        run->last_time = packet.time;
    } else {
        story.ladder.add({.kind = Step::Kind::keepalive, .transport = packet.transport, .time = packet.time,
                          .frame = packet.number, .source = packet.source, .destination = packet.destination,
                          .last_frame = packet.number, .last_time = packet.time});
    }
    if (device.beats.size() >= max_beats) device.beats.pop_front();
    device.beats.push_back(std::move(beat));
    set_deadline(device, packet.time + transaction_time);
}

/// Counts only when something from the platform was ever captured: else the answers are not in the capture.
void RegistrationObserver::State::beat_missed(Device& device, const Beat& beat) {
    ++device.missed_beats;
    if (device.missed_beats == 3 && device.story.answers_seen) judge().beats_unanswered(device, beat);
}

void RegistrationObserver::State::beat_answer(const SipSeen& seen) {
    const sip::Message& message = seen.message;
    if (message.status() < 200) return;
    const auto found = devices.find(device_of(message));
    if (found == devices.end()) return;
    Device& device = *found->second;
    Beat* beat = find_key(device.beats, key_of(message));
    if (beat == nullptr) return;
    touch(device, seen, false);
    if (beat->status != 0) return;
    beat->status = message.status();
    device.missed_beats = 0;
    Step* run = device.story.ladder.latest([](const Step& row) { return row.kind == Step::Kind::keepalive; });
    if (run != nullptr) run->status = beat->status;
    if (beat->status < 300) {
        ++device.story.keepalives_answered;
        device.ignored = 0;  // it is registered, whatever the capture missed
        if (run != nullptr) ++run->answered;
        device.refused_beats = 0;
        return;
    }
    if (beat->status == 401 || beat->status == 407) return;
    if (++device.refused_beats == 1) device.first_refused_beat = seen.packet.time;
    // The answer to a refused heartbeat is a new registration, and then the beats are fine again.
    if (device.refused_beats >= 2 && seen.packet.time - device.first_refused_beat >= seconds(30))
        judge().beats_refused(device, *beat, std::to_string(beat->status) + ' ' + kept(message.reason()));
}

// ---------------------------------------------------------------- time

void RegistrationObserver::State::expire(Device& device, Time now) {
    set_deadline(device, std::nullopt);
    for (Attempt& attempt : device.attempts)
        if (now - attempt.first >= transaction_time) close(device, attempt, nullptr, true);
    if (!device.beats.empty() && device.beats.back().status == 0 && now - device.beats.back().first >= transaction_time &&
        device.missed_beats == 2)
        beat_missed(device, device.beats.back());
}

RegistrationObserver::RegistrationObserver(Context context, RegistrationSinks sinks, RegistrationLimits limits)
    : state_(std::make_unique<State>(State{std::move(context), std::move(sinks), limits})) {}
RegistrationObserver::~RegistrationObserver() = default;

void RegistrationObserver::see(const SipSeen& seen) {
    advance(seen.packet.time);
    if (seen.message.call_id.empty()) return;
    const bool request = seen.message.is_request();
    if (seen.message.method() == "REGISTER") request ? state_->request(seen) : state_->answer(seen);
    else if (may_be_keepalive(seen.message)) state_->beat(seen);
    else if (!request && seen.message.method() == "MESSAGE") state_->beat_answer(seen);
}

void RegistrationObserver::see(const Unreachable& unreachable) {
    Device** owner = state_->flows.touch(Leg{unreachable.source, unreachable.destination});
    const bool about_request = owner != nullptr;
    if (!about_request) owner = state_->flows.touch(Leg{unreachable.destination, unreachable.source});
    if (owner == nullptr) return;
    Device& device = **owner;
    if (device.attempts.empty()) return;
    Attempt& attempt = device.attempts.back();
    if (attempt.judged) return;
    if (!about_request) {
        attempt.answer_unreachable = attempt.answers > 0;
        return;
    }
    if (attempt.answers > 0) return;
    const bool first = !attempt.unreachable;
    attempt.unreachable = unreachable.code;
    if (!first) return;
    attempt.unreachable_frame = unreachable.number;
    device.story.ladder.add({.kind = Step::Kind::unreachable, .from_device = false, .time = unreachable.time,
                             .frame = unreachable.number, .source = unreachable.destination,
                             .destination = unreachable.source, .cseq = attempt.key.cseq,
                             .reason = std::string(unreachable_reason(unreachable.code)),
                             .last_frame = unreachable.number, .last_time = unreachable.time});
}

void RegistrationObserver::advance(Time now) {
    while (!state_->deadlines.empty() && state_->deadlines.begin()->first <= now)
        state_->expire(*state_->deadlines.begin()->second, now);
}

void RegistrationObserver::finish(Time end) {
    advance(end);
    for (Device* device : state_->order)
        for (Attempt& attempt : device->attempts) state_->close(*device, attempt, nullptr, false);
}

std::vector<const DeviceStory*> RegistrationObserver::devices() const {
    std::vector<const DeviceStory*> stories;
    for (const Device* device : state_->order) stories.push_back(&device->story);
    return stories;
}

std::uint64_t RegistrationObserver::not_followed() const noexcept { return state_->not_followed; }

}  // namespace gbkit::proto::observe
