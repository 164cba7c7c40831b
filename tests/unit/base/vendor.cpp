// base/vendor: strings as devices and platforms send them, and strings that say nothing.
#include "base/vendor.hpp"

#include <string>

#include <doctest/doctest.h>

using namespace gbkit;

TEST_CASE("agents and manufacturers that were recorded name their maker, whatever the letter case") {
    const std::pair<const char*, Vendor> agents[] = {
        {"IP Camera", Vendor::hikvision},
        {"Embedded Net DVR/DVS", Vendor::hikvision},
        {"Embedded Net DVR/NVR/DVS", Vendor::hikvision},
        {"Hikvision", Vendor::hikvision},
        {"SIP UAS V3.0.0.675168", Vendor::dahua},
        {"SIP UAS V3.0.0.1208500", Vendor::dahua},
        {"DH SIP UAS V1.0", Vendor::dahua},
        {"Dahua UAC/3.0", Vendor::dahua},
        {"WVP-Pro v2.7.3.20241115", Vendor::wvp},
        {"WVP-PRO", Vendor::wvp},
        {"wvp-pro", Vendor::wvp},
        {"WVP PRO", Vendor::wvp},
        {" WVP-Pro  ", Vendor::wvp},
        {"LiveGBS v220328", Vendor::livegbs},
        {"LiveQing", Vendor::livegbs},
        {"Monibuca", Vendor::monibuca},
    };
    for (const auto& recorded : agents) {
        CAPTURE(recorded.first);
        CHECK(vendor_of(recorded.first) == recorded.second);
    }
    CHECK(vendor_of({}, "Hikvision") == Vendor::hikvision);
    CHECK(vendor_of({}, "hik") == Vendor::hikvision);
    CHECK(vendor_of({}, "DAHUA") == Vendor::dahua);
    CHECK(vendor_of({}, "UNIVIEW") == Vendor::uniview);
}

TEST_CASE("a manufacturer that is known counts more than the agent") {
    CHECK(vendor_of("IP Camera", "Dahua") == Vendor::dahua);
    CHECK(vendor_of("IP Camera", "Manufacturer") == Vendor::hikvision);
}

TEST_CASE("nothing is guessed") {
    const std::string_view strangers[] = {"", " ", "gbkit/0.3.0", "eXosip/4.1.0", "IP Camera 2", "My IP Camera", "Embedded Net DVRs", "Not Hikvision",
                                          "SIP UAS", "SIP UAS V2.1.4.500306", "SIP UAS V.2016.xxxx", "SRS/6.0.48(Bee)", "UAS", "WVP", "hikvisio"};
    for (const std::string_view agent : strangers) {
        CAPTURE(agent);
        CHECK(vendor_of(agent) == Vendor::unknown);
        CHECK(vendor_of({}, agent) == Vendor::unknown);
    }
    CHECK(vendor_of({}, "hikari") == Vendor::unknown);
    CHECK(vendor_of(std::string(1 << 20, 'H')) == Vendor::unknown);
    CHECK(name_of(Vendor::unknown).empty());
}
