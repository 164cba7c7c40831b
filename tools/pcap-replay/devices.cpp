#include "devices.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "base/vendor.hpp"
#include "cli/causes.hpp"
#include "wire/gb_id.hpp"
#include "wire/rtp/packet.hpp"

namespace gbkit::replay_tool {

using proto::observe::DeviceStory;
using proto::observe::DialogStory;
using proto::observe::QueryStory;

bool Device::in_trouble() const noexcept {
    if (worst != nullptr || story == nullptr) return worst != nullptr;
    // Where one direction was captured the answer may have come all the same.
    return story->state == DeviceStory::State::refused || (story->state == DeviceStory::State::unanswered && !story->one_sided());
}

namespace {

/// Root causes in the order in which the page's end lists them.
std::vector<Finding> roots_of(const std::vector<Finding>& findings) {
    std::map<std::pair<FindingId, Certainty>, std::size_t> rank;
    for (const cli::Cause& cause : cli::causes_of(findings)) rank.emplace(std::pair{cause.finding.id, cause.finding.certainty}, rank.size());
    std::vector<Finding> roots = root_causes(findings);
    std::stable_sort(roots.begin(), roots.end(), [&](const Finding& a, const Finding& b) {
        return rank.at({a.id, a.certainty}) < rank.at({b.id, b.certainty});
    });
    return roots;
}

}  // namespace

Devices::Devices(const PageFacts& facts, const std::vector<Finding>& findings) : roots_(roots_of(findings)) {
    for (const DeviceStory* story : facts.totals.devices) {
        index_.emplace(story->id, all_.size());
        all_.push_back({.id = story->id, .story = story, .make = story->user_agent});
    }
    add_asked(facts.queries);
    name_makes(facts.queries);
    find_owners(facts, findings);
    judge(findings);
}

Device* Devices::find(const std::string& id) {
    const auto known = index_.find(id);
    return known == index_.end() ? nullptr : &all_[known->second];
}

void Devices::add_asked(const QueryStories& queries) {
    for (const QueryStory* query : queries)
        if (!query->device.empty() && index_.emplace(query->device, all_.size()).second) all_.push_back({.id = query->device});
}

// What a registration calls itself, else what the device answers, else what it says of its channels: the maker where one
// of them is known, else the words as they are.
void Devices::name_makes(const QueryStories& queries) {
    for (const QueryStory* query : queries) {
        Device* device = find(query->device);
        if (device == nullptr) continue;
        const bool unknown = vendor_of(device->make, device->make) == Vendor::unknown;
        if (unknown && !query->manufacturer.empty()) device->make = query->manufacturer;
        if (device->make.empty()) device->make = query->device_agent;
        if (device->make.empty() && !query->listed.empty()) device->make = query->listed.front().manufacturer;
    }
    for (Device& device : all_)
        if (const Vendor vendor = vendor_of(device.make, device.make); vendor != Vendor::unknown) device.make = name_of(vendor);
}

void Devices::find_owners(const PageFacts& facts, const std::vector<Finding>& findings) {
    for (const Finding& finding : findings)
        if (!index_.contains(finding.subject)) owners_.emplace(finding.subject, std::string());
    const auto own = [&](const std::string& subject, const std::string& device) {
        const auto asked = owners_.find(subject);
        if (asked != owners_.end() && asked->second.empty()) asked->second = device;
    };
    for (const QueryStory* query : facts.queries) {
        own(query->target, query->device);
        for (const wire::ManscdpItem& item : query->listed) own(item.device_id, query->device);
    }
    for (const DialogStory* dialog : facts.totals.plays.dialogs) {
        const DeviceStory* device = facts.totals.plays.device_of(*dialog);
        if (device != nullptr) own(dialog->callee, device->id);
    }
    for (const DialogStory* dialog : facts.totals.plays.dialogs) {
        if (dialog->media.packets == 0) continue;
        own("ssrc " + wire::rtp::meaning_of_ssrc(dialog->media.ssrc).digits, of(dialog->callee));
    }
}

const std::string& Devices::of(const std::string& subject) const {
    const auto owner = owners_.find(subject);
    return owner == owners_.end() || owner->second.empty() ? subject : owner->second;
}

// Root causes come in the order of their weight.
void Devices::judge(const std::vector<Finding>& findings) {
    for (const Finding& root : roots_) {
        Device* device = find(of(root.subject));
        if (device != nullptr && device->worst == nullptr && cli::is_trouble(root)) device->worst = &root;
    }
    for (const Finding& finding : findings) {
        Device* device = find(of(finding.subject));
        if (device != nullptr && info_of(finding.id).severity == Severity::vendor) device->habits = true;
    }
}

}  // namespace gbkit::replay_tool
