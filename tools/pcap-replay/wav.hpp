// A WAV file of G.711: 8 kHz, mono, A-law (format 6) or mu-law (7); RFC 2361, with the fact chunk that they need.
#pragma once

#include "base/bytes.hpp"

namespace gbkit::replay_tool {

[[nodiscard]] Bytes wav_of_g711(bool mu_law, ByteView samples);

}  // namespace gbkit::replay_tool
