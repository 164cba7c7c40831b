// A URL, or the part of one, that was found in traffic, as it may be shown: passwords and tokens are masked.
#pragma once

#include <string>
#include <string_view>

namespace gbkit::wire {

/// "rtsp://admin:1234@10.1.0.3/live?token=x&b" becomes "rtsp://***@10.1.0.3/live?token=***&***": what stands before the
/// @ of the authority, the value after each '=', and each part of a query that has no name.
[[nodiscard]] std::string masked_url(std::string_view url);

}  // namespace gbkit::wire
