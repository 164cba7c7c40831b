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

bool Locations::put(Time now, std::string_view device, const Endpoint& observed, Contact contact, FlowId flow, Transport transport) {
    const auto slot = slot_for(device);
    if (!slot) return false;
    Location& location = slots_[*slot];
    const bool absent = location.contacts.empty() || location.offline;
    const auto known = std::find_if(location.contacts.begin(), location.contacts.end(),
                                    [&](const Contact& other) { return other.uri == contact.uri; });
    if (known != location.contacts.end()) *known = std::move(contact);
    else if (location.contacts.size() < most_contacts) location.contacts.push_back(std::move(contact));
    else return false;
    location.observed = observed;
    location.flow = flow;
    location.transport = transport;
    location.heard = now;
    if (location.offline) --offline_;
    location.beaten = location.offline = false;
    set_deadline(*slot);
    steps_.push_back({location.device, absent ? Presence::came : Presence::same});
    return true;
}

std::size_t Locations::restore(Time now, std::vector<Location> former) {
    std::size_t back = 0;
    for (Location& location : former)
        if (restore(now, std::move(location))) ++back;
    return back;
}

// What is no longer as it was kept makes a step, so that it is kept as it is now.
bool Locations::restore(Time now, Location&& former) {
    const std::size_t kept = former.contacts.size();
    const bool was_offline = former.offline;
    std::erase_if(former.contacts, [&](const Contact& contact) { return contact.until <= now; });
    if (former.contacts.size() > most_contacts) former.contacts.resize(most_contacts);
    const auto slot = former.contacts.empty() || by_device_.contains(former.device) ? std::nullopt : slot_for(former.device);
    if (!slot) {
        steps_.push_back({std::move(former.device), Presence::went});
        return false;
    }
    Location& location = slots_[*slot] = std::move(former);
    location.flow = 0;
    location.offline = was_offline || location.transport != Transport::udp;
    location.heard = now;
    location.beaten = false;
    set_deadline(*slot);
    if (location.offline) {
        ++offline_;
        steps_.push_back({location.device, Presence::went});
    } else if (location.contacts.size() != kept) {
        steps_.push_back({location.device});
    }
    return true;
}

Location Locations::release(std::uint32_t slot) {
    ends_.set(slot, std::nullopt);
    free_.push_back(slot);
    Location gone = std::exchange(slots_[slot], Location{});
    by_device_.erase(gone.device);
    if (gone.offline) --offline_;
    steps_.push_back({gone.device, gone.offline ? Presence::same : Presence::went});
    return gone;
}

bool Locations::remove(std::string_view device, std::string_view uri) {
    const auto found = by_device_.find(std::string(device));
    if (found == by_device_.end()) return false;
    auto& contacts = slots_[found->second].contacts;
    if (std::erase_if(contacts, [&](const Contact& contact) { return contact.uri == uri; }) == 0) return false;
    if (contacts.empty()) {
        release(found->second);
    } else {
        set_deadline(found->second);
        steps_.push_back({slots_[found->second].device});
    }
    return true;
}

bool Locations::remove(std::string_view device) {
    const auto found = by_device_.find(std::string(device));
    if (found == by_device_.end()) return false;
    release(found->second);
    return true;
}

bool Locations::beat(Time now, std::string_view device, const Endpoint& observed, FlowId flow) {
    const auto found = by_device_.find(std::string(device));
    if (found == by_device_.end()) return false;
    Location& location = slots_[found->second];
    if (location.beaten && location.heard && now > *location.heard) {
        location.gap_before = location.gap;
        location.gap = now - *location.heard;
    }
    const bool learned = location.gap > Duration{0} && location.gap_before <= Duration{0};
    const bool back = std::exchange(location.offline, false);
    if (back) --offline_;
    const bool lost_connection = location.flow == 0 && location.transport != Transport::udp;
    if (lost_connection && location.observed.address == observed.address) location.flow = flow;
    const bool moved = std::exchange(location.observed, observed) != observed;
    location.beaten = true;
    location.heard = now;
    set_deadline(found->second);
    if (back || moved || learned) steps_.push_back({location.device, back ? Presence::came : Presence::same});
    return back;
}

std::optional<Locations::Change> Locations::pop_due(Time now) {
    while (const auto due = ends_.pop_due(now)) {
        Location& location = slots_[*due];
        const auto over = [&](const Contact& contact) { return contact.until <= now; };
        if (std::all_of(location.contacts.begin(), location.contacts.end(), over)) return Change{Change::Kind::expired, release(*due)};
        if (std::erase_if(location.contacts, over) != 0) steps_.push_back({location.device});
        const auto silent = silent_at(location);
        if (silent && *silent <= now) {
            Change change{Change::Kind::silent, location, *interval_of(location)};
            location.offline = true;
            ++offline_;
            location.beaten = false;  // the silence itself teaches nothing
            steps_.push_back({location.device, Presence::went});
            set_deadline(*due);
            return change;
        }
        set_deadline(*due);
    }
    return std::nullopt;
}

}  // namespace gbkit::proto::gb
