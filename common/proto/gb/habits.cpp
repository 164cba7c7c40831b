#include "proto/gb/habits.hpp"

#include <algorithm>

namespace gbkit::proto::gb {

const std::vector<Habits>& all_habits() {
    static const std::vector<Habits> all{
        {},
        {
            .name = "hikvision",
            .request_uri = UriHost::address,   // captures of a device of 2013: sip:ID@IP:PORT everywhere
            .own_uri = UriHost::address,       // the same captures
            .digest_uri = UriHost::domain,     // R7, an NVR; the device of the captures hashes the Request-URI
            .decimal_ids = true,               // the same captures: branch, tag and Call-ID
            .user_agent = "IP Camera",         // R16
            .cnonce = "0a4f113b",              // R16: the example of RFC 2617, built into the firmware
            .ignores_strangers = true,         // R22: it discards a Catalog query from another address
        },
        {
            .name = "dahua",
            .route = true,                     // R25: "appears after a while"
            .needs_algorithm = true,           // gosip PR 7: no algorithm in the challenge, no answer to it
            .warns_not_registered = true,      // R26
        },
        {
            .name = "uniview",                 // how one registers is recorded nowhere: as the standard says
            .restarts_on_config = true,        // C17
        },
    };
    return all;
}

const Habits* find_habits(std::string_view name) noexcept {
    const auto& all = all_habits();
    const auto found = std::find_if(all.begin(), all.end(), [&](const Habits& habits) { return habits.name == name; });
    return found == all.end() ? nullptr : &*found;
}

}  // namespace gbkit::proto::gb
