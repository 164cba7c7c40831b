#include "proto/observe/media/ps_scene.hpp"

#include <algorithm>

namespace gbkit::proto::observe {

namespace {

constexpr std::uint32_t told_limit = 10'000;  // of one kind in one stream
constexpr std::uint64_t clock_mask = (std::uint64_t{1} << 33) - 1;

}  // namespace

const PsSegment* PsPlaces::at(std::uint64_t offset) const noexcept {
    const std::uint64_t kept = std::min<std::uint64_t>(count_, ring_.size());
    for (std::uint64_t back = 1; back <= kept; ++back) {
        const PsSegment& segment = ring_[(count_ - back) % ring_.size()];
        if (segment.begin <= offset) return &segment;
    }
    return nullptr;
}

Finding PsTeller::about(FindingId id, std::uint64_t offset, Certainty certainty, const RtpPlace* place) const {
    Finding finding;
    finding.id = id;
    finding.certainty = certainty;
    finding.subject = context_.subject;
    finding.seen_from = context_.seen_from;
    finding.where.offset = offset;
    if (place == nullptr) return finding;
    if (place->frame != 0) finding.where.frame = place->frame;
    finding.where.time = place->time;
    finding.values.emplace_back("packet", std::to_string(place->packet));
    return finding;
}

Finding PsTeller::at(FindingId id, std::uint64_t offset, Certainty certainty) const {
    const PsSegment* const segment = places_.at(offset);
    return about(id, offset, certainty, segment ? &segment->place : nullptr);
}

Finding PsTeller::at(FindingId id, const MediaFrame& frame, Certainty certainty) const {
    return about(id, frame.offset, certainty, frame.first.packet != 0 ? &frame.first : nullptr);
}

void PsTeller::tell(Finding finding) {
    if (!sink_ || ++told_[finding.id.slug] > told_limit) return;
    sink_(std::move(finding));
}

ElementaryStream& PsScene::stream(std::uint8_t id) {
    if (streams_[id] == nullptr) {
        ElementaryStream& made = report.streams[id];
        made.id = id;
        streams_[id] = &made;
    }
    return *streams_[id];
}

std::int64_t clock_step(std::uint64_t from, std::uint64_t to) noexcept {
    const std::uint64_t forward = (to - from) & clock_mask;
    constexpr std::uint64_t half = std::uint64_t{1} << 32;
    return forward < half ? static_cast<std::int64_t>(forward)
                          : static_cast<std::int64_t>(forward) - static_cast<std::int64_t>(clock_mask) - 1;
}

std::string hex_id(std::uint8_t id) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    return {digits[id >> 4], digits[id & 15]};
}

}  // namespace gbkit::proto::observe
