// The conversations of one capture, device by device.
//
// Whose a message is: the device that its Call-ID is known to belong to; else the one that From or To or the request URI
// names; else the one that was heard at one of its two ends (a recorder is called by its channels' IDs). Who registers or
// notifies is a device; so is whoever is asked, unless its ID says that it is a platform. State is bounded: devices beyond
// the limit are counted and not looked at.
#pragma once

#include <cstdint>
#include <list>
#include <string>
#include <unordered_map>
#include <vector>

#include "proto/observe/conversation.hpp"

namespace gbkit::proto::observe {

class Conversations {
public:
    static constexpr std::size_t max_devices = 1024;

    struct Device {
        std::string id;
        std::string agent;            // its User-Agent
        Conversation conversation;
        [[nodiscard]] bool in_trouble() const;   // something of it was refused or not answered
    };

    /// `play`: only the calls of this channel, or with this Call-ID, and their media; empty: everything.
    explicit Conversations(std::string play = "") : play_(std::move(play)) {}

    void see(const SipSeen& seen);
    /// When the capture has been read. Without any SIP they make one device without a name.
    void media(const std::vector<RtpSource>& sources, const std::vector<Finding>& findings = {});

    /// In order of appearance.
    [[nodiscard]] const std::list<Device>& devices() const noexcept { return devices_; }
    [[nodiscard]] const Device* find(std::string_view id) const;
    [[nodiscard]] std::uint64_t messages() const noexcept { return messages_; }
    [[nodiscard]] std::uint64_t devices_left_out() const noexcept { return left_out_; }

private:
    [[nodiscard]] bool is_wanted(const wire::sip::Message& message);
    [[nodiscard]] Device* whose(const SipSeen& seen);
    [[nodiscard]] Device* known(const std::string& id);
    [[nodiscard]] Device* device(const std::string& id);

    std::string play_;
    std::list<Device> devices_;
    std::unordered_map<std::string, Device*> by_id_;
    std::unordered_map<Endpoint, Device*> by_place_;
    Lru<std::string, Device*> by_call_{65536};
    Lru<std::string, bool> wanted_calls_{65536};
    std::uint64_t messages_ = 0, left_out_ = 0;
};

struct ConversationPair {
    const Conversations::Device* good = nullptr;
    const Conversations::Device* bad = nullptr;
};

/// The two that are most alike in what they hold: the same ID before all; of several equal ones the good that had no trouble
/// and the bad that had. A side that is given stays; of one capture (`same`) it is not held against itself. Nothing when there
/// is no such pair.
[[nodiscard]] ConversationPair pair_up(const Conversations& good, const Conversations& bad, const Conversations::Device* given_good = nullptr,
                                       const Conversations::Device* given_bad = nullptr, bool same = false);

}  // namespace gbkit::proto::observe
