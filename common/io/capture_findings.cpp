#include "io/capture_findings.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/findings/capture.hpp"
#include "base/findings/catalog.hpp"
#include "base/findings/connection.hpp"
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

constexpr std::uint64_t least_segments = 100;
constexpr std::uint64_t least_missing_copies = 3;   // the first and the last packets may have theirs outside the capture
constexpr double by_chance = 1e-3;

std::uint64_t missing_copies(const CaptureFacts& facts) noexcept {
    return facts.copies_missing >= least_missing_copies ? facts.copies_missing : 0;
}

Finding own_loss(const CaptureFacts& facts) {
    Finding finding;
    finding.id = findings::capture_lost_packets;
    finding.where.time = facts.last;
    finding.observed = percent_text(lost_share(facts));
    std::string evidence, evidence_zh;
    if (facts.tcp_lost_segments > 0) {
        evidence = fmt::format("TCP confirms {} bytes that were never captured, some {} segments", facts.tcp_lost_bytes, facts.tcp_lost_segments);
        evidence_zh = fmt::format("TCP 已确认而从未抓到的有 {} 字节,约 {} 段", facts.tcp_lost_bytes, facts.tcp_lost_segments);
    }
    if (const std::uint64_t missing = missing_copies(facts); missing > 0) {
        evidence += fmt::format("{}{} packets came once where all others come twice", evidence.empty() ? "" : "; ", missing);
        evidence_zh += fmt::format("{}有 {} 个报文只出现一次,而其他报文都出现两次", evidence_zh.empty() ? "" : ";", missing);
    }
    finding.values = {{"evidence", std::move(evidence)}, {"evidence_zh", std::move(evidence_zh)}};
    return finding;
}

const std::string* value_of(const Finding& finding, std::string_view name) {
    for (const auto& [key, value] : finding.values)
        if (key == name) return &value;
    return nullptr;
}

double number_in(const std::string* text) { return text == nullptr ? 0 : static_cast<double>(to_number(*text).value_or(0)); }

/// How many messages are missing: its count, or those that would have brought the rest of a list; at least one.
double absences(const Finding& finding) {
    const double parts = number_in(value_of(finding, "parts"));
    if (parts == 0) return std::max(1.0, number_in(value_of(finding, "count")));
    const double got = number_in(&finding.observed), wanted = number_in(&finding.expected);
    return got == 0 ? parts : std::max(1.0, (wanted - got) / got * parts);
}

/// What a stream's loss leads to.
bool follows_from_loss(FindingId id) noexcept {
    using namespace findings;
    static constexpr FindingId all[] = {rtp_lost, rtp_loss_above_limit, media_frames_damaged, rtp_framing_lost, ps_place_lost, ps_ends_inside};
    return std::find(std::begin(all), std::end(all), id) != std::end(all);
}

/// What lasts for seconds or for ever is no matter of single packets.
bool lasts(FindingId id) noexcept {
    using namespace findings;
    static constexpr FindingId all[] = {rtp_silence, rtp_sequence_jumps, media_no_key_frame, media_no_parameter_sets, ps_no_psm};
    return std::find(std::begin(all), std::end(all), id) != std::end(all);
}

}  // namespace

double lost_share(const CaptureFacts& facts) noexcept {
    const auto segments = static_cast<double>(std::max(facts.tcp_lost_segments + facts.tcp_data_segments, least_segments));
    const auto missing = static_cast<double>(missing_copies(facts));
    const double of_copies = missing > 0 ? missing / (2 * static_cast<double>(facts.copies) + missing) : 0;
    return std::max(static_cast<double>(facts.tcp_lost_segments) / segments, of_copies);
}

std::string percent_text(double share) { return fmt::format("{:.2g} %", share * 100); }

void weigh(Finding& finding, const CaptureFacts& facts, const StreamLoss& loss_of) {
    const double share = lost_share(facts);
    if (!rests_on_absence(finding.id) || (share == 0 && facts.not_captured == 0)) return;
    bool explained = facts.not_captured > 0;   // how much that was of what, nobody knows
    if (follows_from_loss(finding.id)) {
        const std::optional<double> lost = loss_of ? loss_of(finding.subject) : std::nullopt;
        explained = explained || (lost && *lost <= share);
    } else if (!lasts(finding.id)) {
        explained = explained || std::pow(share, absences(finding)) >= by_chance;
    }
    if (!explained) return;
    finding.certainty = Certainty::possible;
    finding.capture_lossy = true;
}

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
    if (lost_share(facts) > 0) found.push_back(own_loss(facts));
    else add(findings::capture_tcp_gap, facts.tcp_gap_bytes);
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
        connection_no_answer, dialog_media_unanswered, dialog_media_not_dialled, dialog_unanswered, dialog_ack_missing,
        query_unanswered, config_unanswered,
        catalog_incomplete, catalog_too_slow, records_incomplete,
        rtp_lost, rtp_loss_above_limit, rtp_sequence_jumps, rtp_silence, rtp_framing_lost, ps_place_lost, ps_ends_inside, ps_no_psm,
        media_frames_damaged, media_no_parameter_sets, media_no_key_frame,
    };
    return std::find(std::begin(absent), std::end(absent), id) != std::end(absent);
}

}  // namespace gbkit::io
