#include "inspection.hpp"

#include <fmt/format.h>

#include "base/charset.hpp"
#include "io/capture_findings.hpp"
#include "page.hpp"
#include "passwords.hpp"
#include "plays.hpp"
#include "queries.hpp"

namespace gbkit::replay_tool {

namespace {

using namespace proto::observe;

constexpr std::size_t devices_kept = 20000;

SeenFrom seen_from_of(const std::string& name) {
    if (name == "device") return SeenFrom::device;
    if (name == "platform") return SeenFrom::platform;
    if (name == "middle") return SeenFrom::middle;
    return SeenFrom::unknown;
}

/// The device of a registration or of a message one sends; of others nobody can say without their dialog.
std::string device_of(const SipSeen& seen) {
    const bool from_device = seen.message.method() == "REGISTER" || (seen.message.is_request() && seen.message.method() == "MESSAGE");
    return from_device ? printable(seen.message.from.uri.user) : std::string();
}

MediaOptions media_options(const Context& context) {
    MediaOptions options;
    options.seen_from = context.seen_from;
    return options;
}

}  // namespace

Inspection::Inspection(cli::Output& output, const Options& options)
    : output_(output),
      options_(options),
      context_{.server_id = options.server_id, .domain = options.domain, .seen_from = seen_from_of(options.seen_from)},
      registrations_(context_, {[this](Finding finding) { output_.finding(finding); },
                                [this](const RegistrationSeen& seen) { if (wants_records()) output_.write(registration_record(seen)); }}),
      digests_(context_, passwords_of(options),
               [this](Finding finding) { output_.finding(finding); },
               [this](const DigestCheck& check) { if (last_digest_.size() < devices_kept) last_digest_[check.device] = check.verdict; }),
      dialogs_(context_, {[this](Finding finding) { output_.finding(finding); }, {}}),
      queries_(context_, {[this](Finding finding) { output_.finding(finding); }, {}}),
      streams_(wants_records() ? Streams::Sink([this](const cli::Record& record) { output_.write(record); }) : Streams::Sink()),
      media_(media_options(context_), media_sinks()),
      feed_([this](const SipSeen& seen) { message(seen); }, [this](Finding finding) { about_message(std::move(finding)); }) {}

MediaFeed::Sinks Inspection::media_sinks() {
    MediaFeed::Sinks sinks;
    sinks.finding = [this](Finding finding) { about_media(std::move(finding)); };
    sinks.frame = [this](const RtpSource& source, const MediaFrame& frame) { streams_.frame(source, frame); };
    sinks.rtp = [this](const RtpSource& source, const RtpInOrder& packet) { rtp(source, packet); };
    return sinks;
}

io::CaptureSink Inspection::sink() {
    return {.packet = [this](const proto::Packet& packet) { take(packet); },
            .unreachable = [this](const proto::Unreachable& unreachable) { registrations_.see(unreachable); },
            .progress = [this](std::uint64_t done, std::uint64_t total) { progress(done, total); }};
}

void Inspection::advance(Time now) {
    registrations_.advance(now);
    dialogs_.advance(now);
    queries_.advance(now);
}

bool Inspection::wants_records() const { return output_.json() || !output_.options().records.empty(); }

void Inspection::take(const proto::Packet& packet) {
    const std::uint64_t before = feed_.counts().not_sip;
    const std::uint64_t messages = feed_.counts().messages;
    feed_.see(packet);
    if (feed_.counts().messages > messages) return;
    const bool media = media_.see(packet);
    if (!media && feed_.counts().not_sip > before && packet.transport == proto::Transport::udp) census_.see_other(packet);
}

bool Inspection::chosen(const SipSeen& seen) const {
    return options_.device.empty() || seen.message.from.uri.user == options_.device || seen.message.to.uri.user == options_.device;
}

void Inspection::message(const SipSeen& seen) {
    if (!chosen(seen)) return;
    ++judged_;
    if (wants_records()) output_.write(sip_message_record(seen, device_of(seen)));
    census_.see(seen);
    registrations_.see(seen);
    digests_.see(seen);
    dialogs_.see(seen);
    queries_.see(seen);
}

/// A finding about a message that belongs to nobody in particular; with --device only the chosen are judged.
void Inspection::about_message(Finding finding) {
    if (options_.device.empty()) output_.finding(finding);
}

void Inspection::about_media(Finding finding) {
    if (options_.device.empty()) output_.finding(finding);
}

void Inspection::rtp(const RtpSource& source, const RtpInOrder& packet) {
    streams_.rtp(source, packet);
    dialogs_.see(MediaSeen{source.number, source.ssrc, source.source, source.destination, source.transport, packet.place.frame, packet.place.time});
}

void Inspection::progress(std::uint64_t done, std::uint64_t total) {
    if (!output_.shows_progress()) return;
    output_.progress(total == 0 ? fmt::format("{} MB", done >> 20) : fmt::format("{} of {} MB", done >> 20, total >> 20));
}

cli::ExitCode Inspection::close(const io::CaptureFacts& facts) {
    registrations_.finish(facts.last);
    digests_.finish();
    media_.finish(true);
    dialogs_.finish(facts.last);
    queries_.finish(facts.last);
    streams_.finish();
    for (const Finding& finding : io::findings_of(facts)) output_.finding(finding);
    const PlayFacts plays(dialogs_.dialogs(), registrations_.devices(), media_.sources(), streams_, facts.last);
    const Totals totals{facts, feed_.counts(), census_, plays.devices, digests_.counts(), last_digest_, plays, media_.counts()};
    for (const io::CaptureFile& file : facts.files) output_.write(capture_record(file, facts));
    for (const DialogStory* dialog : plays.dialogs) output_.write(dialog_record(*dialog, plays));
    const QueryStories queries = queries_.queries();
    for (const QueryStory* query : queries) output_.write(query_record(*query, facts.last));
    for (const NoticeStory* notice : queries_.notices()) output_.write(notices_record(*notice));
    output_.write(summary_record(totals));
    const bool one_device = !options_.device.empty();
    write_page(output_, totals, {.all_ladders = options_.ladder || one_device, .everything = options_.common.all});
    write_queries(output_, queries, queries_.notices(), options_.common.all);
    write_plays(output_, plays, options_.play, options_.common.all);
    if (judged_ == 0 && plays.sources.empty()) {
        const bool any = feed_.counts().messages > 0;
        throw cli::Failure{cli::ExitCode::bad_input,
                           any && one_device ? "no message of " + printable(options_.device) + " is in the capture"
                                             : "no SIP message and no media is in the capture: nothing to judge"};
    }
    output_.line();
    const bool nothing_followed = totals.devices.empty() && plays.dialogs.empty() && queries.empty() && plays.sources.empty() && output_.findings().empty();
    if (nothing_followed) output_.line(Bilingual{"The SIP messages are well formed; there is nothing more to judge in them.",
                                                 "SIP 报文格式正确;此外没有可评判的内容。"}.in(output_.language()));
    else output_.root_causes();
    return output_.verdict();
}

}  // namespace gbkit::replay_tool
