// Rules about time: SCR, PTS, DTS and the RTP timestamp (13818-1 2.7.1, 2.7.4, 2.7.5; GB/T 28181-2022 4.3.6).
//
// The clocks are compared with each other and with the arrival, frame by frame: a clock that jumps alone is wrong,
// clocks that move together while nothing arrives are a pause.
#pragma once

#include <array>
#include <memory>

#include "proto/observe/media/ps_frames.hpp"
#include "proto/observe/media/ps_scene.hpp"

namespace gbkit::proto::observe {

class PsTimingRules {
public:
    explicit PsTimingRules(PsScene& scene) : scene_(scene) {}

    /// Before an RTP packet is parsed; `inside`: its first byte continues a PES packet.
    void packet(const RtpInOrder& packet, bool inside);
    void frame(const FrameDone& over);
    void finish();

private:
    /// The timeline of one elementary stream.
    struct Line {
        std::optional<std::uint64_t> pts, scr;         // of the frame before, as sent
        std::optional<std::uint32_t> rtp;
        Time arrived{};
        std::int64_t unwrapped = 0;                    // PTS without wraps and jumps
        std::int64_t first = 0, last = 0;              // of them
        bool started = false;
        std::int64_t usual = 0;                        // step between frames
        std::uint32_t usual_run = 0;                   // times in a row that it came about so
        std::int64_t run_first = 0, run_last = 0;      // a stretch without loss or jump
        std::uint64_t run_steps = 0, steps = 0, span = 0;
        std::optional<std::uint64_t> before_jump;      // PTS before a jump: back there, it was one outlier
        std::uint64_t between = 0;                     // frames without PTS since
        std::uint32_t without_pts = 0, still = 0, dts_zero = 0;
        std::optional<Finding> first_without, first_still;
        std::optional<std::int64_t> last_key;
        double longest_key_interval = 0;
    };
    [[nodiscard]] Line& line(std::uint8_t id);
    void presence(Line& line, const FrameDone& over);
    void standing(Line& line, const FrameDone& over);
    void wrap(Line& line, const FrameDone& over, std::uint64_t now, std::int64_t step);
    /// True when the step is no ordinary one.
    bool jump(Line& line, const FrameDone& over, std::uint64_t now, std::int64_t step);
    void long_gap(const Line& line, const FrameDone& over, std::int64_t step);
    void rtp_repeats(const Line& line, const FrameDone& over);
    static void advance(Line& line, std::int64_t step, bool broken);
    static void statistics(Line& line, const FrameDone& over);

    PsScene& scene_;
    std::array<std::unique_ptr<Line>, 64> lines_;      // C0-DF, E0-EF
    std::optional<std::uint32_t> last_timestamp_;
};

}  // namespace gbkit::proto::observe
