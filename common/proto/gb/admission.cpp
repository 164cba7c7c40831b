#include "proto/gb/admission.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace gbkit::proto::gb {

Result<AllowList> AllowList::parse(std::string_view text) {
    constexpr std::size_t longest = 64;
    AllowList list;
    std::size_t number = 0;
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    for (const std::string_view line : split(text, '\n')) {
        ++number;
        const std::string_view entry = trim(line);
        if (entry.empty() || entry.front() == '#') continue;
        if (entry.size() > longest || entry.find_first_of(" \t,;") != std::string_view::npos)
            return fail(Errc::malformed, "line " + std::to_string(number) + ": not one ID or prefix", 0);
        list.entries_.emplace(entry);
        list.lengths_.insert(entry.size());
    }
    return list;
}

bool AllowList::holds(std::string_view device) const {
    return std::any_of(lengths_.begin(), lengths_.end(), [&](std::size_t length) {
        return entries_.contains(device.substr(0, length));
    });
}

Admission admission_of(std::string_view device, const AdmissionSettings& settings) {
    using Kind = Admission::Kind;
    if (settings.allowed && !settings.allowed->holds(device)) return {Kind::not_allowed};
    if (settings.passwords) {
        // By the ID alone: with another account's user name nobody becomes this device.
        if (auto secret = settings.passwords->find(device, device))
            return {Kind::with_password, std::move(secret->password), std::move(secret->username)};
        if (!settings.fallback) return {Kind::unknown};
    }
    if (!settings.password) return {Kind::open};
    return {Kind::with_password, *settings.password};
}

}  // namespace gbkit::proto::gb
