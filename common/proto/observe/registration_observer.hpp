// Follows each device's registrations and heartbeats, and says why they fail (rows R and K of the field tables).
//
// A REGISTER transaction (Call-ID, CSeq, branch) is an attempt. It is judged when it is over: the device starts
// another one, 32 s (64*T1) are gone, or the observation ends. At the end only what is there counts, nothing that
// might have come later is called missing. Facts that depend on where the packets were taken lower the certainty.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "proto/observe/device_story.hpp"
#include "proto/observe/observer.hpp"

namespace gbkit::proto::observe {

/// A state change of one device, with its place.
struct RegistrationSeen {
    Time time{};
    std::uint64_t frame = 0;
    Transport transport = Transport::udp;
    RegistrationReport report;
};

struct RegistrationSinks {
    FindingSink finding;
    std::function<void(const RegistrationSeen&)> registration;  // may be empty
};

struct RegistrationLimits {
    std::size_t devices = 20000;
    std::size_t ladder_steps = 60;  // kept per device
};

class RegistrationObserver {
public:
    RegistrationObserver(Context context, RegistrationSinks sinks, RegistrationLimits limits = {});
    ~RegistrationObserver();

    void see(const SipSeen& seen);
    void see(const Unreachable& unreachable);
    /// Time passes: attempts that are over are judged.
    void advance(Time now);
    /// The end of the observation.
    void finish(Time end);

    /// In order of appearance.
    [[nodiscard]] std::vector<const DeviceStory*> devices() const;
    /// Devices forgotten to make room (never accepted, the longest silent first), and messages of devices there was no room for.
    [[nodiscard]] std::uint64_t not_followed() const noexcept;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace gbkit::proto::observe
