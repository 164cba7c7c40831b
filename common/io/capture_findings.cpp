#include "io/capture_findings.hpp"

#include <algorithm>

#include "base/findings/capture.hpp"
#include "base/findings/catalog.hpp"
#include "base/findings/dialog.hpp"
#include "base/findings/ps.hpp"
#include "base/findings/register.hpp"
#include "base/findings/rtp.hpp"

namespace gbkit::io {

namespace {

struct LinkTypes {
    std::uint64_t frames = 0;
    std::string names;
};

LinkTypes unknown_link_types(const CaptureFacts& facts) {
    LinkTypes unknown;
    for (const auto& [name, count] : facts.not_decoded) {
        if (!name.starts_with("link type ")) continue;
        unknown.frames += count;
        unknown.names += (unknown.names.empty() ? "" : ", ") + name;
    }
    return unknown;
}

Finding cut_file(const CaptureFile& file, Time time) {
    Finding finding;
    finding.id = findings::capture_cut_file;
    finding.subject = file.name;
    finding.observed = file.cut->what;
    finding.where.frame = file.frames;
    finding.where.offset = file.cut->offset;
    finding.where.time = time;
    finding.values.emplace_back("offset", std::to_string(file.cut->offset));
    return finding;
}

}  // namespace

std::vector<Finding> findings_of(const CaptureFacts& facts) {
    std::vector<Finding> found;
    const auto add = [&](FindingId id, std::uint64_t count) {
        if (count == 0) return;
        Finding& finding = found.emplace_back();
        finding.id = id;
        finding.where.time = facts.last;
        finding.observed = std::to_string(count);
        finding.values.emplace_back("total", std::to_string(facts.frames));
    };
    for (const CaptureFile& file : facts.files)
        if (file.cut) found.push_back(cut_file(file, facts.last));
    add(findings::capture_cut_frames, facts.cut_frames);
    add(findings::capture_fragments_missing, facts.incomplete_datagrams);
    add(findings::capture_fragments_conflict, facts.conflicting_fragments);
    add(findings::capture_tcp_gap, facts.tcp_gap_bytes);
    add(findings::capture_tcp_conflict, facts.tcp_conflicts);
    add(findings::capture_mirror_copies, facts.duplicates);
    add(findings::capture_twins, facts.twins);
    const LinkTypes unknown = unknown_link_types(facts);
    add(findings::capture_unknown_link, unknown.frames);
    if (unknown.frames > 0) found.back().expected = unknown.names;
    add(findings::capture_time_backwards, facts.backwards);
    add(findings::capture_overrun, facts.not_captured);
    if (facts.udp + facts.tcp == 0) {
        add(findings::capture_nothing_to_judge, 1);
        found.back().observed.clear();
    }
    return found;
}

bool rests_on_absence(FindingId id) noexcept {
    using namespace findings;
    static constexpr FindingId absent[] = {
        register_challenge_lost, register_answer_lost, register_challenge_ignored, register_no_answer, keepalive_unanswered,
        dialog_unanswered, dialog_ack_missing, query_unanswered, config_unanswered, catalog_incomplete, records_incomplete,
        rtp_lost, rtp_loss_above_limit, rtp_sequence_jumps, rtp_silence, rtp_framing_lost, ps_place_lost, ps_ends_inside, ps_no_psm,
        media_frames_damaged, media_no_parameter_sets, media_no_key_frame,
    };
    return std::find(std::begin(absent), std::end(absent), id) != std::end(absent);
}

}  // namespace gbkit::io
