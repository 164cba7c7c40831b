// MANSCDP+xml, the XML inside MESSAGE (GB/T 28181 annex A): what a body is, and what an observer reads from it.
//
//   <Notify><CmdType>Keepalive</CmdType><SN>43</SN><DeviceID>...</DeviceID><Status>OK</Status></Notify>
//
//   <Response><CmdType>Catalog</CmdType><SN>7</SN><DeviceID>...</DeviceID><SumNum>140</SumNum>
//     <DeviceList Num="1"><Item><DeviceID>...</DeviceID><Name>...</Name> ... </Item></DeviceList></Response>
//
// The 2016 text declares GB2312, the 2022 text GB18030, devices send any of them or UTF-8 whatever they declare;
// the bytes decide. Names are matched in any letter case, and as attributes of the root where there is no child.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

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

/// One Item of a list, texts as sent in UTF-8; empty when absent. A password in it is not read.
struct ManscdpItem {
    std::string device_id;
    std::string name;
    std::string manufacturer;
    std::string parent_id;
    std::string business_group_id;
    std::string parental;
    std::string status;
    std::string event;       // Catalog in NOTIFY: ON, OFF, ADD ...
    std::string start_time;  // RecordList
    std::string end_time;
};

struct ManscdpList {
    std::string name;                    // DeviceList, RecordList, PresetList ...
    std::optional<std::uint64_t> num;    // its attribute Num
    std::vector<ManscdpItem> items;      // one for each child element
};

/// All an observer needs of a body.
struct ManscdpBody {
    Manscdp head;
    bool attributes = false;                     // CmdType or SN is an attribute of the root (against annex A)
    std::optional<std::uint64_t> sum_num;        // SumNum, when it is a number
    std::optional<ManscdpList> list;             // the first child whose name ends in List
    std::vector<std::pair<std::string, std::string>> fields;  // other children: name and text, 64 at most

    /// The text of the first such field, or empty; letter case ignored.
    [[nodiscard]] std::string_view value(std::string_view name) const noexcept;
    [[nodiscard]] bool has(std::string_view name) const noexcept;
};

/// Errors as those of parse_manscdp().
[[nodiscard]] Result<ManscdpBody> parse_manscdp_body(std::string_view body);

}  // namespace gbkit::wire
