// What all rules about one program stream share: where its bytes came from, how to tell a finding, the report.
//
// A byte of the stream leads to the RTP packet that carried it through a ring of the latest packets: what is said of a
// header is said soon after it. What is said of a frame when it is over is said of the packet the frame remembers.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "proto/observe/media/ps_judge.hpp"

namespace gbkit::proto::observe {

/// One RTP packet's payload as a stretch of the program stream.
struct PsSegment {
    std::uint64_t begin = 0, end = 0;    // offsets in the program stream
    std::uint64_t serial = 0;            // packets in sequence order, from 1
    RtpPlace place;
    std::uint32_t timestamp = 0;
    std::uint16_t sequence = 0;
    bool marker = false;
};

class PsPlaces {
public:
    void add(const PsSegment& segment) noexcept { ring_[count_++ % ring_.size()] = segment; }
    /// The packet that carried that byte; nullptr for files and for what is long gone.
    [[nodiscard]] const PsSegment* at(std::uint64_t offset) const noexcept;
    [[nodiscard]] const PsSegment* newest() const noexcept { return count_ == 0 ? nullptr : &ring_[(count_ - 1) % ring_.size()]; }

private:
    std::array<PsSegment, 128> ring_{};
    std::uint64_t count_ = 0;
};

/// Makes and tells findings; each kind a bounded number of times.
class PsTeller {
public:
    PsTeller(const StreamContext& context, const PsPlaces& places, const FindingSink& sink)
        : context_(context), places_(places), sink_(sink) {}

    /// A finding about the byte at `offset`, with the packet that carried it.
    [[nodiscard]] Finding at(FindingId id, std::uint64_t offset, Certainty certainty = Certainty::certain) const;
    /// A finding about a frame: the byte and the packet where it begins.
    [[nodiscard]] Finding at(FindingId id, const MediaFrame& frame, Certainty certainty = Certainty::certain) const;
    void tell(Finding finding);
    /// True the first time of that kind (and `key`): habits that stand in every pack are told once.
    [[nodiscard]] bool first(FindingId id, std::uint64_t key = 0) { return told_once_.emplace(id.slug, key).second; }

private:
    [[nodiscard]] Finding about(FindingId id, std::uint64_t offset, Certainty certainty, const RtpPlace* place) const;

    const StreamContext& context_;
    const PsPlaces& places_;
    const FindingSink& sink_;
    std::set<std::pair<std::string_view, std::uint64_t>> told_once_;
    std::map<std::string_view, std::uint32_t> told_;
};

struct PsScene {
    PsScene(StreamContext given, const FindingSink& sink) : context(std::move(given)), tell(context, places, sink) {}
    PsScene(const PsScene&) = delete;
    PsScene& operator=(const PsScene&) = delete;

    StreamContext context;
    PsPlaces places;
    PsTeller tell;
    StreamReport report;
    bool damaged = false;               // bytes were lost since the last pack header: structure proves nothing
    bool capture_lost = false;          // the last hole is the capture's: the receiver may have had it all
    bool generic = false;               // another muxer's stream: the rules of GB/T 28181 are not asked
    std::optional<wire::ps::Pack> pack; // the present one
    std::uint64_t losses = 0;           // holes so far

    /// The stream's line in the report, made when it is new.
    [[nodiscard]] ElementaryStream& stream(std::uint8_t id);

private:
    std::array<ElementaryStream*, 256> streams_{};
};

/// Difference of two 33-bit times, -2^32 ... 2^32.
[[nodiscard]] std::int64_t clock_step(std::uint64_t from, std::uint64_t to) noexcept;

[[nodiscard]] constexpr bool is_video_id(std::uint8_t id) noexcept {
    return id >= wire::ps::stream_id::first_video && id <= wire::ps::stream_id::last_video;
}
[[nodiscard]] constexpr bool is_audio_id(std::uint8_t id) noexcept {
    return id >= wire::ps::stream_id::first_audio && id <= wire::ps::stream_id::last_audio;
}
/// "E0"
[[nodiscard]] std::string hex_id(std::uint8_t id);

}  // namespace gbkit::proto::observe
