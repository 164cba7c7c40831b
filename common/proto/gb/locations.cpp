#include "proto/gb/locations.hpp"

#include <algorithm>
#include <utility>

namespace gbkit::proto::gb {

const Contact* Location::find(std::string_view uri) const noexcept {
    const auto found = std::find_if(contacts.begin(), contacts.end(), [&](const Contact& contact) { return contact.uri == uri; });
    return found == contacts.end() ? nullptr : &*found;
}

Time Location::first_end() const noexcept {
    return std::min_element(contacts.begin(), contacts.end(), [](const Contact& a, const Contact& b) { return a.until < b.until; })->until;
}

const Location* Locations::find(std::string_view device) const {
    const auto found = by_device_.find(std::string(device));
    return found == by_device_.end() ? nullptr : &slots_[found->second];
}

std::optional<Duration> Locations::interval_of(const Location& location) const {
    if (heartbeat_.interval) return heartbeat_.interval;
    if (location.gap_before > Duration{0}) return std::min(location.gap, location.gap_before);
    return location.gap > Duration{0} ? std::optional(location.gap) : std::nullopt;
}

// The last of the missed ones gets half an interval more, ten seconds at most: UDP may have to send it again.
std::optional<Time> Locations::silent_at(const Location& location) const {
    const auto interval = interval_of(location);
    if (!interval || !location.heard || location.offline) return std::nullopt;
    return *location.heard + heartbeat_.missed_limit * *interval + std::min<Duration>(*interval / 2, seconds{10});
}

void Locations::set_deadline(std::uint32_t slot) {
    const auto silent = silent_at(slots_[slot]);
    const Time end = slots_[slot].first_end();
    ends_.set(slot, silent ? std::min(end, *silent) : end);
}

std::optional<std::uint32_t> Locations::slot_for(std::string_view device) {
    if (const auto found = by_device_.find(std::string(device)); found != by_device_.end()) return found->second;
    if (by_device_.size() >= limit_) return std::nullopt;
    std::uint32_t slot = 0;
    if (free_.empty()) {
        slot = static_cast<std::uint32_t>(slots_.size());
        slots_.emplace_back();
    } else {
        slot = free_.back();
        free_.pop_back();
    }
    slots_[slot].device = device;
    by_device_.emplace(device, slot);
    return slot;
}

bool Locations::put(Time now, std::string_view device, const Endpoint& observed, Contact contact, FlowId flow) {
    const auto slot = slot_for(device);
    if (!slot) return false;
    Location& location = slots_[*slot];
    const auto known = std::find_if(location.contacts.begin(), location.contacts.end(),
                                    [&](const Contact& other) { return other.uri == contact.uri; });
    if (known != location.contacts.end()) *known = std::move(contact);
    else if (location.contacts.size() < most_contacts) location.contacts.push_back(std::move(contact));
    else return false;
    location.observed = observed;
    location.flow = flow;
    location.heard = now;
    location.beaten = location.offline = false;
    set_deadline(*slot);
    return true;
}

Location Locations::release(std::uint32_t slot) {
    ends_.set(slot, std::nullopt);
    free_.push_back(slot);
    Location gone = std::exchange(slots_[slot], Location{});
    by_device_.erase(gone.device);
    return gone;
}

bool Locations::remove(std::string_view device, std::string_view uri) {
    const auto found = by_device_.find(std::string(device));
    if (found == by_device_.end()) return false;
    auto& contacts = slots_[found->second].contacts;
    if (std::erase_if(contacts, [&](const Contact& contact) { return contact.uri == uri; }) == 0) return false;
    if (contacts.empty()) release(found->second);
    else set_deadline(found->second);
    return true;
}

bool Locations::remove(std::string_view device) {
    const auto found = by_device_.find(std::string(device));
    if (found == by_device_.end()) return false;
    release(found->second);
    return true;
}

bool Locations::beat(Time now, std::string_view device, const Endpoint& observed) {
    const auto found = by_device_.find(std::string(device));
    if (found == by_device_.end()) return false;
    Location& location = slots_[found->second];
    if (location.beaten && location.heard && now > *location.heard) {
        location.gap_before = location.gap;
        location.gap = now - *location.heard;
    }
    const bool back = std::exchange(location.offline, false);
    location.beaten = true;
    location.heard = now;
    location.observed = observed;
    set_deadline(found->second);
    return back;
}

std::optional<Locations::Change> Locations::pop_due(Time now) {
    while (const auto due = ends_.pop_due(now)) {
        Location& location = slots_[*due];
        const auto over = [&](const Contact& contact) { return contact.until <= now; };
        if (std::all_of(location.contacts.begin(), location.contacts.end(), over)) return Change{Change::Kind::expired, release(*due)};
        std::erase_if(location.contacts, over);
        const auto silent = silent_at(location);
        if (silent && *silent <= now) {
            Change change{Change::Kind::silent, location, *interval_of(location)};
            location.offline = true;
            location.beaten = false;  // the silence itself teaches nothing
            set_deadline(*due);
            return change;
        }
        set_deadline(*due);
    }
    return std::nullopt;
}

}  // namespace gbkit::proto::gb
