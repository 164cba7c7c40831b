// What muxers get wrong in SCR, PTS and DTS: rows 22 to 25 of the field table, M16, M17.
#include "base/findings/ps.hpp"
#include "proto/fault/pack_fault.hpp"
#include "wire/ps/clock.hpp"

namespace gbkit::proto::fault {

namespace {

constexpr std::uint64_t before_the_wrap = 18'000;  // 0.2 s
constexpr std::uint64_t steady_packs = 10;         // before something happens

// Begins `before_the_wrap` ticks before `wrap`.
void begin_before(std::uint64_t wrap, PackEdit& pack, const PackHistory& history) {
    std::uint64_t first = history.first_scr.value_or(0);
    if (!history.first_scr && !pack.units.empty() && pack.units.front().id == 0xBA)
        first = wire::ps::read_scr(ByteView(pack.units.front().header).subspan(4));
    pack.change_times([&](std::uint64_t time) { return (time - first + wrap - before_the_wrap) % wrap; });
}

void wraps(PackEdit& pack, const PackHistory& history) { begin_before(1ULL << 33, pack, history); }
void wraps_early(PackEdit& pack, const PackHistory& history) { begin_before(1ULL << 32, pack, history); }

void jumps(PackEdit& pack, const PackHistory& history) {
    if (history.video_packs >= steady_packs) pack.change_times([](std::uint64_t time) { return time + 3600 * 90'000ULL; });
}

void pauses(PackEdit& pack, const PackHistory& history) {
    if (history.video_packs >= steady_packs) pack.change_times([](std::uint64_t time) { return time + 90'000; });
}

void always_zero(PackEdit& pack, const PackHistory&) {
    for (PackUnit& unit : pack.units)
        if (unit.is_pes()) PackEdit::change_unit_times(unit, [](std::uint64_t) { return 0; });
}

void no_pts(PackEdit& pack, const PackHistory&) {
    for (PackUnit& unit : pack.units) {
        if (!unit.is_pes() || unit.header.size() < 9) continue;
        unit.header.resize(9);
        unit.header[7] = unit.header[8] = 0;
        unit.fit_length();
    }
}

void audio_in_samples(PackEdit& pack, const PackHistory&) {
    for (PackUnit& unit : pack.units)
        if (unit.is_audio()) PackEdit::change_unit_times(unit, [](std::uint64_t time) { return time * 4 / 45; });
}

}  // namespace

std::vector<PackFault> time_faults() {
    using namespace findings;
    return {
        {ps_timestamp_wrap, {"comes to the end of its clock after 0.2 s", "0.2 秒后 33 位时钟正常回绕"}, wraps},
        {ps_timestamp_wraps_early, {"lets its clock begin again at 2^32", "时钟在 2^32 处回绕"}, wraps_early},
        {ps_timestamp_jump, {"lets its clock jump an hour after ten frames", "十帧后时钟跳变一小时"}, jumps},
        {ps_gap_too_long, {"pauses its clock for a second after ten frames", "十帧后时间戳中断一秒"}, pauses},
        {ps_timestamps_zero, {"writes 0 for every PTS and DTS", "PTS 和 DTS 一律写 0"}, always_zero},
        {ps_pts_missing, {"writes no PTS", "不写 PTS"}, no_pts},
        {ps_audio_clock_8k, {"counts audio PTS in samples", "音频 PTS 以采样数计"}, audio_in_samples, {"audio at 8 kHz", "8 kHz 音频"}},
    };
}

}  // namespace gbkit::proto::fault
