#include "proto/observe/registration_following.hpp"

#include "base/charset.hpp"

namespace gbkit::proto::observe {

namespace {

constexpr std::size_t text_limit = 80;

}  // namespace

std::string kept(std::string_view text) { return printable(text.substr(0, text_limit)); }

TransactionKey key_of(const wire::sip::Message& message) {
    return {message.call_id, message.cseq.number, message.vias.empty() ? std::string() : message.vias.front().branch};
}

std::string device_of(const wire::sip::Message& message) {
    std::string_view id = message.from.uri.user;
    if (id.empty()) id = message.to.uri.user;
    if (id.empty()) id = message.from.uri.host;
    return kept(id);
}

Device* RegistrationObserver::State::device(const std::string& id, Time now) {
    const auto found = devices.find(id);
    if (found != devices.end()) {
        (void)strangers.touch(found->second->order);
        return found->second.get();
    }
    if (devices.size() >= limits.devices && !make_room()) {
        ++not_followed;
        return nullptr;
    }
    auto fresh = std::make_unique<Device>(limits.ladder_steps);
    fresh->story.id = id;
    fresh->story.first = fresh->story.last = now;
    fresh->story.seen_from = context.seen_from;
    fresh->order = appeared++;
    order.emplace(fresh->order, fresh.get());
    strangers.add(fresh->order, fresh.get());
    return devices.emplace(id, std::move(fresh)).first->second.get();
}

Device* RegistrationObserver::State::numbered(const std::size_t* number) const {
    const auto found = number == nullptr ? order.end() : order.find(*number);
    return found == order.end() ? nullptr : found->second;
}

/// Who was never accepted goes, the longest silent first: people who try names shall not keep out a device that comes later.
bool RegistrationObserver::State::make_room() {
    while (strangers.size() > 0) {
        Device& device = *strangers.oldest();
        strangers.drop_oldest();
        if (device.story.ever_registered || device.story.keepalives_answered > 0) continue;
        for (Attempt& attempt : device.attempts) close(device, attempt, nullptr, false);
        set_deadline(device, std::nullopt);
        order.erase(device.order);
        devices.erase(std::string(device.story.id));
        ++not_followed;
        return true;
    }
    return false;
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
    heard(device, packet.time);
    story.source = packet.source;
    story.platform = packet.destination;
    story.transport = packet.transport;
    if (const std::string_view agent = seen.message.value("User-Agent"); !agent.empty()) story.user_agent = kept(agent);
    const Ends flow{packet.source, packet.destination};
    if (std::size_t* owner = flows.touch(flow)) *owner = device.order;
    else flows.add(flow, device.order);
}

void RegistrationObserver::State::expire(Device& device, Time now) {
    set_deadline(device, std::nullopt);
    expire_calls(device, now);
    for (Attempt& attempt : device.attempts)
        if (now - attempt.first >= transaction_time) close(device, attempt, nullptr, true);
    if (!device.beats.empty() && device.beats.back().status == 0 && now - device.beats.back().first >= transaction_time &&
        device.missed_beats == 2)
        beat_missed(device, device.beats.back());
}

}  // namespace gbkit::proto::observe
