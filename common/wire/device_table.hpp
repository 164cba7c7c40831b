// A list of devices as people keep it: a table out of Excel, "id,username,password,profile,transport".
//
// What Excel writes depends on its language: UTF-8 with a byte order mark or GBK without, commas or semicolons or
// tabs, CRLF, quotes where a cell holds a separator (RFC 4180). A first row with names puts the columns in any
// order; without it they stand in the order above. Everything after `id` may be left out or empty. An ID that
// Excel took for a number is lost (3.402E+19) and refused: it keeps 15 digits. Pure; linear in the size.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace gbkit::wire {

struct DeviceRow {
    std::string id;
    std::string username;   // empty: the ID
    std::string password;   // empty: the common one
    std::string profile;    // a make whose habits it has, lower case; empty: the common one
    std::string transport;  // udp, tcp, tls; empty: the common one
    std::size_t line = 0;   // in the file, from 1
};

struct DeviceTable {
    std::vector<DeviceRow> rows;
    std::vector<std::string> unused;  // columns whose name says nothing to us
};

struct DeviceTableLimits {
    std::size_t rows = 1'000'000;
    std::size_t cells = 64;        // in a row
    std::size_t cell_bytes = 256;
};

/// What is wrong starts with its line: "line 7: the ID of line 3 again". Messages never hold a password.
[[nodiscard]] Result<DeviceTable> parse_device_table(std::string_view bytes, const DeviceTableLimits& limits = {});

}  // namespace gbkit::wire
