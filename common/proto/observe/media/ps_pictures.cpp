#include "proto/observe/media/ps_pictures.hpp"

#include <utility>

#include "base/findings/ps.hpp"

namespace gbkit::proto::observe {

using wire::codec::Codec;
using wire::codec::FrameType;

namespace {

constexpr std::int64_t second = 90'000;
constexpr std::int64_t key_frame_limit = 20 * second;
constexpr std::uint64_t key_frame_frames = 100;

}  // namespace

void PsPictureRules::frame(FrameDone& over) {
    Track& track = tracks_[over.stream.id & 15U];
    const MediaFrame& frame = over.frame;
    damage(track, over);
    ++scene_.report.frames;
    if (frame.type == FrameType::key) {
        ++scene_.report.key_frames;
        ++over.stream.key_frames;
    }
    over.stream.largest_frame = std::max(over.stream.largest_frame, frame.bytes);
    if (over.packs > 1 && !scene_.generic) {
        Finding finding = scene_.tell.at(findings::ps_frame_over_packs, frame);
        finding.observed = std::to_string(over.packs);
        scene_.tell.tell(std::move(finding));
    }
    if (over.unit == nullptr || scene_.generic) return;
    format(track, over);
    parameter_sets(track, over);
    key_frames(track, over);
}

/// A frame with a hole is damaged; until the next whole key frame all others are built on it. Frames that are missing
/// as a whole show as a step in PTS.
void PsPictureRules::damage(Track& track, FrameDone& over) {
    MediaFrame& frame = over.frame;
    const bool key = frame.type == FrameType::key && !frame.damaged;
    bool missing = false;
    std::uint64_t gone = 0;   // whole frames that never came
    if (over.lost_before && !frame.damaged && !key) {
        const std::int64_t step = frame.pts && track.last_pts ? clock_step(*track.last_pts, *frame.pts) : 0;
        missing = track.last_pts && track.usual != 0 && (step <= 0 || step * 2 > track.usual * 3);
        if (missing) gone = track.usual > 0 && step > track.usual && step < 60 * second ? static_cast<std::uint64_t>((step + track.usual / 2) / track.usual - 1) : 1;
    }
    if (key && track.episode) end_episode(track);
    if (key) track.broken = false;
    if ((frame.damaged || missing) && !track.episode) {
        // A file shows a hole only by lengths that lead nowhere: they may be wrong instead.
        const Certainty hole = scene_.context.rtp ? Certainty::certain : Certainty::likely;
        track.episode = scene_.tell.at(findings::media_frames_damaged, frame, scene_.capture_lost ? Certainty::possible : hole);
        track.damaged = track.following = 0;
    }
    track.damaged += gone;
    frame.depends_on_damage = track.broken || missing;
    if (frame.depends_on_damage && !frame.damaged) {
        ++scene_.report.undecodable_frames;
        ++track.following;
    }
    if (frame.damaged) {
        ++scene_.report.damaged_frames;
        ++over.stream.damaged_frames;
        ++track.damaged;
    }
    if (frame.damaged || missing) track.broken = true;
    if (frame.pts) {
        if (track.last_pts && !over.lost_before)
            if (const std::int64_t step = clock_step(*track.last_pts, *frame.pts); step > 0 && step < second) track.usual = step;
        track.last_pts = frame.pts;
    }
}

void PsPictureRules::end_episode(Track& track) {
    Finding finding = *std::exchange(track.episode, std::nullopt);
    finding.observed = std::to_string(track.damaged);
    finding.values.emplace_back("following", std::to_string(track.following));
    scene_.tell.tell(std::move(finding));
}

void PsPictureRules::format(Track&, const FrameDone& over) {
    const wire::codec::AccessUnit& unit = *over.unit;
    if (unit.format) {
        over.stream.format = unit.format;
        if (unit.codec == Codec::h264 && unit.format->profile != "Baseline" && unit.format->profile != "Constrained Baseline" &&
            scene_.tell.first(findings::media_profile_above_baseline, over.stream.id)) {
            Finding finding = scene_.tell.at(findings::media_profile_above_baseline, over.frame);
            finding.observed = unit.format->profile;
            scene_.tell.tell(std::move(finding));
        }
        if (unit.codec == Codec::h265 && scene_.tell.first(findings::media_h265_for_browser, over.stream.id)) {
            Finding finding = scene_.tell.at(findings::media_h265_for_browser, over.frame);
            finding.observed = std::to_string(unit.format->width) + 'x' + std::to_string(unit.format->height);
            if (!unit.format->profile.empty()) finding.observed = unit.format->profile + ' ' + finding.observed;
            scene_.tell.tell(std::move(finding));
        }
    }
    if (unit.short_start_codes > 0 && scene_.tell.first(findings::media_short_start_codes, over.stream.id))
        scene_.tell.tell(scene_.tell.at(findings::media_short_start_codes, over.frame));
}

/// GB/T 28181-2022 F.2.2: SPS and PPS before each I frame.
void PsPictureRules::parameter_sets(Track& track, const FrameDone& over) {
    const wire::codec::AccessUnit& unit = *over.unit;
    if (unit.codec != Codec::h264 && unit.codec != Codec::h265) return;
    const bool sets = unit.sps && unit.pps;
    if (unit.sps) {
        track.sets_seen = true;
        track.no_sets.reset();
    }
    if (over.frame.type != FrameType::key || over.frame.damaged || !over.whole_start || sets || !unit.slice) return;
    ++track.keys_without;
    // In RTP they may have come before anybody looked; a file begins where it begins.
    const Certainty sure = scene_.context.rtp && !track.sets_seen ? Certainty::likely : Certainty::certain;
    Finding finding = scene_.tell.at(track.sets_seen ? findings::media_parameter_sets_rare : findings::media_no_parameter_sets, over.frame, sure);
    finding.values.emplace_back("id", hex_id(over.stream.id));
    if (track.sets_seen) {
        if (scene_.tell.first(findings::media_parameter_sets_rare, over.stream.id)) scene_.tell.tell(std::move(finding));
        return;
    }
    if (!track.no_sets) track.no_sets = finding;
    else if (scene_.tell.first(findings::media_no_parameter_sets, over.stream.id)) scene_.tell.tell(*track.no_sets);
}

void PsPictureRules::key_frames(Track& track, const FrameDone& over) {
    const MediaFrame& frame = over.frame;
    if (frame.type == FrameType::key || frame.type == FrameType::intra || over.lost_before || frame.type == FrameType::unknown) {
        track.last_key = frame.pts;
        track.frames_since_key = 0;
        track.no_key_told = false;
        return;
    }
    if (!track.last_key) track.last_key = frame.pts;
    ++track.frames_since_key;
    if (track.no_key_told || !frame.pts || !track.last_key || track.frames_since_key < key_frame_frames) return;
    const std::int64_t since = clock_step(*track.last_key, *frame.pts);
    if (since < key_frame_limit || since > 100 * key_frame_limit) return;
    track.no_key_told = true;
    Finding finding = scene_.tell.at(findings::media_no_key_frame, frame);
    finding.observed = std::to_string(since / second);
    finding.values.emplace_back("id", hex_id(over.stream.id));
    scene_.tell.tell(std::move(finding));
}

void PsPictureRules::finish() {
    for (Track& track : tracks_) {
        if (track.episode) end_episode(track);
        if (!track.no_sets || track.keys_without != 1) continue;
        track.no_sets->certainty = Certainty::likely;   // one key frame proves no habit
        scene_.tell.tell(*track.no_sets);
    }
}

}  // namespace gbkit::proto::observe
