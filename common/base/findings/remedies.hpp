// Remedies: where a finding's advice is carried out, in the menus of a make of device and the keys of a platform.
//
// A remedy is a place (a page of the device's web interface, a file of the platform) and what to set there. Only places
// that documents or code name stand here. Menus differ with firmware: the place is where most versions have it.
#pragma once

#include <string>
#include <vector>

#include "base/finding.hpp"
#include "base/vendor.hpp"

namespace gbkit {

struct Remedy {
    FindingId finding;
    Vendor vendor;
    Bilingual place;     // "Configuration > Network > ...", "application.yml"; empty when it is no place but a way
    Bilingual setting;   // what to set there
};

/// The whole table; at most one remedy for a finding and a vendor.
[[nodiscard]] const std::vector<Remedy>& remedies();
/// Nothing when there is none: most findings are mended by no setting.
[[nodiscard]] const Remedy* find_remedy(FindingId finding, Vendor vendor) noexcept;
/// "Hikvision: Configuration > Network > Advanced Settings > Platform Access: SIP Server ID".
[[nodiscard]] std::string text_of(const Remedy& remedy, Language language);
/// What helps here, the device's side first; nothing of who is unknown.
[[nodiscard]] std::vector<std::string> remedies_for(FindingId finding, Parties parties, Language language);

}  // namespace gbkit
