// Start codes of the program stream, 00 00 01 and an id from B9 up: where one stands, and where the next one is.
//
// In its place (after a length that was right) a start code is believed. In a search it must look like a header: four
// bytes of sound or private data can look like anything.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.hpp"

namespace gbkit::wire::ps {

/// What the bytes at hand say: yes, no, or not before there are `bytes` of them. With yes, `bytes` is what was asked for.
struct Answer {
    enum class Is : std::uint8_t { yes, no, more } is = Is::no;
    std::size_t bytes = 0;

    static constexpr Answer yes(std::size_t count) { return {Is::yes, count}; }
    static constexpr Answer no() { return {Is::no, 0}; }
    static constexpr Answer more(std::size_t needed) { return {Is::more, needed}; }
    [[nodiscard]] constexpr bool is_yes() const { return is == Is::yes; }
    [[nodiscard]] constexpr bool is_no() const { return is == Is::no; }
    [[nodiscard]] constexpr bool is_more() const { return is == Is::more; }
};

/// A start code stands here, after any number of zeros. Yes: its offset (0: no extra zeros).
[[nodiscard]] Answer start_code_here(ByteView bytes) noexcept;

/// What stands here would be believed in a search: a start code and, by its id, the marker bits of a pack or system
/// header, the lengths of a map, or the fixed bits of a PES header.
[[nodiscard]] Answer credible_start(ByteView bytes) noexcept;
/// The same for pack headers only.
[[nodiscard]] Answer credible_pack(ByteView bytes) noexcept;

struct Found {
    std::size_t at = 0;      // where it stands; what is before it is not a start
    Answer answer;           // no: nothing up to `at`, the end of the bytes. more: what stands at `at` is cut off
};
/// The first credible start. A start code that begins exactly at `trusted` needs no more than its id.
[[nodiscard]] Found find_start(ByteView bytes, std::size_t trusted) noexcept;
/// The first credible pack header that begins before `limit`.
[[nodiscard]] Found find_pack(ByteView bytes, std::size_t limit) noexcept;

}  // namespace gbkit::wire::ps
