// How long after the device's last packet the platform's requests still reach it: what a NAT on the way allows (row K2).
//
// Each request of the platform over UDP is a sample: the time since the device's last packet on that very way, and
// whether anything came back. One that was lost counts only when the device was heard again in its usual time: it
// lived, and the rest of the network too. If time did not matter, it would be chance that just the oldest samples are
// lost ones; how small that chance is says how sure the finding is. RFC 3581 section 4, RFC 4787 section 4.3.
#include <algorithm>

#include <fmt/format.h>

#include "base/findings/register.hpp"
#include "proto/observe/registration_following.hpp"

namespace gbkit::proto::observe {

namespace {

constexpr std::size_t most_samples = 64;
constexpr Duration shortest_binding = seconds{5};  // no NAT is known to forget sooner
constexpr double near_share = 0.9;                 // of the young requests: a packet may be lost for other reasons

/// What the samples say when those beyond the oldest answered one are set apart.
struct Split {
    std::size_t near = 0, near_answered = 0, late = 0;
    Duration oldest_answered{}, youngest_late{};
    const Reach* last_late = nullptr;
};

Split split_of(const std::vector<Reach>& all) {
    const auto known_method = [&](const Reach& one) {  // a device may not know a method at all
        return std::any_of(all.begin(), all.end(), [&](const Reach& other) { return other.answered && other.method == one.method; });
    };
    Split split;
    for (const Reach& one : all)
        if (one.answered) split.oldest_answered = std::max(split.oldest_answered, one.age);
    for (const Reach& one : all) {
        if (!one.answered && !known_method(one)) continue;
        if (one.age <= split.oldest_answered) {
            ++split.near;
            split.near_answered += one.answered;
            continue;
        }
        split.youngest_late = split.late == 0 ? one.age : std::min(split.youngest_late, one.age);
        split.last_late = &one;
        ++split.late;
    }
    return split;
}

/// The chance that the oldest `late` of all are among the lost ones, if age did not matter.
double chance_of(const Split& split) {
    const std::size_t all = split.near + split.late, lost = all - split.near_answered;
    double chance = 1;
    for (std::size_t i = 0; i < split.late; ++i) chance *= static_cast<double>(lost - i) / static_cast<double>(all - i);
    return chance;
}

std::optional<Certainty> certainty_of(const Split& split) {
    if (split.near == 0 || split.late < 2 || split.youngest_late < shortest_binding) return std::nullopt;
    if (static_cast<double>(split.near_answered) < near_share * static_cast<double>(split.near)) return std::nullopt;
    const double chance = chance_of(split);
    if (chance > 0.05) return std::nullopt;
    if (chance > 0.001) return Certainty::possible;  // many devices are looked at, and each many times
    return chance > 0.00001 ? Certainty::likely : Certainty::certain;
}

}  // namespace

std::optional<Time> RegistrationObserver::State::last_packet(const Ends& way) {
    const Time* last = last_sent.touch(way);
    return last == nullptr ? std::nullopt : std::optional(*last);
}

void RegistrationObserver::State::passed(const Packet& packet) {
    if (packet.transport != Transport::udp) return;
    const Ends way{packet.source, packet.destination};
    if (Time* last = last_sent.touch(way)) *last = packet.time;
    else last_sent.add(way, packet.time);
}

void RegistrationObserver::State::heard(Device& device, Time now) {
    for (Call& call : device.calls)
        if (!call.heard_again) call.heard_again = now;
    if (!device.binding.open) return;
    Call call = std::move(*device.binding.open);
    device.binding.open.reset();
    call.heard_again = now;
    lost(device, call);
}

void RegistrationObserver::State::reached(Device& device, Call& call) {
    if (!call.after || !call.last_after) return;
    if (*call.last_after > *call.after) lost(device, call);  // copies of it were, until the device spoke
    keep(device, {call.last - *call.last_after, true, call.method, *call.last_after, call.frame, call.first});
}

// Of the requests in one silence only the first counts: what stops one stops all.
void RegistrationObserver::State::lost(Device& device, const Call& call) {
    if (!call.after) return;
    if (!call.heard_again) {
        if (!device.binding.open) device.binding.open = call;
        return;
    }
    const std::optional<Duration> usual = device.story.keepalive_gap_min;
    if (!usual || *call.heard_again - *call.after > 2 * *usual) return;  // its own packets did not come through either
    const auto& all = device.binding.reached;
    const bool again = std::any_of(all.begin(), all.end(), [&](const Reach& one) { return !one.answered && one.after == *call.after; });
    if (!again) keep(device, {call.first - *call.after, false, call.method, *call.after, call.frame, call.first});
}

void RegistrationObserver::State::keep(Device& device, Reach reach) {
    auto& all = device.binding.reached;
    if (all.size() >= most_samples) all.erase(all.begin());
    all.push_back(std::move(reach));
    if (!all.back().answered) judge_binding(device, false);
}

void RegistrationObserver::State::judge_binding(Device& device, bool last_chance) {
    if (device.binding.told) return;
    const Split split = split_of(device.binding.reached);
    const auto certainty = certainty_of(split);
    if (!certainty || (*certainty != Certainty::certain && !last_chance)) return;
    device.binding.told = true;
    judge().too_rare(device, *split.last_late, *certainty,
                     {split.oldest_answered, split.youngest_late, split.near, split.near_answered, split.late});
}

void Judge::too_rare(const Device& device, const Reach& reach, Certainty certainty, const BindingFigures& figures) const {
    Finding finding = about(findings::keepalive_too_rare, device, reach.frame, reach.at);
    finding.certainty = certainty;
    finding.expected = fmt::format("{:.0f}", to_seconds(figures.oldest_answered));
    finding.observed = fmt::format("{:.0f}", to_seconds(figures.youngest_lost));
    const double safe = std::max(1.0, to_seconds(figures.oldest_answered) * 0.8);
    finding.values = {{"near", std::to_string(figures.near)},
                      {"answered", std::to_string(figures.near_answered)},
                      {"late", std::to_string(figures.late)},
                      {"advised", fmt::format("{:.0f}", safe)},
                      {"interval", fmt::format("{:.0f}", to_seconds(device.story.keepalive_gap_min.value_or(Duration{})))}};
    sink(std::move(finding));
}

}  // namespace gbkit::proto::observe
