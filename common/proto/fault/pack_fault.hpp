// Faults of a muxer: edits of finished packs. Each has the name of the finding it causes.
//
// A PackFilter stands between wire::ps::Muxer, which knows nothing of it, and whatever writes the stream. It gets the
// packs (or single audio PES packets) in order, one at a time, as the muxer appended them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/finding.hpp"
#include "base/result.hpp"
#include "proto/fault/pack_edit.hpp"

namespace gbkit::proto::fault {

/// What a fault may know of the stream before this pack.
struct PackHistory {
    std::uint64_t packs = 0;              // packs and single packets
    std::uint64_t video_packs = 0;
    std::uint64_t maps = 0;
    std::optional<std::uint64_t> first_scr{};
    Bytes last_pack{};                    // as the muxer made it
};

struct PackFault {
    FindingId id;
    Bilingual what;                       // what the muxer does wrong
    void (*edit)(PackEdit& pack, const PackHistory& history);
    Bilingual needs = {};                 // what the stream must have for it to show: "audio", "frames over 64 KiB"
    void (*at_end)(Bytes& out, const PackHistory& history) = nullptr;
};

/// Every fault, maps first, then headers, lengths, payload, times.
[[nodiscard]] const std::vector<PackFault>& all_pack_faults();
[[nodiscard]] const PackFault* find_pack_fault(std::string_view slug) noexcept;

class PackFilter {
public:
    /// No such fault is not_found.
    [[nodiscard]] static Result<PackFilter> make(std::string_view slug);
    /// What one call of the muxer wrote; it may become empty. Bytes that are no pack stay as they are.
    void apply(Bytes& pack);
    /// After the last pack (before an end code): appends what the fault does at the end, if it does.
    void finish(Bytes& out);
    /// Where in the filtered stream the first header or PES packet stands that is not as the muxer made it.
    [[nodiscard]] std::optional<std::uint64_t> first_edit() const noexcept { return first_edit_; }

private:
    explicit PackFilter(const PackFault& fault) : fault_(&fault) {}
    void note_first_edit(const PackEdit& made, const PackEdit& edited);
    void note(const PackEdit& made);

    const PackFault* fault_;
    PackHistory history_;
    std::uint64_t written_ = 0;
    std::optional<std::uint64_t> first_edit_;
};

// The tables, one per subject.
[[nodiscard]] std::vector<PackFault> map_faults();
[[nodiscard]] std::vector<PackFault> header_faults();
[[nodiscard]] std::vector<PackFault> length_faults();
[[nodiscard]] std::vector<PackFault> time_faults();
[[nodiscard]] std::vector<PackFault> picture_faults();

}  // namespace gbkit::proto::fault
