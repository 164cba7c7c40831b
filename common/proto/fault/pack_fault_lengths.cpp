// What muxers get wrong in PES_packet_length: rows 16 to 18 of the field table, M13.
#include <algorithm>

#include "base/findings/ps.hpp"
#include "proto/fault/pack_fault.hpp"

namespace gbkit::proto::fault {

namespace {

PackUnit* last_video(PackEdit& pack) {
    const auto found = std::find_if(pack.units.rbegin(), pack.units.rend(), [](const PackUnit& unit) { return unit.is_video(); });
    return found == pack.units.rend() ? nullptr : &*found;
}

std::size_t length_of(const PackUnit& unit) { return unit.header.size() + unit.payload.size() - 6; }

void length_zero(PackEdit& pack, const PackHistory&) {
    for (PackUnit& unit : pack.units)
        if (unit.is_video()) unit.set_length(0);
}

void too_long(PackEdit& pack, const PackHistory&) {
    PackUnit* video = last_video(pack);
    if (video) video->set_length(std::min<std::size_t>(65'535, length_of(*video) + 50));
}

void too_short(PackEdit& pack, const PackHistory&) {
    PackUnit* video = last_video(pack);
    if (video) video->set_length(length_of(*video) - std::min<std::size_t>(20, video->payload.size() / 2));
}

// The whole frame in one packet, its length modulo 65,536.
void length_wrapped(PackEdit& pack, const PackHistory&) {
    std::size_t total = 0;
    for (const PackUnit& unit : pack.units)
        if (unit.is_video()) total += unit.payload.size();
    const auto first = std::find_if(pack.units.begin(), pack.units.end(), [](const PackUnit& unit) { return unit.is_video(); });
    if (first == pack.units.end() || first->header.size() - 6 + total <= 65'535) return;
    for (auto next = first + 1; next != pack.units.end(); ++next) {
        if (!next->is_video()) continue;
        first->payload.insert(first->payload.end(), next->payload.begin(), next->payload.end());
        next->payload.clear();
    }
    std::erase_if(pack.units, [](const PackUnit& unit) { return unit.is_video() && unit.payload.empty(); });
    first->fit_length();
}

}  // namespace

std::vector<PackFault> length_faults() {
    using namespace findings;
    return {
        {ps_pes_length_zero, {"writes length 0 into video PES packets", "视频 PES 长度写 0"}, length_zero},
        {ps_pes_too_long, {"writes 50 bytes too many into the length of the frame's last PES packet", "每帧最后一个 PES 长度多写 50 字节"}, too_long},
        {ps_place_lost, {"writes 20 bytes too few into the length of the frame's last PES packet", "每帧最后一个 PES 长度少写 20 字节"}, too_short},
        {ps_pes_length_wrapped, {"puts frames over 64 KiB into one PES packet", "超过 64 KiB 的帧放进一个 PES"}, length_wrapped, {"frames over 64 KiB", "超过 64 KiB 的帧"}},
    };
}

}  // namespace gbkit::proto::fault
