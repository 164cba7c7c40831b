// What the dialog observer remembers: open dialogs, who is heard from, which stream belongs to whom.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "proto/observe/dialog_observer.hpp"
#include "proto/observe/lru.hpp"
#include "proto/observe/media_connections.hpp"

namespace gbkit::proto::observe {

constexpr Duration invite_time = seconds(32);      // 64*T1, timer B (RFC 3261 17.1.1.2)
constexpr Duration ringing_time = seconds(60);     // after a provisional answer
constexpr Duration media_time = seconds(10);       // from the ACK to the first packet
constexpr Duration copy_window = milliseconds(50); // nobody resends sooner, a mirror port does

constexpr std::uint32_t many_syns = 3;             // 0, 1, 3 s (RFC 6298): an answer had its time

/// The connection for the media was dialled, often enough, and nothing answers.
[[nodiscard]] inline bool dials_in_vain(const DialogStory& story) noexcept {
    return story.connection && story.connection->state == ConnectionSeen::State::dialling && story.connection->syn_copies >= many_syns;
}

struct Dialog {
    DialogStory story;
    std::string key;                // Call-ID and the caller's tag
    std::uint64_t order = 0;
    std::uint32_t cseq = 0;         // of the INVITE
    std::uint32_t bye_cseq = 0;
    std::string answer_contact;     // HOST:PORT of the 200's Contact
    std::optional<Time> deadline;
    bool silence_judged = false, media_judged = false, ssrc_judged = false, audio_judged = false, orphan_told = false, told_over = false;
};
using DialogPointer = std::shared_ptr<Dialog>;

/// A request outside INVITE and BYE whose refusal says something.
struct Asked {
    std::string what;               // Event, or the first line of the body
    std::uint64_t frame = 0;
};

/// Says what is wrong with a dialog; the sentences are in base/findings/dialog.
class DialogJudge {
public:
    DialogJudge(const Context& context, const FindingSink& sink) : context_(context), sink_(sink) {}

    void offer(const Dialog& dialog) const;
    void reply(const Dialog& dialog) const;
    void refusal(const Dialog& dialog) const;
    /// False when an answer must have come that the capture does not have. `audible`: the callee is heard of in it.
    bool silence(const Dialog& dialog, bool audible) const;
    void ack_missing(const Dialog& dialog) const;
    /// The dialog was confirmed and no media came: what in its SDP explains that. `shown`: ten seconds
    /// went by, and the capture is one that has media.
    void no_media(const Dialog& dialog, bool shown, bool connections_visible) const;
    /// What became of the connection that was dialled for the media. True when that explains that none came.
    [[nodiscard]] bool connection(const Dialog& dialog, bool connections_visible) const;
    void gave_up(const Dialog& dialog, bool media_visible) const;
    void bye_unknown(const Dialog& dialog) const;
    void ssrc(const Dialog& dialog, const MediaSeen& media) const;
    /// A program stream came: true when the SDP says audio and not PS.
    [[nodiscard]] bool audio(const Dialog& dialog, const MediaSeen& media) const;
    /// The ACK came: whether audio was there before it.
    void early_audio(const Dialog& dialog) const;
    void orphan(const Dialog& dialog, const MediaSeen& media) const;
    void shared_call_id(const Dialog& first, const Dialog& second) const;

private:
    [[nodiscard]] Finding about(FindingId id, const Dialog& dialog, const DialogPlace& place) const;
    void payload_types(const Dialog& dialog, const DialogSide& side, const DialogPlace& place) const;
    void not_dialled(const Dialog& dialog) const;
    [[nodiscard]] bool address_fails(const Dialog& dialog, const DialogSide& receiver, const Endpoint& other, bool shown) const;
    void conflicts(const Dialog& dialog, Certainty certainty) const;

    const Context& context_;
    const FindingSink& sink_;
};

struct DialogObserver::State {
    Context context;
    DialogSinks sinks;
    DialogLimits limits;

    std::map<std::string, DialogPointer, std::less<>> dialogs{};    // by key
    Lru<std::string, std::string> recent{limits.dialogs};           // keys, the oldest goes first
    Lru<std::string, std::weak_ptr<Dialog>> first_of_call{limits.dialogs};  // by Call-ID
    Lru<Endpoint, std::weak_ptr<Dialog>> by_endpoint{limits.dialogs * 2};
    Lru<std::uint32_t, std::weak_ptr<Dialog>> by_ssrc{limits.dialogs * 2};
    Lru<std::uint32_t, std::weak_ptr<Dialog>> by_source{4'096};     // by number of the media source
    Lru<std::string, Asked> asked{4'096};                           // by Call-ID and CSeq
    Lru<Endpoint, char> heard{20'000};                              // who has sent SIP
    std::set<std::pair<Time, Dialog*>> deadlines{};
    std::uint64_t next_order = 0, not_followed = 0;
    bool media_visible = false;
    Lru<Endpoint, char> connected_hosts{4'096};                     // hosts (port 0) whose media connections the capture shows
    MediaConnections connections{limits.dialogs};

    [[nodiscard]] DialogJudge judge() const { return {context, sinks.finding}; }

    void invite(const SipSeen& seen);
    void invite_answer(const SipSeen& seen);
    void ack(const SipSeen& seen);
    void bye(const SipSeen& seen);
    void bye_answer(const SipSeen& seen);
    void cancel(const SipSeen& seen);
    void other_request(const SipSeen& seen);
    void playback(const SipSeen& seen);
    void other_answer(const SipSeen& seen);
    void media(const MediaSeen& seen);
    void connection(const ConnectionSeen& seen);
    [[nodiscard]] bool connections_visible(const DialogStory& story);

    [[nodiscard]] DialogPointer dialog_of(const wire::sip::Message& message);
    DialogPointer begin(const SipSeen& seen);
    void make_room();
    void promise(const DialogPointer& dialog, const DialogSide& side);
    [[nodiscard]] DialogPointer between(const Endpoint& a, const Endpoint& b);
    [[nodiscard]] DialogPointer owner_of(const MediaSeen& seen);
    void set_deadline(Dialog& dialog, std::optional<Time> when);
    void expire(Dialog& dialog);
    void judge_media(Dialog& dialog, bool waited);
    void close(Dialog& dialog, bool end);
};

}  // namespace gbkit::proto::observe
