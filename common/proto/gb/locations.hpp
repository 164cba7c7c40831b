// Where the registered devices are: the platform's location table, bounded, every entry with its end.
//
// RFC 3261 section 10.3: a device may have several contacts, each with a lifetime of its own; the device is gone
// when the last one is. Beside it stands its heartbeat (GB/T 28181-2022 9.6.1: three missed mean offline): how often
// it beats is told or learned from the last two gaps, so that one lost beat changes nothing. Offline is no end: the
// contacts stay until their time is over, and a beat brings the device back.
// Whoever keeps the table elsewhere (io/store_locations) or tells others who comes and goes takes the steps it made.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/endpoint.hpp"
#include "base/time.hpp"
#include "proto/deadlines.hpp"
#include "proto/machine.hpp"

namespace gbkit::proto::gb {

struct Contact {
    std::string uri;         // as sent, without angle brackets
    std::string call_id;
    std::uint32_t cseq = 0;
    Time until{};
};

struct Location {
    std::string device;
    Endpoint observed;                 // where its last REGISTER or heartbeat came from
    FlowId flow = 0;                   // the connection it registered over; 0: UDP, or one that a restart has ended
    Transport transport = Transport::udp;
    std::vector<Contact> contacts{};   // never empty in the table
    std::optional<Time> heard{};       // its last heartbeat; before the first one its registration
    Duration gap{}, gap_before{};      // between heartbeats; 0: not known yet
    bool beaten = false;               // a heartbeat has come since it registered or came back
    bool offline = false;

    [[nodiscard]] const Contact* find(std::string_view uri) const noexcept;
    /// The first of its contacts to end.
    [[nodiscard]] Time first_end() const noexcept;
};

struct HeartbeatPolicy {
    std::optional<Duration> interval{};  // nothing: learned from each device
    std::uint32_t missed_limit = 3;
};

class Locations {
public:
    explicit Locations(std::size_t limit = 200'000, HeartbeatPolicy heartbeat = {}) : limit_(limit), heartbeat_(heartbeat) {}

    static constexpr std::size_t most_contacts = 8;

    [[nodiscard]] const Location* find(std::string_view device) const;
    /// Adds a contact or renews the one of that URI; false when the table, or the device's share of it, is full.
    bool put(Time now, std::string_view device, const Endpoint& observed, Contact contact, FlowId flow = 0,
             Transport transport = Transport::udp);
    /// Takes out one contact, and the device with its last one; false when there is no such contact.
    bool remove(std::string_view device, std::string_view uri);
    bool remove(std::string_view device);
    /// A heartbeat of a device that is registered: true when it was offline and is back. A device whose connection a
    /// restart has ended is reached over `flow` from now on.
    bool beat(Time now, std::string_view device, const Endpoint& observed, FlowId flow = 0);
    /// Locations of a former run: contacts that are not over by now; heartbeats count from now. A connection did not
    /// outlive the run, so who had one is offline until it is heard. Returns how many devices are back.
    std::size_t restore(Time now, std::vector<Location> former);

    struct Change {
        enum class Kind : std::uint8_t { expired, silent } kind;
        Location location;       // as it was
        Duration interval{};     // silent: how often it should have beaten
    };
    /// One device that is over, or has been silent for too long; contacts that end before the last one go without a word.
    [[nodiscard]] std::optional<Change> pop_due(Time now);
    [[nodiscard]] std::optional<Time> next_end() const noexcept { return ends_.next(); }
    [[nodiscard]] std::size_t size() const noexcept { return by_device_.size(); }
    [[nodiscard]] std::size_t offline() const noexcept { return offline_; }  // of those
    template <class Visitor>
    void each(Visitor visit) const {
        for (const Location& location : slots_)
            if (!location.contacts.empty()) visit(location);
    }

    /// What happened to one device: its entry is another one now, and perhaps it came or went.
    struct Step {
        enum class Presence : std::uint8_t { same, came, went };
        std::string device;
        Presence presence = Presence::same;
    };
    /// The steps since the last call; heartbeats that change nothing but the time of the last one are none.
    [[nodiscard]] std::vector<Step> take_steps() { return std::exchange(steps_, {}); }

private:
    using Presence = Step::Presence;
    [[nodiscard]] std::optional<Duration> interval_of(const Location& location) const;
    [[nodiscard]] std::optional<Time> silent_at(const Location& location) const;
    void set_deadline(std::uint32_t slot);
    std::optional<std::uint32_t> slot_for(std::string_view device);
    bool restore(Time now, Location&& former);
    Location release(std::uint32_t slot);

    std::size_t limit_;
    HeartbeatPolicy heartbeat_;
    std::vector<Location> slots_;
    std::vector<std::uint32_t> free_;
    std::unordered_map<std::string, std::uint32_t> by_device_;
    Deadlines ends_;
    std::vector<Step> steps_;
    std::size_t offline_ = 0;
};

}  // namespace gbkit::proto::gb
