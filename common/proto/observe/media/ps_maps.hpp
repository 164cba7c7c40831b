// Rules about the program stream map (ISO/IEC 13818-1 2.5.4) and about what it says of the streams.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "proto/observe/media/ps_frames.hpp"
#include "proto/observe/media/ps_scene.hpp"

namespace gbkit::proto::observe {

class PsMapRules {
public:
    PsMapRules(PsScene& scene, const PsJudge::Sinks& sinks) : scene_(scene), sinks_(sinks) {}

    void map(const wire::ps::StreamMap& map);
    void pes(const wire::ps::Pes& pes);
    void frame(const FrameDone& over);
    void finish();

private:
    struct Entry {
        std::uint8_t type = 0, id = 0;
        friend bool operator==(const Entry&, const Entry&) = default;
    };
    /// What is known of one elementary stream id.
    struct Known {
        std::optional<std::uint8_t> declared;     // stream_type
        bool hidden = false;                      // its entry stands where nobody reads it
        std::optional<Finding> unmapped;          // its first PES packet, which no map had announced
        std::uint64_t unmapped_maps = 0;          // maps since
        std::optional<Finding> flip;              // its type changed; does the content?
        wire::codec::Codec before_flip = wire::codec::Codec::unknown;
    };
    void checksum(const wire::ps::StreamMap& map);
    void lengths(const wire::ps::StreamMap& map);
    void entries(const wire::ps::StreamMap& map);
    void late_or_missing();
    void codec(const FrameDone& over);

    PsScene& scene_;
    const PsJudge::Sinks& sinks_;
    std::vector<Entry> entries_;
    std::uint8_t version_ = 0;
    [[nodiscard]] Known& of(std::uint8_t id);
    std::array<std::unique_ptr<Known>, 256> known_;
    std::optional<Finding> no_map_;               // the first key frame, which came without a map
    bool no_map_told_ = false;
};

}  // namespace gbkit::proto::observe
