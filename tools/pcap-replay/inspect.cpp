#include "inspect.hpp"

#include <algorithm>
#include <csignal>
#include <map>

#include <fmt/format.h>

#include "base/charset.hpp"
#include "io/capture_findings.hpp"
#include "page.hpp"
#include "passwords.hpp"
#include "proto/observe/digest_observer.hpp"

namespace gbkit::replay_tool {

namespace {

using namespace proto::observe;

SeenFrom seen_from_of(const std::string& name) {
    if (name == "device") return SeenFrom::device;
    if (name == "platform") return SeenFrom::platform;
    if (name == "middle") return SeenFrom::middle;
    return SeenFrom::unknown;
}

constexpr std::size_t devices_kept = 20000;

/// `tcpdump -w - | pcap-replay -`: Ctrl-C reaches both. The first one is the capture's end, not ours: what was
/// read is judged. The second ends us.
void outlive_first_interrupt() {
    struct sigaction action {};
    action.sa_handler = [](int) {};
    action.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART);
    ::sigaction(SIGINT, &action, nullptr);
}

/// One run over the captures: the observers and who feeds them.
class Inspection {
public:
    Inspection(cli::Output& output, const Options& options)
        : output_(output),
          options_(options),
          context_{.server_id = options.server_id, .domain = options.domain, .seen_from = seen_from_of(options.seen_from)},
          registrations_(context_, {[this](Finding finding) { output_.finding(finding); },
                                    [this](const RegistrationSeen& seen) { if (wants_records()) output_.write(registration_record(seen)); }}),
          digests_(context_, passwords_of(options),
                   [this](Finding finding) { output_.finding(finding); },
                   [this](const DigestCheck& check) { if (last_digest_.size() < devices_kept) last_digest_[check.device] = check.verdict; }),
          feed_([this](const SipSeen& seen) { message(seen); }, [this](Finding finding) { about_message(std::move(finding)); }) {}

    cli::ExitCode run() {
        if (std::find(options_.files.begin(), options_.files.end(), "-") != options_.files.end()) outlive_first_interrupt();
        const io::CaptureSink sink{
            .packet = [this](const proto::Packet& packet) { take(packet); },
            .unreachable = [this](const proto::Unreachable& unreachable) { registrations_.see(unreachable); },
            .progress = [this](std::uint64_t done, std::uint64_t total) { progress(done, total); }};
        const io::CaptureFacts facts = io::read_captures(options_.files, {.dedup = options_.dedup == "on"}, sink);
        registrations_.finish(facts.last);
        digests_.finish();
        for (const Finding& finding : io::findings_of(facts)) output_.finding(finding);
        return close(facts);
    }

private:
    [[nodiscard]] bool wants_records() const { return output_.json() || !output_.options().records.empty(); }

    void take(const proto::Packet& packet) {
        const std::uint64_t before = feed_.counts().not_sip;
        feed_.see(packet);
        if (feed_.counts().not_sip > before && packet.transport == proto::Transport::udp) census_.see_other(packet);
    }

    [[nodiscard]] bool chosen(const SipSeen& seen) const {
        return options_.device.empty() || seen.message.from.uri.user == options_.device || seen.message.to.uri.user == options_.device;
    }

    void message(const SipSeen& seen) {
        if (!chosen(seen)) return;
        ++judged_;
        if (wants_records()) output_.write(sip_message_record(seen, device_of(seen)));
        census_.see(seen);
        registrations_.see(seen);
        digests_.see(seen);
    }

    /// A finding about a message that belongs to nobody in particular; with --device only the chosen are judged.
    void about_message(Finding finding) {
        if (options_.device.empty()) output_.finding(finding);
    }

    /// The device of a registration or of a message one sends; of others nobody can say without their dialog.
    static std::string device_of(const SipSeen& seen) {
        const bool from_device = seen.message.method() == "REGISTER" || (seen.message.is_request() && seen.message.method() == "MESSAGE");
        return from_device ? printable(seen.message.from.uri.user) : std::string();
    }

    void progress(std::uint64_t done, std::uint64_t total) {
        if (!output_.shows_progress()) return;
        output_.progress(total == 0 ? fmt::format("{} MB", done >> 20) : fmt::format("{} of {} MB", done >> 20, total >> 20));
    }

    cli::ExitCode close(const io::CaptureFacts& facts) {
        const Totals totals{facts, feed_.counts(), census_, registrations_.devices(), digests_.counts(), last_digest_};
        for (const io::CaptureFile& file : facts.files) output_.write(capture_record(file, facts));
        output_.write(summary_record(totals));
        const bool one_device = !options_.device.empty();
        write_page(output_, totals, {.all_ladders = options_.ladder || one_device, .everything = options_.common.all});
        if (judged_ == 0) {
            const bool any = feed_.counts().messages > 0;
            throw cli::Failure{cli::ExitCode::bad_input,
                               any && one_device ? "no message of " + printable(options_.device) + " is in the capture"
                                                 : "no SIP message is in the capture: nothing to judge"};
        }
        output_.line();
        const bool nothing_followed = totals.devices.empty() && output_.findings().empty();
        if (nothing_followed) output_.line(Bilingual{"The SIP messages are well formed; there is nothing more to judge in them.",
                                                     "SIP 报文格式正确;此外没有可评判的内容。"}.in(output_.language()));
        else output_.root_causes();
        return output_.verdict();
    }

    cli::Output& output_;
    const Options& options_;
    Context context_;
    Census census_;
    RegistrationObserver registrations_;
    DigestObserver digests_;
    SipFeed feed_;
    std::map<std::string, DigestVerdict> last_digest_;
    std::uint64_t judged_ = 0;
};

}  // namespace

cli::ExitCode inspect(cli::Output& output, const Options& options) { return Inspection(output, options).run(); }

}  // namespace gbkit::replay_tool
