#include "proto/observe/registration_verdicts.hpp"

#include <fmt/format.h>

#include "base/charset.hpp"
#include "base/findings/digest.hpp"
#include "base/findings/register.hpp"
#include "wire/gb_id.hpp"

namespace gbkit::proto::observe {

namespace {

using namespace findings;

/// Three resends mean 3.5 s of silence (T1 500 ms, doubled): one lost packet is healthy UDP.
constexpr std::uint32_t deaf_resends = 3;
/// A typing error or two is no attack: who is shut out now was refused at least so often.
constexpr std::uint32_t passwords_before_ban = 3;

bool usual_id(std::string_view id) { return wire::is_twenty_digits(id); }

std::string answer_text(const Attempt& attempt) {
    return attempt.reason.empty() ? std::to_string(attempt.status) : fmt::format("{} {}", attempt.status, attempt.reason);
}

/// 31.5 s, 4.0 min
std::string span_text(Duration span) {
    const double whole = std::max(0.0, to_seconds(span));
    return whole < 120 ? fmt::format("{:.1f} s", whole) : fmt::format("{:.1f} min", whole / 60);
}

/// What the way of the registration so far says it is not.
std::vector<FindingId> ruled_out(const Context& context, const Device& device, const Attempt& attempt) {
    std::vector<FindingId> out;
    if (device.story.with_credentials == 0 && !device.hidden_answers) out.push_back(digest_password_differs);
    if (!context.server_id.empty() && attempt.server_user == context.server_id) out.push_back(register_server_id_differs);
    if (usual_id(device.story.id)) out.push_back(register_id_not_20_digits);
    if (attempt.request_seen && !attempt.server_user.empty() && attempt.server_user != device.story.id)
        out.push_back(register_id_is_server_id);
    if (attempt.answers > 0) out.push_back(register_no_answer);
    return out;
}

}  // namespace

std::string_view unreachable_reason(std::uint8_t code) noexcept {
    switch (code) {
        case 0: return "network unreachable";
        case 1: return "host unreachable";
        case 2: return "protocol unreachable";
        case 3: return "port unreachable";
        case 9:
        case 10:
        case 13: return "administratively prohibited";
        default: return "destination unreachable";
    }
}

Finding Judge::about(FindingId id, const Device& device, std::uint64_t frame, Time time) const {
    Finding finding{.id = id};
    finding.where = Where{.frame = frame == 0 ? std::nullopt : std::optional(frame), .offset = {}, .time = time};
    finding.subject = device.story.id;
    finding.seen_from = device.story.seen_from;
    return finding;
}

void Judge::misdirected(const Device& device, const Attempt& attempt) const {
    const bool other_host = attempt.legs.empty() || attempt.legs.front().source.address != attempt.answered_to.address;
    const bool private_via = attempt.challenged() && other_host && attempt.answered_to.address.is_private() &&
                             attempt.answered_to.address.text() == attempt.via.substr(0, attempt.via.rfind(':'));
    Finding finding = about(private_via ? register_401_to_private_via : register_answer_misdirected, device,
                            attempt.answer_frame, attempt.answered);
    finding.expected = attempt.legs.empty() ? std::string() : attempt.legs.front().source.text();
    finding.observed = attempt.answered_to.text();
    finding.values = {{"status", std::to_string(attempt.status)}};
    finding.ruled_out = ruled_out(context, device, attempt);
    sink(std::move(finding));
}

void Judge::deaf(const Device& device, const Attempt& attempt, bool over) const {
    if (attempt.copies_after_answer < deaf_resends) return;
    Finding finding = about(attempt.challenged() ? register_challenge_lost : register_answer_lost, device,
                            attempt.answer_frame, attempt.answered);
    finding.certainty = over || attempt.answer_unreachable ? Certainty::certain : Certainty::likely;
    finding.observed = answer_text(attempt);
    finding.values = {{"count", std::to_string(attempt.copies)},
                      {"answers", std::to_string(attempt.answers)},
                      {"status", std::to_string(attempt.status)},
                      {"span", span_text(attempt.last - attempt.first)}};
    finding.ruled_out = ruled_out(context, device, attempt);
    sink(std::move(finding));
}

void Judge::ignored(const Device& device, const Attempt& attempt) const {
    Finding finding = about(register_challenge_ignored, device, attempt.answer_frame, attempt.answered);
    // A device that waits for seconds before its new try may not have heard the 401 at all.
    const bool heard = device.ignored_at_once || device.story.seen_from == SeenFrom::device;
    finding.certainty = heard ? Certainty::certain : Certainty::likely;
    finding.observed = answer_text(attempt);
    finding.values = {{"count", std::to_string(device.ignored)}};
    finding.ruled_out = ruled_out(context, device, attempt);
    if (heard) finding.ruled_out.push_back(register_challenge_lost);
    sink(std::move(finding));
}

void Judge::challenge_missing(const Device& device, const Attempt& attempt) const {
    Finding finding = about(register_challenge_missing, device, attempt.answer_frame, attempt.answered);
    finding.observed = answer_text(attempt);
    finding.ruled_out = ruled_out(context, device, attempt);
    sink(std::move(finding));
}

void Judge::suspects(const Device& device, const Attempt& attempt, Certainty certainty) const {
    if (!attempt.request_seen) return;
    const std::string& id = device.story.id;
    Finding finding = about(register_server_id_differs, device, attempt.first_frame, attempt.first);
    finding.certainty = certainty;
    finding.values = {{"status", answer_text(attempt)}};
    if (!context.server_id.empty() && attempt.server_user != context.server_id) {
        finding.expected = context.server_id;
        finding.observed = attempt.server_user.empty() ? "none" : attempt.server_user;
        sink(finding);
    }
    finding.observed = id;
    finding.expected.clear();
    if (id == attempt.server_user || (!context.server_id.empty() && id == context.server_id)) {
        finding.id = register_id_is_server_id;
        sink(finding);
    } else if (!usual_id(id)) {
        finding.id = register_id_not_20_digits;
        sink(std::move(finding));
    }
}

void Judge::refused(const Device& device, const Attempt& attempt, Certainty certainty) const {
    FindingId id = attempt.may_have_credentials() || !attempt.request_seen ? register_refused : register_refused_outright;
    if (attempt.status >= 500) id = register_server_failure;
    else if (attempt.status == 400) id = attempt.request_seen && !attempt.has_expires ? register_400_no_expires : register_bad_request;
    Finding finding = about(id, device, attempt.answer_frame, attempt.answered);
    finding.certainty = certainty;
    finding.observed = answer_text(attempt);
    finding.ruled_out = ruled_out(context, device, attempt);
    sink(std::move(finding));
    if (id == register_refused_outright && device.refused_passwords >= passwords_before_ban) return banned(device, attempt);
    // With credentials the password is a suspect of its own; a 5xx is the platform's own trouble.
    if (attempt.status < 500) suspects(device, attempt, attempt.credentials ? Certainty::possible : Certainty::likely);
}

void Judge::redirected(const Device& device, const Attempt& attempt, const std::string& target) const {
    Finding finding = about(register_redirected, device, attempt.answer_frame, attempt.answered);
    finding.observed = target;
    sink(std::move(finding));
}

void Judge::accepted(const Device& device, const Attempt& attempt) const {
    if (attempt.unregister) {
        sink(about(register_logging_out, device, attempt.first_frame, attempt.first));
        return;
    }
    if (!usual_id(device.story.id)) {
        Finding finding = about(register_id_unusual, device, attempt.first_frame, attempt.first);
        finding.observed = device.story.id;
        sink(std::move(finding));
    }
    if (!context.server_id.empty() && attempt.request_seen && attempt.server_user != context.server_id) {
        Finding finding = about(register_server_id_accepted, device, attempt.first_frame, attempt.first);
        finding.expected = context.server_id;
        finding.observed = attempt.server_user.empty() ? "none" : attempt.server_user;
        sink(std::move(finding));
    }
}

void Judge::silent(const Device& device, const Attempt& attempt) const {
    Finding finding = about(register_no_answer, device, attempt.first_frame, attempt.first);
    // A sender that never repeats itself may have been answered by packets the capture does not hold.
    const bool repeated = attempt.copies > 1 || device.silent_in_a_row > 1;
    if (device.story.seen_from != SeenFrom::device)
        finding.certainty = repeated ? Certainty::likely : Certainty::possible;
    finding.observed = attempt.legs.empty() ? device.story.platform.text() : attempt.legs.front().destination.text();
    finding.values = {{"count", std::to_string(device.story.registers)},
                      {"transport", std::string(name_of(attempt.transport))}};
    finding.ruled_out = ruled_out(context, device, attempt);
    sink(std::move(finding));
    port_filtered(device, attempt);
    if (device.refused_passwords >= passwords_before_ban) banned(device, attempt);
}

void Judge::unreachable(const Device& device, const Attempt& attempt) const {
    Finding finding = about(register_port_unreachable, device, attempt.unreachable_frame, attempt.first);
    finding.observed = attempt.legs.empty() ? device.story.platform.text() : attempt.legs.front().destination.text();
    finding.values = {{"reason", std::string(unreachable_reason(*attempt.unreachable))}};
    finding.ruled_out = ruled_out(context, device, attempt);
    sink(std::move(finding));
}

void Judge::expires_below_keepalive(const Device& device, const Beat& beat, Duration age) const {
    Finding finding = about(register_expires_below_keepalive, device, beat.frame, beat.first);
    finding.certainty = Certainty::likely;
    finding.expected = fmt::format("{:.0f}", to_seconds(age));
    finding.observed = std::to_string(device.story.granted);
    sink(std::move(finding));
}

void Judge::beats_unanswered(const Device& device, const Beat& beat) const {
    Finding finding = about(keepalive_unanswered, device, beat.frame, beat.first);
    if (device.story.seen_from != SeenFrom::device) finding.certainty = Certainty::likely;
    finding.values = {{"count", std::to_string(device.missed_beats)}};
    sink(std::move(finding));
}

void Judge::beats_refused(const Device& device, const Beat& beat, const std::string& observed) const {
    Finding finding = about(keepalive_refused, device, beat.frame, beat.first);
    finding.observed = observed;
    sink(std::move(finding));
}

void Judge::beat_status(const Device& device, const Beat& beat, const std::string& status) const {
    Finding finding = about(keepalive_status, device, beat.frame, beat.first);
    finding.observed = printable(std::string_view(status).substr(0, 40));
    sink(std::move(finding));
}

}  // namespace gbkit::proto::observe
