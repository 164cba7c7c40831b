// Where packets begin in a byte stream: one frame looked at in place, and the search for the framing of a stream.
// The framer's eyes; they keep no state.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.hpp"
#include "wire/rtp/packet.hpp"

namespace gbkit::wire::rtp {

enum class Layout : std::uint8_t { length, dollar };   // | length 16 | and | '$' | channel | length 16 |
[[nodiscard]] constexpr std::size_t head_bytes_of(Layout layout) noexcept { return layout == Layout::length ? 2 : 4; }

inline constexpr std::size_t largest_packet = 0xFFFF;
inline constexpr std::size_t vendor_header_bytes = 256;     // Ehome

/// SSRCs that were seen in this stream, the last few.
class KnownSources {
public:
    [[nodiscard]] bool contains(std::uint32_t ssrc) const noexcept;
    void learn(std::uint32_t ssrc) noexcept;

private:
    std::array<std::uint32_t, 16> ssrcs_{};
    std::size_t count_ = 0, next_ = 0;
};

/// One frame: what stands at a place of the stream if a packet begins there.
struct Frame {
    enum class Fit : std::uint8_t {
        no,      // no packet can begin here
        more,    // too few bytes to say
        weak,    // version 2 and a payload type that can be
        strong,  // and an SSRC that is known, or RTCP whose length fits
    };
    Fit fit = Fit::no;
    std::size_t start = 0;       // of the frame in the view, null packets passed
    std::size_t packet = 0;      // of its packet
    std::size_t end = 0;         // of the byte after it; may be beyond the view
    bool rtcp = false;
    std::uint8_t channel = 0;    // dollar
    std::uint8_t payload_type = 0;
    std::uint16_t sequence = 0;
    std::uint32_t ssrc = 0;
    [[nodiscard]] bool fits() const noexcept { return fit == Fit::weak || fit == Fit::strong; }
};
[[nodiscard]] Frame frame_at(ByteView view, std::size_t at, Layout layout, const KnownSources& known) noexcept;
/// The two are RTP of one source and one payload type, `later` sent at most a few packets after `earlier`.
[[nodiscard]] bool follows(const Frame& earlier, const Frame& later) noexcept;

enum class Answer : std::uint8_t { no, more, yes };
/// Three packets or more stand here in a row, two of them (beyond offset 0: the first and another) of one source. `last`: nothing comes after the view, two
/// will do; one when it is all there is. On yes the sources are learnt.
[[nodiscard]] Answer framed_from(ByteView view, std::size_t at, Layout layout, bool last, KnownSources& sources) noexcept;

/// The first packet header that has `run` - 1 successors (same SSRC and payload type, sequence number one up) within
/// 64 KiB each. Linear, with a table of 16,384 places.
[[nodiscard]] std::optional<std::size_t> find_bare(ByteView view, std::size_t run);

}  // namespace gbkit::wire::rtp
