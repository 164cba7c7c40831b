// Is this SIP? Ports say little (5060, 15060, 8160 ...); the first line says it.
#pragma once

#include <string_view>

namespace gbkit::wire::sip {

/// "METHOD uri SIP/x.y" or "SIP/x.y NNN ...", line ends before it ignored. Looks at the first line only, and at
/// most at 4 KiB. No promise that the rest is well formed.
[[nodiscard]] bool looks_like_sip(std::string_view bytes) noexcept;

}  // namespace gbkit::wire::sip
