// The body of a NOTIFY that says which devices of a catalog came or went (GB/T 28181-2022 annex A.2.5, N.4).
//
//   <Notify><CmdType>Catalog</CmdType><SN>1</SN><DeviceID>whose catalog</DeviceID><SumNum>1</SumNum>
//   <DeviceList Num="1"><Item><DeviceID>...</DeviceID><Event>OFF</Event></Item></DeviceList></Notify>
// Without a device SumNum is 0 and there is no list (annex M).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace gbkit::wire {

struct CatalogChange {
    std::string device;
    bool online = false;   // ON or OFF
};

/// Texts are escaped; a character XML cannot hold is a '?'.
[[nodiscard]] std::string catalog_notify_body(std::uint32_t sn, std::string_view catalog, std::span<const CatalogChange> changes);

}  // namespace gbkit::wire
