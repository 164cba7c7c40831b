// MANSCDP+xml, the XML inside MESSAGE (GB/T 28181 annex A): what a body is, not yet all it says.
//
//   <Notify><CmdType>Keepalive</CmdType><SN>43</SN><DeviceID>...</DeviceID><Status>OK</Status></Notify>
//
// The 2016 text declares GB2312, the 2022 text GB18030, devices send any of them or UTF-8 whatever they declare;
// the bytes decide. Names are matched in any letter case, and as attributes of the root where there is no child.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace gbkit::wire {

struct Manscdp {
    std::string root;       // Control, Query, Notify, Response
    std::string cmd_type;   // Keepalive, Catalog, DeviceInfo ...; texts are UTF-8, empty when absent
    std::string sn;
    std::string device_id;
    std::string status;
};

/// At most 1 MiB and 65,536 tags (too_large). No XML element at all, or broken XML, is malformed (at an
/// offset when the body is UTF-8, else at 0).
[[nodiscard]] Result<Manscdp> parse_manscdp(std::string_view body);

}  // namespace gbkit::wire
