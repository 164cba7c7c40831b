// SIP as a list has it: calls and subscriptions by Call-ID, registrations by device, and whatever else two parties say to
// each other. Nothing is judged. Bounded: LRU.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "proto/observe/lru.hpp"
#include "proto/observe/observer.hpp"

namespace gbkit::proto::observe {

struct ContentSipStory {
    enum class Kind : std::uint8_t { registration, call, subscription, messages } kind = Kind::messages;
    std::string caller, callee;              // From user, To user (of a registration: the device, and nobody)
    std::string call_id;                     // of a call or subscription
    Endpoint from, to;                       // of the first message
    Transport transport = Transport::udp;
    std::uint64_t packets = 0, bytes = 0;    // messages, resends included
    std::uint64_t first_frame = 0, last_frame = 0;
    Time first{}, last{};
    std::map<std::string, std::uint64_t> methods;   // requests, by method
    int status = 0;                          // of the last answer
};
/// "registration", "call", "subscription", "messages"
[[nodiscard]] std::string_view name_of(ContentSipStory::Kind kind) noexcept;

class ContentSip {
public:
    explicit ContentSip(std::size_t most_stories = 16384) : most_(most_stories), stories_(most_stories) {}
    void see(const SipSeen& seen);
    /// In order of appearance.
    [[nodiscard]] std::vector<const ContentSipStory*> stories() const;
    [[nodiscard]] std::uint64_t dropped() const noexcept { return dropped_; }

private:
    ContentSipStory& story_of(const SipSeen& seen);
    std::size_t most_;
    Lru<std::string, ContentSipStory> stories_;
    std::uint64_t dropped_ = 0;
};

}  // namespace gbkit::proto::observe
