#include "proto/gb/locations.hpp"

#include <utility>

namespace gbkit::proto::gb {

const Location* Locations::find(std::string_view device) const {
    const auto found = by_device_.find(std::string(device));
    return found == by_device_.end() ? nullptr : &slots_[found->second];
}

bool Locations::put(Location location) {
    const auto found = by_device_.find(location.device);
    std::uint32_t slot = 0;
    if (found != by_device_.end()) {
        slot = found->second;
    } else {
        if (by_device_.size() >= limit_) return false;
        if (free_.empty()) {
            slot = static_cast<std::uint32_t>(slots_.size());
            slots_.emplace_back();
        } else {
            slot = free_.back();
            free_.pop_back();
        }
        by_device_.emplace(location.device, slot);
    }
    ends_.set(slot, location.until);
    slots_[slot] = std::move(location);
    return true;
}

Location Locations::release(std::uint32_t slot) {
    ends_.set(slot, std::nullopt);
    free_.push_back(slot);
    Location gone = std::exchange(slots_[slot], Location{});
    by_device_.erase(gone.device);
    return gone;
}

bool Locations::remove(std::string_view device) {
    const auto found = by_device_.find(std::string(device));
    if (found == by_device_.end()) return false;
    release(found->second);
    return true;
}

std::optional<Location> Locations::pop_expired(Time now) {
    const auto slot = ends_.pop_due(now);
    if (!slot) return std::nullopt;
    return release(*slot);
}

}  // namespace gbkit::proto::gb
