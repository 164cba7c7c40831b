// Rules about the pictures: parameter sets, key frames, profiles, and what loss made of them.
#pragma once

#include <array>

#include "proto/observe/media/ps_frames.hpp"
#include "proto/observe/media/ps_scene.hpp"

namespace gbkit::proto::observe {

class PsPictureRules {
public:
    explicit PsPictureRules(PsScene& scene) : scene_(scene) {}

    /// Sets depends_on_damage, counts, and judges.
    void frame(FrameDone& over);
    void finish();

private:
    struct Track {
        bool sets_seen = false;
        std::uint64_t keys_without = 0;
        std::optional<Finding> no_sets;
        std::optional<std::uint64_t> last_key, last_pts;   // PTS: of the last key frame, of the last frame
        std::int64_t since_key = 0;                        // 90 kHz
        std::uint64_t frames_since_key = 0;
        bool no_key_told = false;
        std::int64_t usual = 0;                            // PTS step
        bool broken = false;                               // until the next key frame
        std::optional<Finding> episode;                    // the first damage since the last whole key frame
        std::uint64_t damaged = 0, following = 0;          // in it
    };
    void damage(Track& track, FrameDone& over);
    void end_episode(Track& track);
    void parameter_sets(Track& track, const FrameDone& over);
    void key_frames(Track& track, const FrameDone& over);
    void format(Track& track, const FrameDone& over);

    PsScene& scene_;
    std::array<Track, 16> tracks_;
};

}  // namespace gbkit::proto::observe
