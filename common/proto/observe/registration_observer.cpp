#include "proto/observe/registration_observer.hpp"

#include "base/text.hpp"
#include "proto/observe/registration_following.hpp"

namespace gbkit::proto::observe {

namespace {

bool may_be_keepalive(const wire::sip::Message& message) {
    return message.is_request() && message.method() == "MESSAGE" &&
           ifind(message.body().substr(0, 400), "Keepalive") != std::string_view::npos;
}

}  // namespace

RegistrationObserver::RegistrationObserver(Context context, RegistrationSinks sinks, RegistrationLimits limits)
    : state_(std::make_unique<State>(State{std::move(context), std::move(sinks), limits})) {}
RegistrationObserver::~RegistrationObserver() = default;

void RegistrationObserver::see(const SipSeen& seen) {
    advance(seen.packet.time);
    if (seen.message.call_id.empty()) return;
    const bool request = seen.message.is_request();
    if (seen.message.method() == "REGISTER") request ? state_->request(seen) : state_->answer(seen);
    else if (may_be_keepalive(seen.message)) state_->beat(seen);
    else if (request) state_->call(seen);
    else {
        if (seen.message.method() == "MESSAGE") state_->beat_answer(seen);
        state_->call_answer(seen);
    }
    state_->passed(seen.packet);
}

void RegistrationObserver::see(const Unreachable& unreachable) {
    Device* owner = state_->numbered(state_->flows.touch(Ends{unreachable.source, unreachable.destination}));
    const bool about_request = owner != nullptr;
    if (!about_request) owner = state_->numbered(state_->flows.touch(Ends{unreachable.destination, unreachable.source}));
    if (owner == nullptr || owner->attempts.empty()) return;
    Device& device = *owner;
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
    for (const auto& [number, device] : state_->order) {
        for (Attempt& attempt : device->attempts) state_->close(*device, attempt, nullptr, false);
        state_->judge_binding(*device, true);
    }
}

std::vector<const DeviceStory*> RegistrationObserver::devices() const {
    std::vector<const DeviceStory*> stories;
    for (const auto& [number, device] : state_->order) stories.push_back(&device->story);
    return stories;
}

std::uint64_t RegistrationObserver::not_followed() const noexcept { return state_->not_followed; }

}  // namespace gbkit::proto::observe
