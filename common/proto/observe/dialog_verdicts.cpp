// What a dialog's SDP and life say about why there is no picture.
#include <algorithm>

#include <fmt/format.h>

#include "base/findings/dialog.hpp"
#include "base/text.hpp"
#include "base/vendor.hpp"
#include "proto/observe/dialog_state.hpp"
#include "wire/rtp/packet.hpp"

namespace gbkit::proto::observe {

namespace {

using namespace findings;

constexpr std::uint32_t many_answers = 4;   // 0, 0.5, 1.5, 3.5 s: an ACK had its time

/// Numbers that GB/T 28181-2022 C.2 gives to a codec.
std::string_view standard_encoding(std::string_view payload_type) noexcept {
    if (payload_type == "96") return "PS";
    if (payload_type == "97") return "MPEG4";
    if (payload_type == "98") return "H264";
    if (payload_type == "99") return "SVAC";
    if (payload_type == "100") return "H265";
    return {};
}

std::string_view encoding_name(std::string_view encoding) noexcept {
    const std::size_t space = encoding.find(' ');
    const std::string_view name = encoding.substr(space == std::string_view::npos ? 0 : space + 1);
    return name.substr(0, name.find('/'));
}

bool names_a_codec(std::string_view name) noexcept {
    for (const std::string_view known : {"PS", "MPEG4", "H264", "H265", "SVAC", "SVACV"})
        if (iequals(name, known)) return true;
    return false;
}

bool same_codec(std::string_view a, std::string_view b) noexcept { return iequals(a, b) || (istarts_with(a, "SVAC") && istarts_with(b, "SVAC")); }

std::string span_text(Duration span) { return fmt::format("{:.1f} s", to_seconds(span)); }

std::string status_text(const DialogStory& story) { return fmt::format("{} {}", story.status, story.reason); }

}  // namespace

Finding DialogJudge::about(FindingId id, const Dialog& dialog, const DialogPlace& place) const {
    Finding finding;
    finding.id = id;
    finding.where = {place.seen() ? std::optional(place.frame) : std::nullopt, std::nullopt, place.time};
    finding.subject = dialog.story.whom();
    finding.seen_from = context_.seen_from;
    return finding;
}

void DialogJudge::payload_types(const Dialog& dialog, const DialogSide& side, const DialogPlace& place) const {
    for (const std::string& encoding : side.encodings) {
        const std::string_view standard = standard_encoding(std::string_view(encoding).substr(0, encoding.find(' ')));
        const std::string_view name = encoding_name(encoding);
        if (standard.empty() || !names_a_codec(name) || same_codec(standard, name)) continue;
        Finding finding = about(dialog_payload_type, dialog, place);
        finding.expected = standard;
        finding.observed = encoding;
        return sink_(std::move(finding));
    }
}

void DialogJudge::offer(const Dialog& dialog) const {
    const DialogSide& side = *dialog.story.offer;
    const DialogPlace& place = dialog.story.invite;
    payload_types(dialog, side, place);
    if (side.y.empty() || side.ssrc == 0U) {
        Finding finding = about(dialog_ssrc_missing, dialog, place);
        finding.values = {{"party", "caller"}, {"party_zh", "主叫"}};
        return sink_(std::move(finding));
    }
    if (side.ssrc) return;
    Finding finding = about(dialog_ssrc_malformed, dialog, place);
    finding.observed = side.y;
    sink_(std::move(finding));
}

void DialogJudge::reply(const Dialog& dialog) const {
    const DialogStory& story = dialog.story;
    if (!story.reply || !story.offer) return;
    const DialogSide& side = *story.reply;
    if (!side.y.empty() && !side.ssrc) {
        Finding finding = about(dialog_ssrc_malformed, dialog, story.answer);
        finding.observed = side.y;
        return sink_(std::move(finding));
    }
    if (side.y.empty() && story.offer->ssrc) {
        Finding finding = about(dialog_ssrc_missing, dialog, story.answer);
        finding.values = {{"party", "callee"}, {"party_zh", "被叫"}};
        return sink_(std::move(finding));
    }
    if (!side.ssrc || !story.offer->ssrc || side.ssrc == story.offer->ssrc || story.offer->ssrc == 0U) return;
    Finding finding = about(dialog_ssrc_changed, dialog, story.answer);
    finding.expected = story.offer->y;
    finding.observed = side.y;
    sink_(std::move(finding));
}

void DialogJudge::refusal(const Dialog& dialog) const {
    const DialogStory& story = dialog.story;
    const FindingId id = story.calls_platform() ? dialog_broadcast_refused : story.status == 400 ? dialog_bad_request : story.status == 486 ? dialog_busy
                         : story.status == 488 || story.status == 415 ? dialog_not_acceptable : dialog_refused;
    Finding finding = about(id, dialog, story.answer);
    finding.observed = status_text(story);
    if (id == dialog_not_acceptable) {
        finding.expected = story.offer ? (story.offer->tcp ? "TCP " : "UDP ") + join(story.offer->encodings, ", ") : std::string("-");
    }
    sink_(finding);
    // What is unusual in the offer is a suspect only now that it was refused, and not where the status says something else.
    const bool about_offer = story.status == 400 || story.status == 403 || story.status == 415 || story.status == 488;
    if (!story.offer || !about_offer) return;
    finding.certainty = Certainty::likely;
    if (story.offer->port == 0) {
        finding.id = dialog_port_zero;
        finding.expected = story.offer->kind;
        return sink_(std::move(finding));
    }
    const auto& encodings = story.offer->encodings;
    const bool has_ps = std::any_of(encodings.begin(), encodings.end(), [](const std::string& one) { return iequals(encoding_name(one), "PS"); });
    if (!has_ps || iequals(encoding_name(encodings.front()), "PS")) return;
    finding.id = dialog_ps_not_first;
    finding.observed = encodings.front();
    sink_(std::move(finding));
}

// Over UDP a caller that hears nothing repeats itself (RFC 3261 17.1.1.2): one copy means that an answer came.
bool DialogJudge::silence(const Dialog& dialog, bool audible) const {
    const DialogStory& story = dialog.story;
    const bool udp = story.transport == Transport::udp;
    const bool repeated = story.invite.copies >= 4;
    if (udp && !story.trying.seen() && story.invite.copies < 2) return false;
    Finding finding = about(dialog_unanswered, dialog, story.invite);
    finding.certainty = audible && udp && repeated ? Certainty::certain : audible || repeated ? Certainty::likely : Certainty::possible;
    const bool trying = story.trying.seen();
    finding.values = {{"count", std::to_string(story.invite.copies)},
                      {"span", trying ? "60 s" : "32 s"},
                      {"trying", trying ? ", only a provisional one" : ""},
                      {"trying_zh", trying ? ",只收到临时应答" : ""}};
    sink_(std::move(finding));
    return true;
}

void DialogJudge::ack_missing(const Dialog& dialog) const {
    if (dialog.story.answer.copies < many_answers || !dialog.story.invite.seen()) return;
    Finding finding = about(dialog_ack_missing, dialog, dialog.story.answer);
    finding.certainty = Certainty::likely;
    finding.observed = dialog.answer_contact.empty() ? "-" : dialog.answer_contact;
    finding.values = {{"count", std::to_string(dialog.story.answer.copies)}};
    sink_(std::move(finding));
}

// Addresses that cannot work: this host itself, none at all, a private one for somebody in the public network.
bool DialogJudge::address_fails(const Dialog& dialog, const DialogSide& receiver, const Endpoint& other, bool shown) const {
    const auto address = IpAddress::parse(receiver.address);
    if (!address) return false;
    const bool self = (address->is_loopback() || address->is_unspecified()) && !other.address.is_loopback();
    const bool hidden = address->is_private() && !other.address.is_private() && !other.address.is_loopback();
    if (!self && !hidden) return false;
    const bool is_offer = &receiver == &*dialog.story.offer;
    Finding finding = about(dialog_media_address, dialog, is_offer ? dialog.story.invite : dialog.story.answer);
    const bool tried = dials_in_vain(dialog.story) && dialog.story.connection->listener == receiver.endpoint();
    finding.certainty = tried || (self && shown) ? Certainty::certain : Certainty::likely;
    finding.observed = fmt::format("{}:{}", receiver.address, receiver.port);
    finding.values = {{"party", is_offer ? "caller" : "callee"},
                      {"party_zh", is_offer ? "主叫" : "被叫"},
                      {"reason", self ? "is no address of another host" : "is private while the other side is in the public network"},
                      {"reason_zh", self ? "不是可供他人访问的地址" : "是内网地址,而对方在公网"}};
    sink_(std::move(finding));
    return true;
}

void DialogJudge::conflicts(const Dialog& dialog, Certainty certainty) const {
    const DialogSide& offer = *dialog.story.offer;
    const DialogSide& reply = *dialog.story.reply;
    Finding finding = about(dialog_setup_conflict, dialog, dialog.story.answer);
    finding.certainty = certainty;
    const bool same_role = !offer.setup.empty() && offer.setup == reply.setup && (offer.setup == "active" || offer.setup == "passive");
    if (offer.tcp && reply.tcp && same_role) {
        const bool waits = offer.setup == "passive";
        finding.observed = offer.setup;
        finding.values = {{"reason", waits ? "each waits for the other's connection" : "each dials, nobody listens"},
                          {"reason_zh", waits ? "都在等对方来连接" : "都主动连接而无人监听"}};
        sink_(finding);
    }
    const bool one_way = offer.kind == reply.kind && !offer.direction.empty() && offer.direction == reply.direction &&
                         (offer.direction == "recvonly" || offer.direction == "sendonly");
    if (!one_way) return;
    finding.id = dialog_direction_conflict;
    finding.expected = offer.direction;
    finding.observed = offer.kind;
    finding.values = {{"reason", offer.direction == "recvonly" ? "sends" : "receives"},
                      {"reason_zh", offer.direction == "recvonly" ? "发送" : "接收"}};
    sink_(std::move(finding));
}

void DialogJudge::no_media(const Dialog& dialog, bool shown, bool connections_visible) const {
    const DialogStory& story = dialog.story;
    if (story.offer && story.offer->direction != "sendonly" && address_fails(dialog, *story.offer, story.callee_at, shown)) return;
    if (connection(dialog, connections_visible)) return;
    if (!story.offer || !story.reply) return;
    if (story.reply->direction == "recvonly" && story.offer->direction != "recvonly" && address_fails(dialog, *story.reply, story.caller_at, shown)) return;
    conflicts(dialog, shown ? Certainty::certain : Certainty::likely);
}

void DialogJudge::gave_up(const Dialog& dialog, bool media_visible) const {
    const DialogStory& story = dialog.story;
    if (!story.ack.seen() || story.media.packets > 0 || story.calls_platform() || story.bye.time - story.ack.time > seconds(15)) return;
    Finding finding = about(dialog_device_gave_up, dialog, story.bye);
    finding.certainty = media_visible ? Certainty::likely : Certainty::possible;
    finding.values = {{"span", span_text(story.bye.time - story.ack.time)}};
    sink_(std::move(finding));
}

void DialogJudge::bye_unknown(const Dialog& dialog) const {
    if (dialog.story.bye.copies > 1) return;  // the first copy ended it
    Finding finding = about(dialog_bye_unknown, dialog, dialog.story.bye_answer);
    finding.certainty = Certainty::likely;
    finding.observed = "481";
    sink_(std::move(finding));
}

void DialogJudge::ssrc(const Dialog& dialog, const MediaSeen& media) const {
    const DialogStory& story = dialog.story;
    const auto& promised = story.reply->ssrc ? story.reply->ssrc : story.offer ? story.offer->ssrc : std::nullopt;
    if (!promised || *promised == 0 || *promised == media.ssrc) return;
    if (story.offer && story.offer->ssrc == media.ssrc) return;  // what was asked for: the answer's own number is the odd one
    Finding finding = about(dialog_ssrc_not_promised, dialog, DialogPlace{media.frame, media.time, 1});
    finding.expected = wire::rtp::meaning_of_ssrc(*promised).digits;
    finding.observed = wire::rtp::meaning_of_ssrc(media.ssrc).digits;
    sink_(std::move(finding));
}

// Certain where the number stands for audio; another number says at least that the SDP does not announce this stream.
bool DialogJudge::audio(const Dialog& dialog, const MediaSeen& media) const {
    const DialogStory& story = dialog.story;
    if (!story.offer || story.offer->kind != "audio" || (story.reply && story.reply->kind != "audio")) return false;
    const std::string number = std::to_string(media.payload_type);
    bool is_audio = media.payload_type == 0 || media.payload_type == 8;   // PCMU, PCMA (RFC 3551 6)
    std::vector<std::string> promised;
    for (const auto* side : {&story.offer, &story.reply}) {
        if (!*side) continue;
        for (const std::string& encoding : (*side)->encodings) {
            if (iequals(encoding_name(encoding), "PS")) return false;
            is_audio = is_audio || encoding.starts_with(number + ' ');
            if (std::find(promised.begin(), promised.end(), encoding) == promised.end()) promised.push_back(encoding);
        }
    }
    Finding finding = about(dialog_audio_as_ps, dialog, DialogPlace{media.frame, media.time, 1});
    finding.certainty = is_audio ? Certainty::certain : Certainty::likely;
    finding.expected = promised.empty() ? "m=audio" : join(promised, ", ");
    finding.observed = number;
    sink_(std::move(finding));
    return true;
}

void DialogJudge::early_audio(const Dialog& dialog) const {
    const DialogStory& story = dialog.story;
    if (story.media.packets == 0 || !story.offer || story.offer->kind != "audio" || vendor_of(story.caller_agent) != Vendor::hikvision) return;
    Finding finding = about(dialog_audio_before_ack, dialog, DialogPlace{story.media.first_frame, story.media.first, 1});
    finding.values = {{"span", fmt::format("{} ms", std::chrono::duration_cast<milliseconds>(story.ack.time - story.media.first).count())}};
    sink_(std::move(finding));
}

void DialogJudge::orphan(const Dialog& dialog, const MediaSeen& media) const {
    Finding finding = about(dialog_media_after_bye, dialog, DialogPlace{media.frame, media.time, 1});
    finding.values = {{"span", span_text(media.time - dialog.story.bye_answer.time)}};
    sink_(std::move(finding));
}

void DialogJudge::shared_call_id(const Dialog& first, const Dialog& second) const {
    Finding finding = about(dialog_call_id_shared, second, second.story.invite);
    finding.certainty = Certainty::likely;  // a proxy that forks calls does that as well
    finding.expected = first.story.callee;
    finding.observed = second.story.callee;
    sink_(std::move(finding));
}

}  // namespace gbkit::proto::observe
