// The rules: from what was seen of a device to findings. Pure functions; when to ask them is the observer's matter.
#pragma once

#include "proto/observe/observer.hpp"
#include "proto/observe/registration_state.hpp"
#include "wire/sip/message.hpp"

namespace gbkit::proto::observe {

struct BindingFigures {
    Duration oldest_answered, youngest_lost;   // since the device's last packet
    std::size_t near, near_answered, late;     // requests up to the oldest answered; of those answered; lost beyond
};

struct Judge {
    const Context& context;
    const FindingSink& sink;

    /// The answer goes to a place the request did not come from, and the device repeats itself.
    void misdirected(const Device& device, const Attempt& attempt) const;
    /// The device repeated the same REGISTER at least three times although an answer had left.
    void deaf(const Device& device, const Attempt& attempt, bool over) const;
    /// Challenges were heard and never answered.
    void ignored(const Device& device, const Attempt& attempt) const;
    /// A 401 without WWW-Authenticate.
    void challenge_missing(const Device& device, const Attempt& attempt) const;
    /// A final answer that is a no.
    void refused(const Device& device, const Attempt& attempt, Certainty certainty) const;
    void redirected(const Device& device, const Attempt& attempt, const std::string& target) const;
    /// The registration works: what is unusual about it.
    void accepted(const Device& device, const Attempt& attempt) const;
    /// Over and no answer of any kind.
    void silent(const Device& device, const Attempt& attempt) const;
    void unreachable(const Device& device, const Attempt& attempt) const;
    /// `age` after the registration was granted, longer than it lasts, the device only beats.
    void expires_below_keepalive(const Device& device, const Beat& beat, Duration age) const;
    void beats_unanswered(const Device& device, const Beat& beat) const;
    void beats_refused(const Device& device, const Beat& beat, const std::string& observed) const;
    void beat_status(const Device& device, const Beat& beat, const std::string& status) const;

    // Circumstances: registration_circumstances.cpp.
    /// What a 200 says besides yes.
    void granted(Device& device, const Attempt& attempt, const wire::sip::Message& answer) const;
    void seen_as(Device& device, const Attempt& attempt, const wire::sip::Message& answer) const;
    void source_moved(Device& device, const Beat& beat) const;
    void port_filtered(const Device& device, const Attempt& attempt) const;
    void route(Device& device, const Attempt& attempt, std::string_view value) const;
    void banned(const Device& device, const Attempt& attempt) const;
    void redirect_ignored(const Device& device, const Attempt& attempt) const;
    void duplicate(const Device& device, const Attempt& attempt, Certainty certainty) const;
    void call_failed(const Device& device, const Call& call, const std::string& answer) const;
    void too_rare(const Device& device, const Reach& reach, Certainty certainty, const BindingFigures& figures) const;
    void forgotten(const Device& device, const Call& call, const std::string& warning) const;

private:
    void date(Device& device, const Attempt& attempt, std::string_view value) const;
    /// The first time of that finding about that device.
    [[nodiscard]] static bool first(Device& device, FindingId id);
    [[nodiscard]] Finding about(FindingId id, const Device& device, std::uint64_t frame, Time time) const;
    void suspects(const Device& device, const Attempt& attempt, Certainty certainty) const;
};

/// What ICMP says with this code of a "destination unreachable" (RFC 792, RFC 1812 5.2.7.1).
[[nodiscard]] std::string_view unreachable_reason(std::uint8_t code) noexcept;

}  // namespace gbkit::proto::observe
