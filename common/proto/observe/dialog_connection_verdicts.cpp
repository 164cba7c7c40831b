// What the TCP connection for the media says about why there is no picture (RFC 4145; row I8).
#include <fmt/format.h>

#include "base/findings/dialog.hpp"
#include "proto/observe/dialog_state.hpp"

namespace gbkit::proto::observe {

namespace {

using namespace findings;

struct Party {
    std::string_view name, chinese;
};
Party party(bool callee) noexcept { return callee ? Party{"callee", "被叫"} : Party{"caller", "主叫"}; }

/// Who has to dial by the SDP of both; nothing where that is not said.
std::optional<bool> callee_dials(const DialogStory& story) noexcept {
    if (!story.offer || !story.reply || !story.offer->tcp || !story.reply->tcp) return std::nullopt;
    if (story.offer->setup == "passive" && story.reply->setup == "active") return true;
    if (story.offer->setup == "active" && story.reply->setup == "passive") return false;
    return std::nullopt;
}

}  // namespace

bool DialogJudge::connection(const Dialog& dialog, bool connections_visible) const {
    using State = ConnectionSeen::State;
    const DialogStory& story = dialog.story;
    const std::optional<bool> by_callee = callee_dials(story);
    if (!story.connection) {
        if (by_callee && connections_visible) not_dialled(dialog);
        return false;
    }
    const ConnectionSeen& seen = *story.connection;
    const Party who = party(story.dialled_by_callee);
    Finding finding = about(dialog_media_refused, dialog, DialogPlace{seen.syn_frame, seen.syn_time, seen.syn_copies});
    finding.observed = seen.listener.text();
    finding.values = {{"party", std::string(who.name)}, {"party_zh", std::string(who.chinese)}, {"count", std::to_string(seen.syn_copies)}};
    const bool wrong_way = by_callee && *by_callee != story.dialled_by_callee;
    const bool over = seen.state == State::closed || seen.state == State::reset;
    if (wrong_way) {
        finding.id = dialog_media_wrong_way;
        finding.certainty = Certainty::likely;
    } else if (seen.state == State::refused) {
        finding.where.frame = seen.frame;
        finding.where.time = seen.time;
    } else if (dials_in_vain(story)) {
        finding.id = dialog_media_unanswered;
    } else if (over && seen.opener_bytes + seen.listener_bytes == 0) {
        const Party closer = party(seen.ended_by_opener == story.dialled_by_callee);
        finding.id = dialog_media_closed;
        finding.where.frame = seen.frame;
        finding.where.time = seen.time;
        finding.values = {{"closer", std::string(closer.name)}, {"closer_zh", std::string(closer.chinese)},
                          {"span", fmt::format("{:.1f} s", to_seconds(seen.time - seen.syn_time))}};
    } else {
        return seen.state != State::dialling;   // it is connected: the roles fit, whatever the SDP says
    }
    sink_(std::move(finding));
    return true;
}

void DialogJudge::not_dialled(const Dialog& dialog) const {
    const DialogStory& story = dialog.story;
    const bool callee = *callee_dials(story);
    const Party who = party(callee);
    const DialogSide& waits = callee ? *story.offer : *story.reply;
    Finding finding = about(dialog_media_not_dialled, dialog, story.ack);
    finding.certainty = Certainty::likely;   // other calls' connections are in the capture, this one's may take another way
    finding.observed = fmt::format("{}:{}", waits.address, waits.port);
    finding.values = {{"party", std::string(who.name)}, {"party_zh", std::string(who.chinese)}};
    sink_(std::move(finding));
}

}  // namespace gbkit::proto::observe
