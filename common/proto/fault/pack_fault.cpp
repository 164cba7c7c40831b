#include "proto/fault/pack_fault.hpp"

#include <algorithm>

#include "wire/ps/clock.hpp"
#include "wire/ps/events.hpp"

namespace gbkit::proto::fault {

const std::vector<PackFault>& all_pack_faults() {
    static const std::vector<PackFault> all = [] {
        std::vector<PackFault> faults;
        for (const auto table : {map_faults, header_faults, length_faults, picture_faults, time_faults})
            for (const PackFault& fault : table()) faults.push_back(fault);
        return faults;
    }();
    return all;
}

const PackFault* find_pack_fault(std::string_view slug) noexcept {
    const auto& all = all_pack_faults();
    const auto found = std::find_if(all.begin(), all.end(), [&](const PackFault& fault) { return fault.id.slug == slug; });
    return found == all.end() ? nullptr : &*found;
}

Result<PackFilter> PackFilter::make(std::string_view slug) {
    if (const PackFault* fault = find_pack_fault(slug)) return PackFilter(*fault);
    return fail(Errc::not_found, "a fault of the muxer");
}

void PackFilter::apply(Bytes& pack) {
    auto edit = PackEdit::read(pack);
    if (!edit || edit->units.empty()) {
        written_ += pack.size();
        return;
    }
    const PackEdit made = *edit;
    if (fault_->edit) fault_->edit(*edit, history_);
    note_first_edit(made, *edit);
    note(made);
    history_.last_pack.swap(pack);
    pack = edit->bytes();
    written_ += pack.size();
}

// The first unit that differs; what follows it may be the same again.
void PackFilter::note_first_edit(const PackEdit& made, const PackEdit& edited) {
    if (first_edit_ || made.units == edited.units) return;
    std::uint64_t at = written_;
    for (std::size_t i = 0; i < edited.units.size() && i < made.units.size() && made.units[i] == edited.units[i]; ++i)
        at += made.units[i].header.size() + made.units[i].payload.size();
    first_edit_ = at;
}

void PackFilter::note(const PackEdit& made) {
    const PackUnit& first = made.units.front();
    if (!history_.first_scr && first.id == wire::ps::stream_id::pack)
        history_.first_scr = wire::ps::read_scr(ByteView(first.header).subspan(4));
    ++history_.packs;
    if (made.has_video()) ++history_.video_packs;
    if (made.has(wire::ps::stream_id::map)) ++history_.maps;
}

void PackFilter::finish(Bytes& out) {
    if (!fault_->at_end) return;
    const std::size_t before = out.size();
    fault_->at_end(out, history_);
    if (!first_edit_ && out.size() > before) first_edit_ = written_;
    written_ += out.size() - before;
}

}  // namespace gbkit::proto::fault
