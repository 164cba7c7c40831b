// An elementary stream cut into what a muxer takes: access units of Annex B video, ADTS frames, G.711 by length.
//
// A new access unit begins with the first slice of a picture, or with a delimiter, parameter set or SEI that comes
// after the slices of the one before (H.264 7.4.1.2.3, H.265 7.4.2.4.4).
#pragma once

#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "wire/codec/codec.hpp"

namespace gbkit::wire::codec {

struct AccessUnitCut {
    ByteView bytes;          // with its start codes
    bool key = false;        // IDR or IRAP
};
/// H.264 or H.265; bytes before the first start code are left out. A unit without a slice stays with the next one.
[[nodiscard]] std::vector<AccessUnitCut> split_access_units(ByteView stream, Codec codec);

/// Whole ADTS frames; stops where the chain breaks (the rest is not given).
[[nodiscard]] std::vector<ByteView> split_adts(ByteView stream);
/// Pieces of that many bytes; the last may be shorter.
[[nodiscard]] std::vector<ByteView> split_evenly(ByteView stream, std::size_t bytes);

}  // namespace gbkit::wire::codec
