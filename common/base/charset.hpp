// Character sets of devices and people: UTF-8, GB2312, GBK, GB18030.
//
// GB/T 28181-2016 says GB 2312, the 2022 text says GB 18030, devices send either or UTF-8 and often
// declare another one. iconv converts; GB18030 reads everything that GB2312 and GBK can write.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace gbkit {

[[nodiscard]] bool is_utf8(std::string_view bytes) noexcept;
/// GB18030 bytes as UTF-8; malformed at the first byte that is not GB18030.
[[nodiscard]] Result<std::string> gb18030_to_utf8(std::string_view bytes);
/// UTF-8 as GB18030 bytes (GBK for every character GBK has).
[[nodiscard]] Result<std::string> utf8_to_gb18030(std::string_view utf8);

/// Text from a device for a page or a record: valid UTF-8 always. UTF-8 stays, else GB18030 is read, else
/// each byte above 0x7F becomes \xNN. Control characters become \xNN too (tab and line end as \t \r \n).
[[nodiscard]] std::string printable(std::string_view bytes);

}  // namespace gbkit
