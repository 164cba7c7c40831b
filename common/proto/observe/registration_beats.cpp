// Heartbeats: MESSAGE with a Keepalive notification, and its answer (GB/T 28181 9.6).
#include "proto/observe/registration_following.hpp"
#include "wire/manscdp.hpp"

namespace gbkit::proto::observe {

namespace {

namespace sip = wire::sip;

constexpr std::size_t max_beats = 4;

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
    device.heard_from = packet.source;
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
    const bool known = device.granted_at && device.registered_from != Endpoint();
    if (known && packet.source != device.registered_from && packet.transport == Transport::udp) judge().source_moved(device, beat);
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

}  // namespace gbkit::proto::observe
