// A fast 64-bit hash of bytes for tables (packets seen, flows). Not cryptographic, not for anything kept.
#pragma once

#include <cstdint>

#include "base/bytes.hpp"

namespace gbkit::wire {

[[nodiscard]] std::uint64_t hash64(ByteView bytes, std::uint64_t seed = 0) noexcept;

}  // namespace gbkit::wire
