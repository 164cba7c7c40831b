#include "base/vendor.hpp"

#include "base/text.hpp"

namespace gbkit {

namespace {

enum class Match : std::uint8_t { whole, start };

struct Sign {
    Vendor vendor;
    Match match;
    std::string_view text;
};

// Letter case never counts: captures have DAHUA and Dahua, WVP PRO and wvp-pro.
constexpr Sign agents[] = {
    {Vendor::hikvision, Match::whole, "IP Camera"},          // facts R16; an IPC registering with LiveGBS
    {Vendor::hikvision, Match::start, "Embedded Net DVR/"},  // Embedded Net DVR/DVS, Embedded Net DVR/NVR/DVS
    {Vendor::hikvision, Match::start, "Hikvision"},          // both ends in the shared captures of 2013
    {Vendor::dahua, Match::start, "SIP UAS V3."},            // SIP UAS V3.0.0.675168, whose catalog says Dahua; no source for V2
    {Vendor::dahua, Match::start, "DH SIP UAS"},             // DH SIP UAS V1.0, whose catalog says DAHUA
    {Vendor::dahua, Match::start, "Dahua"},                  // Dahua UAC/3.0
    {Vendor::wvp, Match::start, "WVP-Pro"},                  // WVP-Pro v2.7.3.20241115, WVP-PRO
    {Vendor::wvp, Match::start, "WVP PRO"},                  // as older ones wrote it
    {Vendor::livegbs, Match::start, "LiveGBS"},              // LiveGBS v220328
    {Vendor::livegbs, Match::whole, "LiveQing"},             // the same platform, earlier
    {Vendor::monibuca, Match::whole, "Monibuca"},
};

constexpr Sign manufacturers[] = {
    {Vendor::hikvision, Match::start, "Hikvision"},
    {Vendor::hikvision, Match::whole, "hik"},                // the shared captures
    {Vendor::dahua, Match::start, "Dahua"},
    {Vendor::uniview, Match::start, "Uniview"},
};

template <std::size_t count>
Vendor find(const Sign (&signs)[count], std::string_view text) noexcept {
    text = trim(text);
    for (const Sign& sign : signs)
        if (sign.match == Match::whole ? iequals(text, sign.text) : istarts_with(text, sign.text)) return sign.vendor;
    return Vendor::unknown;
}

}  // namespace

Vendor vendor_of(std::string_view agent, std::string_view manufacturer) noexcept {
    const Vendor maker = find(manufacturers, manufacturer);
    return maker == Vendor::unknown ? find(agents, agent) : maker;
}

std::string_view name_of(Vendor vendor) noexcept {
    switch (vendor) {
        case Vendor::hikvision: return "Hikvision";
        case Vendor::dahua: return "Dahua";
        case Vendor::uniview: return "Uniview";
        case Vendor::wvp: return "wvp";
        case Vendor::livegbs: return "LiveGBS";
        case Vendor::monibuca: return "Monibuca";
        case Vendor::unknown: break;
    }
    return {};
}

bool is_platform(Vendor vendor) noexcept { return vendor == Vendor::wvp || vendor == Vendor::livegbs || vendor == Vendor::monibuca; }

}  // namespace gbkit
