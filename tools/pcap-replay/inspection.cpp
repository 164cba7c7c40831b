#include "inspection.hpp"

#include <fmt/format.h>

#include "base/charset.hpp"
#include "io/capture_findings.hpp"
#include "input_facts.hpp"
#include "page.hpp"
#include "passwords.hpp"
#include "plays.hpp"

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

MediaOptions media_options(const Context& context, const DialogObserver& dialogs) {
    MediaOptions options;
    options.seen_from = context.seen_from;
    options.clock = [&dialogs](const Endpoint& a, const Endpoint& b, std::uint8_t payload_type) { return dialogs.clock_of(a, b, payload_type); };
    options.paused = [&dialogs](const Endpoint& a, const Endpoint& b, Time last_packet) { return dialogs.paused(a, b, last_packet); };
    return options;
}

}  // namespace

Inspection::Inspection(cli::Output& output, const Options& options)
    : output_(output),
      options_(options),
      context_{.server_id = options.server_id, .domain = options.domain, .seen_from = seen_from_of(options.seen_from),
               .platform = options.platform == "aliyun" ? NamedPlatform::aliyun : NamedPlatform::none},
      registrations_(context_, {[this](Finding finding) { output_.finding(finding); },
                                [this](const RegistrationSeen& seen) { if (wants_records()) output_.write(registration_record(seen)); }}),
      digests_(context_, passwords_of(options),
               [this](Finding finding) { output_.finding(finding); },
               [this](const DigestCheck& check) { if (last_digest_.size() < devices_kept) last_digest_[check.device] = check.verdict; }),
      dialogs_(context_, {[this](Finding finding) { output_.finding(finding); }, {}}),
      queries_(context_, {[this](Finding finding) { output_.finding(finding); }, {}}),
      streams_(wants_records() ? Streams::Sink([this](const cli::Record& record) { output_.write(record); }) : Streams::Sink()),
      media_(media_options(context_, dialogs_), media_sinks()),
      connections_(context_, [this](Finding finding) { about_message(std::move(finding)); }),
      pairs_([this](const SipSeen& seen) { if (options_.dedup == "off" || !hops_.is_further(seen)) message(seen); }, options.dedup == "on"),
      feed_([this](const SipSeen& seen) { pairs_.see(seen); }, [this](Finding finding) { about_message(std::move(finding)); }) {
    hold_doubtful(output_, options);
    output_.know_parties([makers = makers_](const Finding& finding) { return makers->of(finding.subject); });
}

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
            .progress = [this](std::uint64_t done, std::uint64_t total) { progress(done, total); },
            .connection = [this](const proto::ConnectionSeen& seen) { connection(seen); }};
}

void Inspection::advance(Time now) {
    pairs_.advance(now);
    connections_.advance(now);
    registrations_.advance(now);
    dialogs_.advance(now);
    queries_.advance(now);
}

bool Inspection::wants_records() const { return output_.json() || !output_.options().records.empty(); }

void Inspection::take(const proto::Packet& packet) {
    pairs_.advance(packet.time);
    const std::uint64_t before = feed_.counts().not_sip;
    const std::uint64_t messages = feed_.counts().messages;
    feed_.see(packet);
    const bool udp = packet.transport == proto::Transport::udp;
    const bool sip = feed_.counts().messages > messages;
    const bool media = !sip && media_.see(packet);
    if (!udp) contents_.see(packet, sip ? Content::sip : media ? Content::rtp : Content::undecided);
    if (udp && !sip && !media && feed_.counts().not_sip > before) {
        census_.see_other(packet);
        contents_.see(packet);
    }
}

bool Inspection::chosen(const SipSeen& seen) const {
    return options_.device.empty() || seen.message.from.uri.user == options_.device || seen.message.to.uri.user == options_.device;
}

void Inspection::message(const SipSeen& seen) {
    if (!chosen(seen)) return;
    ++judged_;
    if (wants_records()) output_.write(sip_message_record(seen, device_of(seen)));
    makers_->see(seen);
    census_.see(seen);
    registrations_.see(seen);
    digests_.see(seen);
    dialogs_.see(seen);
    queries_.see(seen);
    connections_.see(seen);
}

void Inspection::connection(const proto::ConnectionSeen& seen) {
    pairs_.advance(seen.time);
    connections_.see(seen);
    dialogs_.see(seen);
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
    dialogs_.see(media_seen(source, packet));
}

void Inspection::progress(std::uint64_t done, std::uint64_t total) {
    if (!output_.shows_progress()) return;
    output_.progress(total == 0 ? fmt::format("{} MB", done >> 20) : fmt::format("{} of {} MB", done >> 20, total >> 20));
}

cli::ExitCode Inspection::close(const io::CaptureFacts& facts) {
    pairs_.finish();
    connections_.finish(facts.last);
    registrations_.finish(facts.last);
    digests_.finish();
    media_.finish(true);
    for (const RtpSource& source : media_.sources()) {
        if (source.transport != proto::Transport::udp) continue;
        census_.forget_other(source.source, source.destination);
        contents_.know(source.source, source.destination, Content::rtp);
    }
    contents_.finish();
    dialogs_.finish(facts.last);
    queries_.finish(facts.last);
    streams_.finish();
    judge_input(output_, facts, media_.sources(), pairs_, hops_);
    const PlayFacts plays(dialogs_.dialogs(), registrations_.devices(), media_.sources(), streams_, facts.last);
    const Totals totals{facts, feed_.counts(), census_, plays.devices, digests_.counts(), last_digest_, plays, media_.counts(), contents_};
    for (const io::CaptureFile& file : facts.files) output_.write(capture_record(file, facts));
    for (const DialogStory* dialog : plays.dialogs) output_.write(dialog_record(*dialog, plays));
    const QueryStories queries = queries_.queries();
    for (const QueryStory* query : queries) output_.write(query_record(*query, facts.last));
    for (const NoticeStory* notice : queries_.notices()) output_.write(notices_record(*notice));
    if (wants_records()) write_records(output_, totals);
    cli::Record summary = summary_record(totals);
    set_input(summary, facts, pairs_, hops_);
    const std::uint64_t not_followed = registrations_.not_followed() + dialogs_.not_followed() + queries_.not_followed();
    if (not_followed > 0) summary.set("not_followed", static_cast<std::int64_t>(not_followed));
    output_.write(summary);
    const bool one_device = !options_.device.empty();
    const NoticeStories notices = queries_.notices();
    const PageFacts page{totals, queries, notices};
    const PageChoice choice{.ladders = options_.ladder || one_device, .everything = options_.common.all, .habits = options_.habits || options_.common.all,
                            .device = options_.device, .play = options_.play, .files = options_.files};
    write_page(output_, page, choice);
    if (judged_ == 0 && plays.sources.empty() && connections_.told() == 0) {
        const bool any = feed_.counts().messages > 0;
        throw cli::Failure{cli::ExitCode::bad_input,
                           any && one_device ? "no message of " + printable(options_.device) + " is in the capture"
                                             : "no SIP message and no media is in the capture: nothing to judge"};
    }
    write_verdict(output_, page, choice);
    return output_.verdict();
}

}  // namespace gbkit::replay_tool
