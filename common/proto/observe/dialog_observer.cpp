#include "proto/observe/dialog_observer.hpp"

#include <algorithm>

#include "base/charset.hpp"
#include "base/findings/dialog.hpp"
#include "base/text.hpp"
#include "proto/observe/dialog_state.hpp"
#include "proto/observe/media/media_feed.hpp"
#include "wire/gb_id.hpp"
#include "wire/ps/start_code.hpp"
#include "wire/sdp.hpp"

namespace gbkit::proto::observe {

namespace {

constexpr std::size_t most_encodings = 16;

std::string kept(std::string_view text) { return printable(text.substr(0, 200)); }

std::string key_of(std::string_view call_id, std::string_view tag) { return std::string(call_id) + '\n' + std::string(tag); }
std::string key_of_request(const wire::sip::Message& message) { return message.call_id + '\n' + std::to_string(message.cseq.number); }

std::optional<DialogSide> side_of(const wire::sip::Message& message) {
    if (ifind(message.value("Content-Type"), "sdp") == std::string_view::npos) return std::nullopt;
    const auto sdp = wire::parse_sdp(message.body());
    if (!sdp || sdp->media.empty()) return std::nullopt;
    const wire::SdpMedia& media = sdp->media.front();
    DialogSide side{.kind = kept(media.kind), .address = kept(media.address.value_or("")), .port = media.port, .tcp = media.tcp(),
                    .setup = kept(media.setup), .direction = media.direction, .encodings = {}, .y = kept(sdp->y.value_or("")), .ssrc = sdp->ssrc()};
    for (const wire::SdpMapping& mapping : media.mappings)
        if (side.encodings.size() < most_encodings)
            side.encodings.push_back(std::to_string(mapping.payload_type) + ' ' + kept(mapping.encoding) + '/' + std::to_string(mapping.clock));
    return side;
}

std::string session_of(const wire::sip::Message& message) {
    const auto sdp = wire::parse_sdp(message.body());
    return sdp ? kept(sdp->session) : std::string();
}

// A second copy from a mirror is no resend.
bool count(DialogPlace& place, const Packet& packet) {
    if (place.seen() && packet.time - place.time < copy_window) return false;
    if (!place.seen()) {
        place.frame = packet.number;
        place.time = packet.time;
    }
    ++place.copies;
    return place.copies == 1;
}

bool refused(int status) noexcept { return status >= 300 && status != 401 && status != 407; }

std::string first_line(std::string_view body) { return kept(trim(body.substr(0, body.find('\n')))); }

}  // namespace

std::optional<Endpoint> DialogSide::endpoint() const {
    const auto parsed = IpAddress::parse(address);
    if (!parsed || port == 0 || port > 65535) return std::nullopt;
    return Endpoint{*parsed, static_cast<std::uint16_t>(port)};
}

MediaSeen media_seen(const RtpSource& source, const RtpInOrder& packet) {
    return {source.number, source.ssrc, source.source, source.destination, source.transport, packet.place.frame, packet.place.time,
            packet.packet.payload_type, wire::ps::credible_pack(packet.packet.payload).is_yes()};
}

bool DialogStory::calls_platform() const {
    const auto from = wire::parse_gb_id(caller), to = wire::parse_gb_id(callee);
    return from && to && wire::is_device_type(from->type) && wire::is_platform_type(to->type);
}

DialogObserver::DialogObserver(Context context, DialogSinks sinks, DialogLimits limits)
    : state_(std::make_unique<State>(State{std::move(context), std::move(sinks), limits})) {}
DialogObserver::~DialogObserver() = default;

void DialogObserver::see(const SipSeen& seen) {
    advance(seen.packet.time);
    const wire::sip::Message& message = seen.message;
    if (message.call_id.empty()) return;
    if (state_->heard.touch(seen.packet.source) == nullptr) state_->heard.add(seen.packet.source, 0);
    const std::string_view method = message.method();
    const bool request = message.is_request();
    if (method == "INVITE") request ? state_->invite(seen) : state_->invite_answer(seen);
    else if (method == "ACK") state_->ack(seen);
    else if (method == "BYE") request ? state_->bye(seen) : state_->bye_answer(seen);
    else if (method == "CANCEL" && request) state_->cancel(seen);
    else if (request) state_->other_request(seen);
    else state_->other_answer(seen);
}

void DialogObserver::see(const MediaSeen& media) {
    advance(media.time);
    state_->media(media);
}

void DialogObserver::see(const ConnectionSeen& connection) {
    advance(connection.time);
    state_->connection(connection);
}

void DialogObserver::advance(Time now) {
    while (!state_->deadlines.empty() && state_->deadlines.begin()->first <= now) state_->expire(*state_->deadlines.begin()->second);
}

void DialogObserver::finish(Time end) {
    advance(end);
    for (const auto& [key, dialog] : state_->dialogs) state_->close(*dialog, true);
}

std::optional<std::uint32_t> DialogObserver::clock_of(const Endpoint& a, const Endpoint& b, std::uint8_t payload_type) const {
    const DialogPointer dialog = state_->between(a, b);
    if (dialog == nullptr) return std::nullopt;
    const std::string number = std::to_string(payload_type) + ' ';
    for (const auto* side : {&dialog->story.reply, &dialog->story.offer}) {
        if (!*side) continue;
        for (const std::string& encoding : (*side)->encodings)
            if (encoding.starts_with(number))
                if (const auto clock = to_number(std::string_view(encoding).substr(encoding.rfind('/') + 1), UINT32_MAX); clock && *clock > 0)
                    return static_cast<std::uint32_t>(*clock);
    }
    return std::nullopt;
}

bool DialogObserver::paused(const Endpoint& a, const Endpoint& b, Time last_packet) const {
    const DialogPointer dialog = state_->between(a, b);
    return dialog != nullptr && dialog->story.paused_after(last_packet);
}

std::vector<const DialogStory*> DialogObserver::dialogs() const {
    std::vector<const Dialog*> order;
    for (const auto& [key, dialog] : state_->dialogs) order.push_back(dialog.get());
    std::sort(order.begin(), order.end(), [](const Dialog* a, const Dialog* b) { return a->order < b->order; });
    std::vector<const DialogStory*> stories;
    for (const Dialog* dialog : order) stories.push_back(&dialog->story);
    return stories;
}

std::uint64_t DialogObserver::not_followed() const noexcept { return state_->not_followed; }

// The caller's tag stands in From of its own requests and their answers, in To of what the callee sends.
DialogPointer DialogObserver::State::dialog_of(const wire::sip::Message& message) {
    for (const std::string& tag : {message.from.tag, message.to.tag}) {
        const auto found = dialogs.find(key_of(message.call_id, tag));
        if (found == dialogs.end()) continue;
        (void)recent.touch(found->first);
        return found->second;
    }
    return nullptr;
}

void DialogObserver::State::make_room() {
    if (dialogs.size() < limits.dialogs) return;
    const auto oldest = dialogs.find(recent.oldest());
    recent.drop_oldest();
    if (oldest == dialogs.end()) return;
    set_deadline(*oldest->second, std::nullopt);
    dialogs.erase(oldest);
    ++not_followed;
}

DialogPointer DialogObserver::State::begin(const SipSeen& seen) {
    make_room();
    const wire::sip::Message& message = seen.message;
    auto dialog = std::make_shared<Dialog>();
    dialog->key = key_of(message.call_id, message.from.tag);
    dialog->order = next_order++;
    DialogStory& story = dialog->story;
    story.call_id = kept(message.call_id);
    story.caller = kept(message.from.uri.user);
    story.callee = kept(message.uri.user.empty() ? message.to.uri.user : message.uri.user);
    story.session = session_of(message);
    story.subject = kept(message.value("Subject"));
    story.caller_agent = kept(message.value("User-Agent"));
    story.caller_at = seen.packet.source;
    story.callee_at = seen.packet.destination;
    story.transport = seen.packet.transport;
    dialogs[dialog->key] = dialog;
    recent.add(dialog->key, dialog->key);
    return dialog;
}

void DialogObserver::State::invite(const SipSeen& seen) {
    const wire::sip::Message& message = seen.message;
    DialogPointer dialog = dialog_of(message);
    if (dialog != nullptr && !message.to.tag.empty()) return;  // a re-INVITE changes nothing we judge
    const bool fresh = dialog == nullptr;
    if (fresh) dialog = begin(seen);
    const bool next_try = dialog->cseq != message.cseq.number;  // after a challenge, or simply again
    if (next_try) {
        dialog->cseq = message.cseq.number;
        dialog->story.invite = dialog->story.trying = dialog->story.answer = {};
        dialog->silence_judged = false;
        dialog->story.state = DialogStory::State::inviting;
    }
    if (!count(dialog->story.invite, seen.packet)) return;
    dialog->story.offer = side_of(message);
    set_deadline(*dialog, seen.packet.time + invite_time);
    if (fresh) {
        const std::weak_ptr<Dialog>* first = first_of_call.touch(message.call_id);
        const DialogPointer other = first == nullptr ? nullptr : first->lock();
        if (other != nullptr && other->story.callee != dialog->story.callee) judge().shared_call_id(*other, *dialog);
        if (other == nullptr) first_of_call.add(message.call_id, dialog);
        if (dialog->story.offer) judge().offer(*dialog);
    }
    if (dialog->story.offer) promise(dialog, *dialog->story.offer);
}

void DialogObserver::State::invite_answer(const SipSeen& seen) {
    const DialogPointer dialog = dialog_of(seen.message);
    if (dialog == nullptr || dialog->cseq != seen.message.cseq.number) return;
    DialogStory& story = dialog->story;
    const int status = seen.message.status();
    if (status < 200) {
        if (count(story.trying, seen.packet) && dialog->deadline && story.state == DialogStory::State::inviting)
            set_deadline(*dialog, seen.packet.time + ringing_time);
        return;
    }
    if (!count(story.answer, seen.packet)) return;
    story.status = status;
    story.reason = kept(seen.message.reason());
    if (story.callee_agent.empty()) story.callee_agent = kept(seen.message.value("User-Agent").empty() ? seen.message.value("Server") : seen.message.value("User-Agent"));
    if (status < 300) {
        story.state = DialogStory::State::answered;
        story.reply = side_of(seen.message);
        if (!seen.message.contacts.empty()) {
            const wire::sip::Uri& contact = seen.message.contacts.front().uri;
            dialog->answer_contact = kept(contact.host + ':' + std::to_string(contact.port == 0 ? 5060 : contact.port));
        }
        set_deadline(*dialog, seen.packet.time + invite_time);
        if (story.reply) promise(dialog, *story.reply);
        judge().reply(*dialog);
    } else if (refused(status)) {
        story.state = status == 487 ? DialogStory::State::cancelled : DialogStory::State::refused;
        if (status >= 400 && status != 487) judge().refusal(*dialog);
        close(*dialog, false);
    }
}

void DialogObserver::State::ack(const SipSeen& seen) {
    const DialogPointer dialog = dialog_of(seen.message);
    if (dialog == nullptr) return;
    dialog->silence_judged = true;  // an answer came, whether the capture has it or not
    if (dialog->story.state != DialogStory::State::answered || !count(dialog->story.ack, seen.packet)) return;
    dialog->story.state = DialogStory::State::confirmed;
    judge().early_audio(*dialog);
    set_deadline(*dialog, seen.packet.time + media_time);
}

void DialogObserver::State::cancel(const SipSeen& seen) {
    const DialogPointer dialog = dialog_of(seen.message);
    if (dialog != nullptr && dialog->story.state == DialogStory::State::inviting) dialog->silence_judged = true;  // nobody waits any more
}

void DialogObserver::State::bye(const SipSeen& seen) {
    const DialogPointer dialog = dialog_of(seen.message);
    if (dialog == nullptr || !count(dialog->story.bye, seen.packet)) return;
    DialogStory& story = dialog->story;
    dialog->bye_cseq = seen.message.cseq.number;
    story.bye_from_callee = key_of(seen.message.call_id, seen.message.from.tag) != dialog->key;
    judge_media(*dialog, false);
    if (story.bye_from_callee) judge().gave_up(*dialog, media_visible);
    story.state = DialogStory::State::ended;
    close(*dialog, false);
}

void DialogObserver::State::bye_answer(const SipSeen& seen) {
    const DialogPointer dialog = dialog_of(seen.message);
    if (dialog == nullptr || dialog->bye_cseq != seen.message.cseq.number || seen.message.status() < 200) return;
    if (!count(dialog->story.bye_answer, seen.packet)) return;
    dialog->story.bye_status = seen.message.status();
    if (seen.message.status() == 481) judge().bye_unknown(*dialog);
}

void DialogObserver::State::other_request(const SipSeen& seen) {
    const wire::sip::Message& message = seen.message;
    const std::string_view method = message.method();
    if (method == "SUBSCRIBE") asked.add(key_of_request(message), {kept(message.value("Event")), seen.packet.number});
    if (method == "INFO") playback(seen);
    if (method != "MESSAGE") return;
    for (const std::string_view spelling : {"IFameCmd", "IFrameCmd"}) {
        if (message.body().substr(0, 4096).find("<" + std::string(spelling) + ">") == std::string_view::npos) continue;
        Finding finding{.id = findings::dialog_key_frame_spelling, .where = {seen.packet.number, std::nullopt, seen.packet.time},
                        .subject = kept(message.to.uri.user), .observed = std::string(spelling), .seen_from = context.seen_from};
        sinks.finding(std::move(finding));
    }
}

void DialogObserver::State::playback(const SipSeen& seen) {
    const std::string command = first_line(seen.message.body());
    asked.add(key_of_request(seen.message), {command, seen.packet.number});
    const DialogPointer dialog = istarts_with(command, "PAUSE") ? dialog_of(seen.message) : nullptr;
    if (dialog != nullptr) dialog->story.pause = {seen.packet.number, seen.packet.time, 1};
}

void DialogObserver::State::other_answer(const SipSeen& seen) {
    const wire::sip::Message& message = seen.message;
    const Asked* question = message.status() < 400 ? nullptr : asked.touch(key_of_request(message));
    if (question == nullptr) return;
    const bool subscribe = message.method() == "SUBSCRIBE" && message.status() == 489;
    const bool playback = message.method() == "INFO" && ifind(question->what, "RTSP/") != std::string_view::npos && !question->what.ends_with(" RTSP/1.0");
    if (!subscribe && !playback) return;
    const std::string answer = std::to_string(message.status()) + ' ' + kept(message.reason());
    Finding finding{.id = subscribe ? findings::dialog_event_refused : findings::dialog_playback_start_line,
                    .where = {seen.packet.number, std::nullopt, seen.packet.time}, .subject = kept(message.to.uri.user),
                    .expected = subscribe ? question->what : answer, .observed = subscribe ? answer : question->what,
                    .seen_from = context.seen_from};
    if (playback) finding.certainty = Certainty::likely;
    sinks.finding(std::move(finding));
}

// Where this side wants to receive, and by which SSRC the stream can be known.
void DialogObserver::State::promise(const DialogPointer& dialog, const DialogSide& side) {
    if (const auto endpoint = side.endpoint()) {
        const bool offered = dialog->story.offer && &side == &*dialog->story.offer;
        if (side.tcp) connections.promise(dialog, *endpoint, (offered ? dialog->story.callee_at : dialog->story.caller_at).address);
        if (auto* known = by_endpoint.touch(*endpoint)) *known = dialog;
        else by_endpoint.add(*endpoint, dialog);
    }
    if (!side.ssrc || *side.ssrc == 0) return;
    if (auto* known = by_ssrc.touch(*side.ssrc)) *known = dialog;
    else by_ssrc.add(*side.ssrc, dialog);
}

// Of the ends of a stream one at least is what an SDP named.
DialogPointer DialogObserver::State::between(const Endpoint& a, const Endpoint& b) {
    for (const Endpoint& end : {a, b})
        if (const auto* known = by_endpoint.touch(end))
            if (DialogPointer dialog = known->lock()) return dialog;
    return nullptr;
}

DialogPointer DialogObserver::State::owner_of(const MediaSeen& seen) {
    if (DialogPointer dialog = between(seen.destination, seen.source)) return dialog;
    const auto* known = by_ssrc.touch(seen.ssrc);
    return known == nullptr ? nullptr : known->lock();
}

void DialogObserver::State::media(const MediaSeen& seen) {
    media_visible = true;
    std::weak_ptr<Dialog>* known = by_source.touch(seen.source_number);
    if (known == nullptr) known = &by_source.add(seen.source_number, {});
    DialogPointer dialog = known->lock();
    if (dialog == nullptr || dialog->story.state == DialogStory::State::ended) {
        if (DialogPointer newer = owner_of(seen)) *known = dialog = newer;
        if (dialog == nullptr) return;
    }
    DialogMedia& media = dialog->story.media;
    if (media.packets == 0) media = {seen.source_number, seen.ssrc, seen.source, seen.destination, seen.frame, seen.time, seen.time, 0};
    ++media.packets;
    media.last = seen.time;
    // What the caller sends itself (a talk goes both ways) has an SSRC of its own.
    const bool to_caller = dialog->story.reply && dialog->story.reply->endpoint() != seen.destination;
    if (!dialog->ssrc_judged && to_caller) {
        dialog->ssrc_judged = true;
        judge().ssrc(*dialog, seen);
    }
    if (seen.program_stream && !dialog->audio_judged) dialog->audio_judged = judge().audio(*dialog, seen);
    const DialogPlace& over = dialog->story.bye_answer;
    if (over.seen() && dialog->story.bye_status == 200 && !dialog->orphan_told && seen.time - over.time > seconds(2)) {
        dialog->orphan_told = true;
        judge().orphan(*dialog, seen);
    }
}

// Of several connections the last one counts: whoever is connected dials no more.
void DialogObserver::State::connection(const ConnectionSeen& seen) {
    const DialogPointer dialog = connections.owner_of(seen);
    if (dialog == nullptr) return;
    for (const IpAddress& host : {seen.opener.address, seen.listener.address})
        if (connected_hosts.touch({host, 0}) == nullptr) connected_hosts.add({host, 0}, 0);
    DialogStory& story = dialog->story;
    if (!story.connection || story.connection->syn_frame != seen.syn_frame) ++story.dials;
    story.connection = seen;
    story.dialled_by_callee = story.offer && story.offer->endpoint() == seen.listener;
}

// A capture that has other calls' connections with the host that waits would have this one's.
bool DialogObserver::State::connections_visible(const DialogStory& story) {
    bool visible = false;
    for (const auto* side : {&story.offer, &story.reply}) {
        const auto endpoint = *side ? (*side)->endpoint() : std::nullopt;
        if (!endpoint) continue;
        if (connections.has_strangers(*endpoint)) return false;
        visible = visible || connected_hosts.touch({endpoint->address, 0}) != nullptr;
    }
    return visible;
}

void DialogObserver::State::set_deadline(Dialog& dialog, std::optional<Time> when) {
    if (dialog.deadline) deadlines.erase({*dialog.deadline, &dialog});
    dialog.deadline = when;
    if (when) deadlines.insert({*when, &dialog});
}

void DialogObserver::State::judge_media(Dialog& dialog, bool waited) {
    const bool confirmed = dialog.story.state == DialogStory::State::confirmed;
    if (!confirmed || dialog.media_judged || dialog.story.media.packets > 0) return;
    dialog.media_judged = true;
    judge().no_media(dialog, waited && media_visible, waited && connections_visible(dialog.story));
}

void DialogObserver::State::expire(Dialog& dialog) {
    set_deadline(dialog, std::nullopt);
    DialogStory& story = dialog.story;
    if (story.state == DialogStory::State::inviting && !dialog.silence_judged) {
        dialog.silence_judged = true;
        // Whoever is never heard may be on a path the capture does not show.
        const bool audible = story.trying.seen() || heard.touch(story.callee_at) != nullptr;
        if (story.media.packets == 0 && judge().silence(dialog, audible)) story.state = DialogStory::State::unanswered;
    }
    if (story.state == DialogStory::State::answered) judge().ack_missing(dialog);
    judge_media(dialog, true);
}

void DialogObserver::State::close(Dialog& dialog, bool end) {
    set_deadline(dialog, std::nullopt);
    if (end && dialog.story.state == DialogStory::State::answered) judge().ack_missing(dialog);
    if (dialog.told_over || !sinks.over) return;
    const bool open = dialog.story.state == DialogStory::State::ended && !end;  // its BYE may still be answered
    if (open) return;
    dialog.told_over = true;
    sinks.over(dialog.story);
}

}  // namespace gbkit::proto::observe
