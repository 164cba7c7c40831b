// Who is who: the devices of a capture, and to which of them the subject of a finding belongs (a channel, a stream).
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "base/finding.hpp"
#include "page.hpp"

namespace gbkit::replay_tool {

struct Device {
    std::string id;
    const proto::observe::DeviceStory* story = nullptr;   // nullptr: it is only asked or answers, no registration of it was seen
    std::string make{};                    // its maker, else its User-Agent or Manufacturer as sent
    const Finding* worst = nullptr;        // of its root causes that are errors or violations
    bool habits = false;                   // some deviation of it is a known habit of makers

    /// Registration or something else of it failed.
    [[nodiscard]] bool in_trouble() const noexcept;
};

class Devices {
public:
    Devices(const PageFacts& facts, const std::vector<Finding>& findings);

    /// In order of appearance.
    [[nodiscard]] const std::vector<Device>& all() const noexcept { return all_; }
    /// The device, when the subject is one, or its channel, or its stream; else the subject itself.
    [[nodiscard]] const std::string& of(const std::string& subject) const;
    [[nodiscard]] bool knows(const std::string& id) const { return index_.contains(id); }

private:
    void add_asked(const QueryStories& queries);
    void find_owners(const PageFacts& facts, const std::vector<Finding>& findings);
    void name_makes(const QueryStories& queries);
    void judge(const std::vector<Finding>& findings);
    [[nodiscard]] Device* find(const std::string& id);

    std::vector<Device> all_;
    std::unordered_map<std::string, std::size_t> index_;
    std::unordered_map<std::string, std::string> owners_;   // subject: device
    std::vector<Finding> roots_;                            // what `worst` points into
};

}  // namespace gbkit::replay_tool
