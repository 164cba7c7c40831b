#include "wire/codec/video.hpp"

#include <algorithm>

#include "wire/codec/nal.hpp"
#include "wire/codec/sps_common.hpp"

namespace gbkit::wire::codec {

namespace {

constexpr std::size_t head_bytes = 16;              // header, and a slice header up to its type
constexpr std::uint64_t give_up_after = 256 * 1024; // bytes of a unit without a slice

void strip_zeros(Bytes& nal) {  // trailing_zero_8bits; the header stays, whatever it is
    while (nal.size() > 1 && nal.back() == 0) nal.pop_back();
}

}  // namespace

std::string_view name_of(FrameType type) noexcept {
    switch (type) {
        case FrameType::key: return "key";
        case FrameType::predicted: return "P";
        case FrameType::bidirectional: return "B";
        case FrameType::intra: return "I";
        case FrameType::unknown: break;
    }
    return "?";
}

AccessUnitScanner::AccessUnitScanner() { nal_.reserve(head_bytes); }

void AccessUnitScanner::start(Codec codec) {
    unit_ = {};
    known_ = codec;
    certain_ = recovery_point_ = false;
    mode_ = Mode::before_first;
    zeros_ = 0;
    seen_ = 0;
    nal_.clear();
    context_.video_object = context_.visual_sequence = context_.other_sequence = false;
}

// A NAL unit's bytes are searched for its end only as far as they are gathered: the rest of a slice is never read.
bool AccessUnitScanner::push(ByteView piece) {
    while (!piece.empty() && mode_ != Mode::done) {
        const bool gather = mode_ == Mode::nal;
        const ByteView part = gather ? piece.first(std::min(piece.size(), limit_ - nal_.size())) : piece;
        const auto code = find_start_code(part, 0, zeros_);
        const std::size_t used = code ? code->end : part.size();
        if (gather) nal_.insert(nal_.end(), part.begin(), part.begin() + static_cast<std::ptrdiff_t>(used));
        seen_ += used;
        piece = piece.subspan(used);
        if (code) {
            start_code(code->zeros);
        } else {
            zeros_ = trailing_zeros(part, zeros_);
            if (gather && nal_.size() == limit_) look(false);
        }
        if (seen_ > give_up_after) mode_ = Mode::done;
    }
    return mode_ != Mode::done;
}

void AccessUnitScanner::start_code(std::uint8_t zeros) {
    if (mode_ == Mode::before_first) unit_.bytes_before_nal = seen_ - 1 - zeros;
    if (mode_ == Mode::nal) {
        nal_.pop_back();  // the 01
        strip_zeros(nal_);
        look(true);
        if (mode_ == Mode::done) return;
    }
    ++(zeros > 2 ? unit_.long_start_codes : unit_.short_start_codes);
    nal_.clear();
    limit_ = head_bytes;
    zeros_ = 0;
    mode_ = Mode::nal;
}

void AccessUnitScanner::finish() {
    if (mode_ == Mode::before_first) unit_.bytes_before_nal = seen_;
    if (mode_ == Mode::nal) {
        strip_zeros(nal_);
        look(true);
    }
    mode_ = Mode::done;
}

// `whole`: nal_ is all of the NAL unit; otherwise it is as much as was asked for.
void AccessUnitScanner::look(bool whole) {
    const NalReading reading = read_nal(nal_, whole, unit_.codec != Codec::unknown ? unit_.codec : known_, context_);
    const bool nal = reading.codec == Codec::h264 || reading.codec == Codec::h265;
    if (nal && reading.part == NalPart::sps && !whole && limit_ < max_parameter_set) {
        limit_ = max_parameter_set;
        return;
    }
    mode_ = Mode::skip;
    believe(reading);
    if (reading.codec == Codec::unknown || reading.codec != unit_.codec) return;
    if (reading.part == NalPart::slice) {
        unit_.slice = true;
        unit_.starts_slice = reading.first;
        unit_.type = reading.type == FrameType::intra && recovery_point_ ? FrameType::key : reading.type;
        mode_ = Mode::done;
        return;
    }
    take_parameter_set(reading, whole);
}

void AccessUnitScanner::believe(const NalReading& reading) {
    if (reading.codec == Codec::unknown || certain_) return;
    if (unit_.codec != Codec::unknown && !reading.certain) return;
    unit_.codec = reading.codec;
    certain_ = reading.certain;
}

void AccessUnitScanner::take_parameter_set(const NalReading& reading, bool whole) {
    unit_.vps |= reading.part == NalPart::vps;
    unit_.sps |= reading.part == NalPart::sps;
    unit_.pps |= reading.part == NalPart::pps;
    unit_.sei |= reading.part == NalPart::sei;
    recovery_point_ |= reading.recovery_point;
    unit_.delimiter |= reading.part == NalPart::delimiter;
    if (reading.part == NalPart::pps && reading.codec == Codec::h265) note_h265_pps(nal_, context_);
    if (reading.part != NalPart::sps) return;
    if (reading.codec == Codec::mpeg_video) unit_.format = parse_mpeg_sequence(nal_);
    if (!whole) return;
    if (reading.codec == Codec::h264) {
        if (auto format = parse_h264_sps(nal_)) unit_.format = std::move(*format);
    } else if (reading.codec == Codec::h265) {
        if (auto format = parse_h265_sps(nal_)) unit_.format = std::move(*format);
    }
}

}  // namespace gbkit::wire::codec
