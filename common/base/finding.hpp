// Findings: what the kit has to say about a conversation, and the catalogue that says how to say it.
//
// A finding names a catalogue entry, the evidence and how sure we are. Everything a person reads (message,
// advice, clause) stands in the catalogue, in English and Chinese, with {named} placeholders. Findings that
// follow from another one (`implies`) are not shown as causes.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "base/time.hpp"

namespace gbkit {

/// A readable slug, "digest-realm-mismatch". The constants stand in base/findings/*.hpp; it never changes.
struct FindingId {
    std::string_view slug;
    friend auto operator<=>(const FindingId&, const FindingId&) = default;
};

enum class Severity {
    error,      // the job fails or data is lost because of it
    violation,  // against a clause, and the job may still work
    vendor,     // a known habit of a make of device
    info,
};

enum class Certainty { certain, likely, possible };

/// Where the packets were taken: next to the device, at the platform, in between.
enum class SeenFrom { device, platform, middle, unknown };

struct FindingInfo {
    FindingId id;
    Severity severity;
    Bilingual message;  // one sentence: what is wrong
    Bilingual advice;   // what to do, on which side; "may" is added by the page when it is not certain
    std::string_view clause;                // "RFC 3261 22.4", "GB/T 28181-2022 9.1.1"; empty for field habits
    std::vector<FindingId> implies = {};    // ids that follow from this one
};

struct Where {
    std::optional<std::uint64_t> frame;   // number in the capture, from 1
    std::optional<std::uint64_t> offset;  // byte in the message or file
    Time time{};
};

struct Finding {
    FindingId id;
    Certainty certainty = Certainty::certain;
    Where where{};
    std::string subject{};   // the device (or stream) it is about
    std::string expected{};  // placeholder {expected}
    std::string observed{};  // placeholder {observed}
    SeenFrom seen_from = SeenFrom::unknown;
    std::vector<FindingId> ruled_out{};  // what the same evidence excludes
    std::vector<std::pair<std::string_view, std::string>> values{};  // further placeholders by name
    bool capture_lossy = false;  // the capture lost packets itself, so what did not come may be among them; the message says so
};

/// The whole catalogue, subject after subject.
[[nodiscard]] const std::vector<FindingInfo>& finding_catalogue();
/// The entry of an id, or nothing when the catalogue does not know it.
[[nodiscard]] const FindingInfo* find_finding(std::string_view slug) noexcept;
/// The entry of a finding; an id outside the catalogue is a bug and throws std::logic_error.
[[nodiscard]] const FindingInfo& info_of(FindingId id);

/// A text of the catalogue, or of a page, with its {placeholders} filled; "?" for one the finding does not know.
[[nodiscard]] std::string filled(std::string_view text, const Finding& finding);
[[nodiscard]] std::string message_of(const Finding& finding, Language language);
[[nodiscard]] std::string advice_of(const Finding& finding, Language language);

[[nodiscard]] std::string_view name_of(Severity severity) noexcept;
[[nodiscard]] std::string_view name_of(Certainty certainty) noexcept;
[[nodiscard]] std::string_view name_of(SeenFrom seen_from) noexcept;
[[nodiscard]] Bilingual label_of(Severity severity) noexcept;
[[nodiscard]] Bilingual label_of(Certainty certainty) noexcept;

/// The findings that no other finding about the same subject implies, ordered by severity, certainty, time.
[[nodiscard]] std::vector<Finding> root_causes(std::span<const Finding> findings);

/// A table of one subject, registered in base/finding.cpp.
namespace findings {
[[nodiscard]] std::vector<FindingInfo> register_table();
[[nodiscard]] std::vector<FindingInfo> digest_table();
[[nodiscard]] std::vector<FindingInfo> sip_table();
[[nodiscard]] std::vector<FindingInfo> dialog_table();
[[nodiscard]] std::vector<FindingInfo> catalog_table();
[[nodiscard]] std::vector<FindingInfo> capture_table();
[[nodiscard]] std::vector<FindingInfo> connection_table();
[[nodiscard]] std::vector<FindingInfo> ps_table();
[[nodiscard]] std::vector<FindingInfo> rtp_table();
}  // namespace findings

}  // namespace gbkit
